"""Reports of ``check`` on good, broken and hostile packages."""

import io
import json
import re
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.cli import main
from lti_tool.errors import PackageError
from lti_tool.exam import parse_exam
from lti_tool.formats.check import PackageNotRecognised, check_package
from lti_tool.formats.check.archive import (
    PackageDoctype,
    PackageDoubled,
    PackageEncrypted,
    PackageMalformed,
    PackageTooLarge,
    PackageUnreadable,
    PackageUnsafe,
)

FIXTURES = Path(__file__).parents[1] / "fixtures"
ACCEPTED = FIXTURES / "accepted"


def written(name, fixture="mixed-12"):
    out = io.BytesIO()
    formats.get(name).write(parse_exam(json.loads((FIXTURES / "exams" / f"{fixture}.json").read_bytes())), {}, out)
    return out.getvalue()


def files(data):
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            package.writestr(name, content)
    return out.getvalue()


def changed(data, old, new):
    """The package with every occurrence of a text replaced."""
    contents = files(data)
    assert any(old.encode() in content for content in contents.values())
    return zipped({name: content.replace(old.encode(), new.encode()) for name, content in contents.items()})


def sentences(report):
    return " | ".join(f"{problem.place}: {problem.sentence}" for problem in report.problems if problem.serious)


@pytest.mark.parametrize(
    ("name", "kind", "count", "points"),
    [
        ("canvas12-both.zip", "QTI 1.2", 13, 34.5),
        ("canvas21-plain.zip", "QTI 2.1", 17, 32),
        ("dual-canvas.imscc", "Common Cartridge 1.1.0", 12, 33.5),
        ("moodle-all.xml", "Moodle XML", 14, 35.5),
    ],
)
def test_packages_that_importers_accept(name, kind, count, points):
    report = check_package((ACCEPTED / name).read_bytes())
    assert (report.kind, sum(report.questions.values()), float(report.points)) == (kind, count, points)
    assert sentences(report) == ""
    assert (len(report.media), report.missing, report.unused) == (1, set(), set())


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("fixture", ["mixed-12", "pci-12", "single-1", "arabic-10", "mechanics-13", "signs-13"])
def test_our_packages_have_no_problems(name, fixture):
    report = check_package(written(name, fixture))
    assert sentences(report) == ""
    assert report.unused == set()
    assert report.title


class TestCartridge:
    def test_both_copies_are_counted(self):
        report = check_package((ACCEPTED / "dual-canvas.imscc").read_bytes())
        assert sum(report.questions.values()) == 12
        assert sum(report.elsewhere.questions.values()) == 5

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("<fieldentry>cc.essay.v0p1<", "<fieldentry>cc.hotspot.v0p1<", "Cartridges have no such question type"),
            (
                "cc_weighting</fieldlabel><fieldentry>1<",
                "cc_weighting</fieldlabel><fieldentry>1.5<",
                "Its points are “1.5”",
            ),
            ('ident="true"', 'ident="yes"', "not named “true” and “false”"),
            (
                'xmlns="http://www.imsglobal.org/xsd/imsccv1p1',
                'xmlns  =  "http://www.imsglobal.org/xsd/imsccv1p1',
                "first 1024 bytes",
            ),
            ("<lomimscc:string>", "<lomimscc:string>3 &lt; 5 ", "Its title contains “<”."),
        ],
    )
    def test_problems_for_other_systems(self, old, new, problem):
        assert problem in sentences(check_package(changed(written("common-cartridge"), old, new)))

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            (' case="Yes"', "", "No right answer has case=“Yes”."),
            ("cc.fib.v0p1", "cc.pattern_match.v0p1", "It matches a pattern."),
        ],
    )
    def test_problems_with_scoring_in_moodle(self, old, new, problem):
        report = check_package(changed(written("common-cartridge"), old, new))
        assert problem in [noted.sentence for noted in report.problems]

    @pytest.mark.parametrize(("length", "is_refused"), [(243, False), (244, True)])
    def test_titles_that_are_too_long_for_moodle(self, length, is_refused):
        data = changed(written("common-cartridge"), "<title>", f"<title>{'x' * length}</title><title>")
        assert ("Moodle refuses a cartridge" in " ".join(p.advice for p in check_package(data).problems)) is is_refused

    def test_newer_versions_are_not_for_moodle(self):
        report = check_package(changed(written("common-cartridge"), "<schemaversion>1.1.0", "<schemaversion>1.3.0"))
        assert "Moodle restores 1.0 and 1.1." in [problem.advice for problem in report.problems]


