"""Small exams that once lost something: each arrives in every format, or the report says what changes."""

import json
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from lti_tool.exam.richtext import RichText
from lti_tool.formats import Verdict
from lti_tool.formats.planning.plain_labels import has_full_width_characters, plain_label
from tests.formats.imported_questions import ARRIVE, bare
from tests.formats.test_oracle_equality import TEXTS

CASES = Path(__file__).parents[1] / "fixtures" / "cases"

readers = pytest.mark.parametrize(
    ("name", "reader"), [(name, reader) for name, readers in ARRIVE.items() for reader in readers]
)


def imported(case, name, reader):
    """The questions of a case as a reader imports them, and the lines of the report."""
    exam = parse_exam(json.loads((CASES / f"{case}.json").read_bytes()))
    assets = {url: Asset.held(url, url.rpartition("/")[2], "image/png", b"file " + url.encode()) for url in exam.media}
    out = BytesIO()
    report = formats.get(name).write(exam, assets, out)
    return [item for item in reader(out.getvalue()) if item.form not in TEXTS], report.lines


def codes(line):
    return [remark.code for remark in line.remarks]


@readers
def test_a_broken_picture_hides_its_address_and_leaves_the_key(name, reader):
    (item,), (line,) = imported("broken-picture", name, reader)
    assert item.chosen == (0,)
    arrived_text = item.text + "".join(item.options)
    assert "lost.png" not in arrived_text
    assert "picturemissing" in arrived_text
    assert {"exam.picture-broken", "format.media-missing"} <= set(codes(line))
    assert [dict(remark.facts) for remark in line.remarks if remark.code == "format.media-missing"] == [{"count": 1}]


STYLED = {"canvas-qti", "moodle-xml", "common-cartridge"}


@pytest.mark.parametrize("name", formats.names())
def test_colours_arrive(name):
    exam = parse_exam(json.loads((CASES / "colour.json").read_bytes()))
    out = BytesIO()
    report = formats.get(name).write(exam, {}, out)
    text = written(name, out)
    expected = ["color: #cc0000", "color: #0000cc", "color: red", "color: blue", "color: green"]
    assert [text.count(colour) > 0 for colour in expected] == [True] * 5
    for line in report.lines:
        assert line.verdict is Verdict.NATIVE
        assert ("format.styles" in codes(line)) is (name not in STYLED)


def written(name, out):
    """All text of a package, entities read."""
    if name == "moodle-xml":
        return out.getvalue().decode()
    with ZipFile(out) as package:
        return "".join(unescape(package.read(path).decode()) for path in package.namelist())


@readers
def test_options_that_differ_by_colour_stay_three(name, reader):
    items, _ = imported("colour", name, reader)
    assert items[1].options == ("■",) * 3
    assert items[1].chosen == (0,)


def test_texts_that_differ_by_colour_are_listed_where_menus_hold_plain_text():
    colours = [f'<span style="color: {colour}">■</span>' for colour in ("red", "blue")]
    settings = {
        "left": ["A <b>1</b>", "B"],
        "right": colours,
        "correctAnswer": [f"A <b>1</b> = {colours[0]}", f"B = {colours[1]}"],
    }
    for name in ("canvas-qti", "moodle-xml"):
        exam = parse_exam({"questions": [{"type": "matching", "title": "Q", "settings": settings}]})
        (line,) = formats.get(name).report(exam, {}).lines
        assert {"format.swapped", "format.letters"} & set(codes(line))
    exam = parse_exam({"questions": [{"type": "sequence", "title": "Q", "settings": {"options": colours}}]})
    (line,) = formats.get("canvas-qti").report(exam, {}).lines
    assert "format.letters" in codes(line)


@readers
def test_markup_characters_in_menus_arrive_or_are_announced(name, reader):
    items, lines = imported("signs-in-menus", name, reader)
    texts = [item.text + "".join(item.options) + "".join(map(str, (item.order, item.pairs))) for item in items]
    arrived_text = "".join(texts)
    for text in ("<b>x</b>", "&lt;", "<html>", "a&b", "</html>"):
        assert bare(text) in arrived_text
    has_menus = [name in {"canvas-qti", "moodle-xml"}, name == "canvas-qti"]
    assert ["format.wide-signs" in codes(line) for line in lines[1:]] == has_menus
    assert ("canvas.numbers" in codes(lines[0])) is (name == "canvas-qti")


@pytest.mark.parametrize(
    ("text", "label"), [("x < 3", "x < 3"), ("a > b", "a > b"), ("&lt;", "＆lt;"), ("a<b", "a＜b")]
)
def test_only_characters_that_look_like_markup_are_shown_wider(text, label):
    rich = RichText.plain(text)
    assert plain_label(rich) == label
    assert has_full_width_characters(rich) is (label != text)


menus = pytest.mark.parametrize(
    ("name", "reader"), [(name, reader) for name in ("canvas-qti", "moodle-xml") for reader in ARRIVE[name]]
)


@menus
@given(st.text("<>&;#abc 1/", min_size=1, max_size=12).filter(lambda text: text.strip() not in {"", "other"}))
def test_any_characters_in_a_menu_arrive_and_changed_ones_are_announced(name, reader, text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    settings = {"left": ["x", "<b>y</b>"], "right": [escaped, "other"]}
    settings["correctAnswer"] = [f"x = {escaped}", "<b>y</b> = other"]
    raw = {"type": "matching", "title": "Q", "settings": settings}
    out = BytesIO()
    (line,) = formats.get(name).write(parse_exam({"questions": [raw]}), {}, out).lines
    (item,) = reader(out.getvalue())
    assert [right for _, right in item.pairs] == [bare(text), "other"]
    arrived_text = out.getvalue() if name == "moodle-xml" else all_files(out)
    assert ("format.wide-signs" in codes(line)) is any(sign in arrived_text.decode() for sign in "＜＞＆")


def all_files(out):
    with ZipFile(out) as package:
        return b"".join(package.read(path) for path in package.namelist())


@pytest.mark.parametrize("name", formats.names())
def test_english_words_in_an_exam_in_polish_are_announced(name):
    exam = parse_exam(json.loads((CASES / "polish-true-false.json").read_bytes()))
    (line,) = formats.get(name).report(exam, {}).lines
    expected = {"canvas-qti": ["canvas.true-false-alone"], "moodle-xml": []}
    assert codes(line) == expected.get(name, ["format.english"])
    dated = parse_exam({"language": "pl", "questions": [{"type": "date-year", "settings": {"correctAnswer": "1925"}}]})
    (line,) = formats.get(name).report(dated, {}).lines
    assert "format.english" in codes(line)
    portuguese = replace(dated, language="pt-BR")
    (line,) = formats.get(name).report(portuguese, {}).lines
    assert "format.english" not in codes(line)


@readers
def test_pictures_in_data_addresses_arrive(name, reader):
    items, lines = imported("data-pictures", name, reader)
    assert [item.chosen for item in items] == [(1,), (1,)]
    letters = name == "common-cartridge"  # Moodle's restore finds files in a question's text only
    assert {line.verdict for line in lines} == {Verdict.ADAPTED if letters else Verdict.NATIVE}
    assert "format.media-missing" not in [code for line in lines for code in codes(line)]
