"""Untrusted packages are refused before they can do harm, and no importer fails on any bytes."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.importers import archive, canvas_classic, moodle_cartridge, new_quizzes, safe_xml
from sandbox.importers.archive import ImportRefused, read_archive

ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
BOTH = (ACCEPTED / "canvas12-both.zip").read_bytes()
READERS = [canvas_classic.read, new_quizzes.read, moodle_cartridge.read]
MANIFEST = (
    '<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"><resources>'
    '<resource identifier="q" type="{type}" href="q.xml"><file href="q.xml"/></resource></resources></manifest>'
)


def packed(files: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return target.getvalue()


def repacked(change: dict[str, str], root: str = "") -> bytes:
    source = zipfile.ZipFile(io.BytesIO(BOTH))
    files: dict[str, bytes | str] = {}
    for name in source.namelist():
        text = source.read(name)
        for old, new in change.items():
            text = text.replace(old.encode(), new.encode())
        files[root + name] = text
    return packed(files)


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/etc/passwd", "C:/evil.txt", "a\\..\\b"])
def test_refuses_names_outside_the_package(name: str) -> None:
    with pytest.raises(ImportRefused):
        read_archive(packed({name: b"x"}))


def test_refuses_a_name_with_a_nul() -> None:
    with pytest.raises(ImportRefused):
        read_archive(packed({"a.txt": b"x"}).replace(b"a.txt", b"\0.txt"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refuses_two_files_of_one_name() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr("a", b"1")
        out.writestr("a", b"2")
    with pytest.raises(ImportRefused):
        read_archive(target.getvalue())


def test_refuses_a_bomb() -> None:
    with pytest.raises(ImportRefused, match="too much"):
        read_archive(packed({"big": b"0" * 30_000_000}))


def test_refuses_too_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 2)
    with pytest.raises(ImportRefused, match="too many"):
        read_archive(packed({"a": b"", "b": b"", "c": b""}))


def test_refuses_an_encrypted_entry() -> None:
    data = bytearray(packed({"a": b"secret"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ImportRefused, match="encrypted"):
        read_archive(bytes(data))


def test_tolerates_one_enclosing_folder() -> None:
    assert len(canvas_classic.read(repacked({}, root="export/")).quizzes) == 1


def test_refuses_a_document_type() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    data = packed({"imsmanifest.xml": bomb + MANIFEST.format(type="imsqti_xmlv1p2"), "q.xml": "<a>&a;</a>"})
    with pytest.raises(ImportRefused, match="document type"):
        canvas_classic.read(data)


@pytest.mark.parametrize("kind", ["imsqti_item_xmlv3p0", "imsqti_test_xmlv2p2", "imsqti_test_xmlv3p0"])
def test_ignores_qti_3_silently(kind: str) -> None:
    migration = canvas_classic.read(
        packed({"imsmanifest.xml": MANIFEST.format(type=kind), "q.xml": "<assessmentItem/>"})
    )
    assert (migration.package_type, migration.quizzes, migration.errors) == ("qti", (), ())


def test_rejects_packages_without_questions() -> None:
    with pytest.raises(ImportRefused, match="Unsupported content package"):
        canvas_classic.read(packed({"imsmanifest.xml": MANIFEST.format(type="webcontent")}))


def test_reports_an_image_that_is_not_in_the_package() -> None:
    migration = canvas_classic.read(repacked({"images/cat%20one.png": "images/dog%20two.png"}))
    assert migration.missing_files == ("images/dog two.png",)


def test_finds_the_image_that_is_in_the_package() -> None:
    migration = canvas_classic.read(BOTH)
    assert migration.missing_files == ()
    assert migration.media["images/cat one.png"].startswith(b"\x89PNG")


def test_loses_all_questions_after_an_unescaped_character() -> None:
    migration = canvas_classic.read(repacked({"Gas giants": "Gas & giants"}))
    assert [question.type for question in migration.quizzes[0].questions] == [
        "text_only_question",
        "multiple_choice_question",
        "Error",
    ]


@pytest.mark.parametrize("reader", READERS)
@given(data=st.binary(max_size=300))
def test_never_breaks_on_bytes(reader, data: bytes) -> None:
    with pytest.raises(ImportRefused):
        reader(data)


@pytest.mark.parametrize(
    ("document", "names"),
    [
        (b'<a xmlns="u}v"><b/></a>', ["a", "b"]),
        (b'<a xmlns:p="{}"><p:b p:c="d"/></a>', ["a", "b"]),
        (b"<a><p:b/></a>", ["a", "p:b"]),  # a prefix that is not declared
        (b"<a>&undefined;<b/></a>", ["a", "", "b"]),
    ],
)
def test_names_that_only_the_recovering_parser_accepts(document: bytes, names: list[str]) -> None:
    root = safe_xml.parse_recovering(document)
    assert [safe_xml.local(element) for element in root.iter()] == names
    safe_xml.strip_namespaces(root)
    assert [element.tag for element in root.iter("*")] == [name.removeprefix("p:") for name in names if name]


@pytest.mark.parametrize(
    ("start_tag", "replacement"),
    [
        (r"(?<=<)([a-z]\w*)", r'\1 xmlns="u}v"'),
        (r"(<[a-z]\w*[^<>/]*>)", r"\1<q:b/>"),
        (r"(<[a-z]\w*[^<>/]*>)", r"\1&undefined;"),
    ],
)
def test_reads_packages_full_of_such_names(start_tag: str, replacement: str) -> None:
    for file in ("canvas12-both.zip", "canvas21-plain.zip"):
        source = zipfile.ZipFile(ACCEPTED / file)
        texts = {name: source.read(name).decode("utf-8", "replace") for name in source.namelist()}
        changed = {name: re.sub(start_tag, replacement, text) for name, text in texts.items()}
        for reader in READERS:
            with contextlib.suppress(ImportRefused):
                reader(packed({**changed, "imsmanifest.xml": texts["imsmanifest.xml"]}))


@settings(deadline=None, max_examples=60)
@given(place=st.integers(0, 17_000), junk=st.binary(min_size=1, max_size=6))
@example(place=30, junk=b"A")  # an unknown encoding
@example(place=1771, junk=b"A")  # an invalid tag name
def test_reads_or_refuses_a_damaged_document(place: int, junk: bytes) -> None:
    source = zipfile.ZipFile(io.BytesIO(BOTH))
    files: dict[str, bytes | str] = {name: source.read(name) for name in source.namelist()}
    whole = source.read("g0123abc/g0123abc.xml")
    files["g0123abc/g0123abc.xml"] = whole[:place] + junk + whole[place:]
    for reader in READERS:
        with contextlib.suppress(ImportRefused):  # any other exception is the defect
            reader(packed(files))


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(["t1.xml", "ma_t.xml", "gm.xml", "as.xml", "or.xml", "ic.xml", "cloze.xml"]),
    place=st.integers(400, 1_000),
    junk=st.sampled_from([b" ", b"<", b"&", b'"', b"</p>", b"\xff", b"x"]),
)
def test_reads_or_refuses_a_damaged_item(name: str, place: int, junk: bytes) -> None:
    source = zipfile.ZipFile(ACCEPTED / "canvas21-plain.zip")
    files: dict[str, bytes | str] = {member: source.read(member) for member in source.namelist()}
    whole = source.read(name)
    files[name] = whole[:place] + junk + whole[place + 1 :]
    for reader in READERS:
        with contextlib.suppress(ImportRefused):
            reader(packed(files))