def test_repeated_problems_are_reported_once():
    contents = files(written("qti21"))
    broken = {
        name: content.replace(b'<weight identifier="POINTS" value="', b'<wait identifier="POINTS" value="').replace(
            b'identifier="choice_', b'identifier="choice '
        )
        for name, content in contents.items()
    }
    reported = [problem.sentence for problem in check_package(zipped(broken)).problems]
    assert sum("weight" in sentence for sentence in reported) == 1
    assert any("4 choices have invalid identifiers, such as “choice 1”" in sentence for sentence in reported)


def test_hostile_canvas_package():
    report = check_package((ACCEPTED / "hostile12.zip").read_bytes())
    assert "longer than 16384 characters" in sentences(report)
    assert "colon" in sentences(report)
    assert "points aren't a number" in sentences(report)
    assert "data_uri: A picture is embedded in the text" in sentences(report)
    assert "dup_answer_ids: Two choices have the same identifier" in sentences(report)
    assert "mathml: A formula has a prefix" in sentences(report)
    assert "fimb_brackets: “b lank” isn't a valid name for a blank" in sentences(report)
    assert "fimb_brackets: “é” isn't a valid name for a blank" in sentences(report)
    assert "[ok]" not in sentences(report)
    assert report.unused == {"images/café 世.png"}


CALCULATED = (
    "<itemproc_extension><calculated><formulas><formula>x * 2</formula></formulas><var_sets><var_set ident='1'>"
    "<answer>4</answer></var_set></var_sets></calculated></itemproc_extension>"
)


def substituted(data, pattern, replacement):
    """The package with every match of a pattern replaced."""
    contents = files(data)
    assert any(re.search(pattern, content.decode()) for content in contents.values())
    return zipped({name: re.sub(pattern, replacement, content.decode()) for name, content in contents.items()})


def test_a_formula_question_of_canvas_has_its_key_elsewhere():
    data = changed(written("canvas-qti", "single-1"), "multiple_choice_question", "calculated_question")
    report = check_package(substituted(data, "<resprocessing>.*</resprocessing>", CALCULATED))
    assert (dict(report.questions), report.is_good) == ({"calculated": 1}, True)


def test_an_unknown_type_is_called_unknown():
    report = check_package(changed(written("canvas-qti", "single-1"), "multiple_choice_question", "riddle_question"))
    assert (dict(report.questions), report.is_good) == ({"unknown (riddle_question)": 1}, True)


def test_items_of_qti_2_2_may_be_files_of_the_test():
    data = changed(written("qti21", "single-1"), "v2p1", "v2p2")
    item = next(name for name in files(data) if name.startswith("item-"))
    resources = (
        '<resources><resource identifier="t" type="imsqti_test_xmlv2p2" href="assessment.xml">'
        f'<file href="assessment.xml"/><file href="{item}"/></resource></resources>'
    )
    report = check_package(substituted(data, "(?s)<resources>.*</resources>", resources))
    assert (report.kind, dict(report.questions), report.is_good) == ("QTI 2.2", {"choice": 1}, True)


RULE = (
    "<responseProcessing><responseCondition><responseIf><{0}><variable identifier='RESPONSE'/>{1}</{0}></responseIf>"
    "</responseCondition></responseProcessing>"
)


@pytest.mark.parametrize(
    ("rules", "is_good"),
    [
        ("<responseProcessing/>", False),
        (RULE.format("match", "<correct identifier='RESPONSE'/>"), False),
        (RULE.format("equal", "<baseValue baseType='float'>4</baseValue>"), True),
        ("<templateProcessing><setCorrectResponse identifier='RESPONSE'/></templateProcessing>", True),
    ],
)
def test_a_key_in_rules_of_its_own_is_no_alarm(rules, is_good):
    data = substituted(written("qti21", "single-1"), "<correctResponse>.*?</correctResponse>", "")
    report = check_package(substituted(data, "(?s)<responseProcessing>.*</responseProcessing>", rules))
    assert report.is_good is is_good


def test_blank_missing_from_its_text():
    data = changed(written("canvas-qti", "pci-12"), "[blank1]", "here")
    assert "European capitals: Its text has no [blank1]" in sentences(check_package(data))


def test_malformed_document_is_reported():
    report = check_package((ACCEPTED / "hostile12-malformed.zip").read_bytes())
    assert "is broken at line 1" in sentences(report)


@pytest.mark.parametrize("name", ["qti21", "qti30"])
@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('identifier="choice_1"', 'identifier="<p>A</p>"'.replace("<", "&lt;"), "of a choice isn't valid"),
        ('identifier="choice_1"', 'identifier="choice_2"', "Two choices have the same identifier"),
        ("value>choice_1<", "value>choice_99<", "isn't one of its choices"),
        ('esponse-identifier="RESPONSE"|esponseIdentifier="RESPONSE"', "", "isn't declared"),
        ("orrect-response>|orrectResponse>", "", "has no correct answer"),
        ('ormal-maximum="2"|ormalMaximum="2"', "-2", "is worth -2 points"),
    ],
)
def test_problems_of_an_item(name, old, new, problem):
    data = written(name)
    if problem == "has no correct answer":
        unkeyed = {
            file: content.replace(b"correctResponse>", b"defaultValue>").replace(
                b"correct-response>", b"default-value>"
            )
            for file, content in files(data).items()
        }
        data = zipped({file: content.replace(b"mapping", b"mopping") for file, content in unkeyed.items()})
    elif "|" in old:
        spelling = old.split("|")[name == "qti21"]
        data = changed(data, spelling, spelling.replace("RESPONSE", "OTHER").replace('"2"', '"-2"'))
    else:
        data = changed(data, old, new)
    assert problem in sentences(check_package(data))


@pytest.mark.parametrize("name", ["qti21", "qti30"])
def test_a_missing_item_is_reported(name):
    contents = files(written(name))
    item = next(file for file in contents if file.startswith("item-"))
    report = check_package(zipped({file: content for file, content in contents.items() if file != item}))
    assert f"“{item}” is listed but missing" in sentences(report)
    assert "which isn't a question in the package" in sentences(report)


def test_a_missing_image_is_reported():
    data = changed(written("qti21"), "Wat is de hoofdstad van Nederland?</p>", 'x<img src="media/x.png" alt=""/></p>')
    report = check_package(data)
    assert "shows “media/x.png”, which is missing" in sentences(report)
    assert report.missing == {"media/x.png"}


def test_test_with_another_identifier_for_an_item():
    contents = files(written("qti21", "single-1"))
    contents["assessment.xml"] = contents["assessment.xml"].replace(b'Ref identifier="g', b'Ref identifier="h')
    assert "another identifier for this question" in sentences(check_package(zipped(contents)))


def test_examplarys_ill_formed_manifest():
    contents = files(written("qti30", "single-1"))
    contents["imsmanifest.xml"] = contents["imsmanifest.xml"].replace(b"</string>", b"&nbsp;</string>")
    with pytest.raises(PackageMalformed):
        check_package(zipped(contents))


def test_fractions_that_moodle_refuses_are_reported():
    quiz = '<quiz><question type="multichoice"><name><text>Q</text></name><single>true</single>{}</question></quiz>'
    report = check_package(quiz.format('<answer fraction="99"><text>a</text></answer>').encode())
    assert "99 % isn't a fraction that Moodle allows" in sentences(report)
    report = check_package(quiz.format('<answer fraction="50"><text>a</text></answer>').encode())
    assert "The best answer earns 50 %" in sentences(report)


def test_moodle_names_and_types():
    quiz = "<quiz><question type='{}'><name><text>{}</text></name></question></quiz>"
    assert "question 1: It has no name" in sentences(check_package(quiz.format("essay", "").encode()))
    assert "The type “stack” needs a plugin" in sentences(check_package(quiz.format("stack", "Q").encode()))
    assert check_package(quiz.format("truefalse", "Q").encode()).questions == {"true or false": 1}


def test_folder_around_everything_and_mac_files():
    contents = {f"exam/{name}": content for name, content in files(written("qti21")).items()}
    assert sentences(check_package(zipped(contents))) == ""
    report = check_package(zipped({**files(written("qti21")), "__MACOSX/._imsmanifest.xml": b"x"}))
    assert "macOS added this file" in sentences(report)


def outcome(data):
    """The kind of a package, or the message of a typed error; any other exception fails the test."""
    try:
        return check_package(data).kind
    except PackageError as error:
        return error.plain()


def entry(name, mode=0):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ({"../evil.txt": "x"}, PackageUnsafe),
        ({"a/../../evil.txt": "x"}, PackageUnsafe),
        ({"/etc/passwd": "x"}, PackageUnsafe),
        ({"C:evil": "x"}, PackageUnsafe),
        ({"a\\b": "x"}, PackageUnsafe),
        ([("a", "x"), ("a", "y")], PackageDoubled),
        ([(entry("link", stat.S_IFLNK | 0o777), "/etc/passwd")], PackageUnsafe),
        ({"readme.txt": "x"}, PackageNotRecognised),
        ({}, PackageNotRecognised),
        ({"imsmanifest.xml": '<!DOCTYPE m SYSTEM "http://evil.example/x.dtd"><m/>'}, PackageDoctype),
        ({"imsmanifest.xml": '<!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/passwd">]><m>&e;</m>'}, PackageDoctype),
        ({"imsmanifest.xml": '<!DOCTYPE m [<!ENTITY e "e">]><m/>'.encode("utf-16")}, PackageDoctype),
        ({"imsmanifest.xml": "<m>"}, PackageMalformed),
        ({"imsmanifest.xml": ""}, PackageMalformed),
        ({"imsmanifest.xml": "<m/>"}, PackageNotRecognised),
    ],
)
def test_a_hostile_zip_is_refused(entries, error):
    with pytest.raises(error):
        check_package(zipped(entries))


def test_entities_that_expand_are_refused():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE m [<!ENTITY e0 "ha">{entities}]><m>&e9;</m>'
    with pytest.raises(PackageDoctype):
        check_package(zipped({"imsmanifest.xml": text}))


def test_a_zip_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("imsmanifest.xml", b"0" * 50_000_000)
    with pytest.raises(PackageTooLarge):
        check_package(out.getvalue())


def test_wrong_sizes_in_the_directory():
    data = bytearray(zipped({"imsmanifest.xml": "<manifest/>" * 100}))
    place = data.rfind(b"PK\x01\x02") + 24
    data[place : place + 4] = (5).to_bytes(4, "little")
    with pytest.raises(PackageUnreadable):
        check_package(bytes(data))


def test_a_file_name_with_a_nul_is_refused():
    data = zipped({"imsmanifest.xml": "<m/>"}).replace(b"imsmanifest.xml", b"\0msmanifest.xml")
    with pytest.raises(PackageUnsafe):
        check_package(data)


def test_an_encrypted_zip_is_refused():
    data = bytearray(zipped({"imsmanifest.xml": "<m/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    with pytest.raises(PackageEncrypted):
        check_package(bytes(data))


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 nonsense", b"%PDF-1.4"])
def test_an_unreadable_file_is_refused(data):
    with pytest.raises(PackageUnreadable):
        check_package(data)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["qti21", "qti30", "canvas-qti"]), st.integers(0, 10**6), st.binary(min_size=1, max_size=40))
def test_damaged_packages_never_crash(name, place, bytes_):
    data = bytearray(written(name, "single-1"))
    place %= len(data)
    data[place : place + len(bytes_)] = bytes_
    assert outcome(bytes(data))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["qti21", "qti30", "canvas-qti"]), st.data())
def test_damaged_documents_never_crash(name, data):
    contents = files(written(name, "single-1"))
    file = data.draw(st.sampled_from(sorted(contents)))
    words = contents[file].decode().split('"')
    place = data.draw(st.integers(0, len(words) - 1))
    words[place] = data.draw(
        st.sampled_from(["", "../../x", "-1", "NaN", "%zz", "<", ">", "&#0;", "é", "a b", "x" * 500])
    )
    contents[file] = '"'.join(words).encode()
    assert outcome(zipped(contents))


class TestCommand:
    def run(self, path, *more):
        return CliRunner().invoke(main, ["check", str(path), *more])

    def test_a_sound_package_has_no_problems(self, tmp_path):
        path = tmp_path / "exam.zip"
        path.write_bytes(written("qti21", "single-1"))
        result = self.run(path)
        assert result.exit_code == 0
        assert result.output.startswith("QTI 2.1: ")
        assert "1 question (1 choice), 1 points" in result.output
        assert "No problems found." in result.output

    def test_package_with_problems(self, tmp_path):
        path = tmp_path / "exam.zip"
        path.write_bytes(changed(written("qti21", "single-1"), "value>choice_", "value>other_"))
        result = self.run(path)
        assert result.exit_code == 1
        assert "isn't one of its choices" in result.output

    def test_an_unsafe_file_is_refused_with_its_code(self, tmp_path):
        path = tmp_path / "evil.zip"
        path.write_bytes(zipped({"../x": "x"}))
        result = self.run(path)
        assert result.exit_code == 1
        assert "(package.unsafe)" in result.output
        assert "Traceback" not in result.output

    def test_schemas_are_only_taken_from_the_option(self, tmp_path, monkeypatch):
        (tmp_path / "shared" / "xsd").mkdir(parents=True)
        (tmp_path / "checkout").mkdir()
        monkeypatch.chdir(tmp_path / "checkout")
        path = tmp_path / "exam.zip"
        path.write_bytes(written("qti30", "single-1"))
        assert "not checked without schemas" in self.run(path).output

    def test_folder_without_schemas(self, tmp_path):
        path = tmp_path / "exam.zip"
        path.write_bytes(written("qti30", "single-1"))
        result = self.run(path, "--schemas", str(tmp_path))
        assert (result.exit_code, "none for this format" in result.output or "no schema" in result.output) == (0, True)
