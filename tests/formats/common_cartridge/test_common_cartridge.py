"""Write cartridges, and import them with the oracles of Moodle, Canvas Classic and New Quizzes."""

import io
import re
import sys
import zipfile
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from lti_tool import formats
from lti_tool.exam import ExamEmpty, parse_exam
from lti_tool.exam.visible_text import without_invisible_characters
from lti_tool.formats import Verdict
from lti_tool.formats.check import check_package
from sandbox.importers import canvas_classic, moodle_cartridge, new_quizzes
from tests.formats.common_cartridge.cartridge_schema import schema_errors
from tests.support.exam_builders import exam, points, question
from tests.support.exam_packages import (
    FIXTURES,
    PICTURE,
    PICTURES,
    assert_golden,
    build,
    codes,
    load,
    report_text,
)
from tests.support.exam_strategies import HOSTILE, LONG, raw_exams
from tests.support.standard_schemas import SCHEMAS

SPACE = {"q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2", "m": "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"}
IMAGE = f'<img src="{PICTURE}" alt="A">'
PROFILES = {
    *("cc.multiple_choice.v0p1", "cc.multiple_response.v0p1", "cc.true_false.v0p1", "cc.fib.v0p1", "cc.essay.v0p1"),
}


class Cartridge:
    """A cartridge, unzipped and parsed."""

    def __init__(self, data):
        self.data = data
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert zipped.testzip() is None
            self.files = {name: zipped.read(name) for name in zipped.namelist()}
        parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        self.manifest = etree.fromstring(self.files["imsmanifest.xml"], parser)
        (path,) = (name for name in self.files if name.endswith("/assessment_qti.xml"))
        self.profile = etree.fromstring(self.files[path], parser)
        self.items = self.profile.findall(".//q:item", SPACE)

    def assert_sound(self):
        """Check with our own rules, and with the official schemas where they are available."""
        assert [problem for problem in check_package(self.data).problems if problem.serious] == []
        assert b'xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"' in self.files["imsmanifest.xml"][:1024]
        listed = [file.get("href") for file in self.manifest.findall(".//m:file", SPACE)]
        assert Counter(listed) == Counter(name for name in self.files if name != "imsmanifest.xml")
        for item in self.items:
            _assert_in_profile(item)
        assert schema_errors(self.manifest) == []
        assert schema_errors(self.profile) == []


def _assert_in_profile(item):
    """Rules of the profile that no schema can express, or that we check without the schemas."""
    metadata = {field[0].text: field[1].text for field in item.findall(".//q:qtimetadatafield", SPACE)}
    assert metadata["cc_profile"] in PROFILES
    assert 0 <= int(metadata["cc_weighting"]) <= 99
    assert (metadata.get("qmd_computerscored") == "No") == (metadata["cc_profile"] == "cc.essay.v0p1")
    (response,) = item.xpath("q:presentation/q:response_lid | q:presentation/q:response_str", namespaces=SPACE)
    assert len(item.findall("q:resprocessing/q:respcondition", SPACE)) == 1
    assert {setvar.get("action") for setvar in item.findall(".//q:setvar", SPACE)} <= {"Set"}
    assert item.find(".//q:or", SPACE) is None
    labels = [label.get("ident") for label in item.findall(".//q:response_label", SPACE)]
    tests = item.findall(".//q:varequal", SPACE)
    assert {test.get("respident") for test in tests} <= {response.get("ident")}
    assert bool(tests) == (metadata["cc_profile"] != "cc.essay.v0p1")
    if metadata["cc_profile"] == "cc.true_false.v0p1":
        assert labels == ["true", "false"]
    if labels:
        assert {test.text for test in tests} <= set(labels)


def moodle(data):
    (quiz,) = moodle_cartridge.read(data).quizzes
    return quiz


def test_the_official_schemas_were_used_where_available(capsys):
    with capsys.disabled():
        sys.stderr.write("" if SCHEMAS else "No official schemas (TEST_SCHEMAS): cartridges had only our own checks.\n")
    broken = etree.fromstring("<questestinterop xmlns='http://www.imsglobal.org/xsd/ims_qtiasiv1p2'/>")
    assert bool(schema_errors(broken)) == (SCHEMAS is not None)


@pytest.mark.parametrize("name", ["mixed-12", "pci-12", "single-1", "arabic-10", "mechanics-13", "signs-13"])
def test_cartridge_and_report_are_those_that_were_reviewed(name):
    data, report = build("common-cartridge", *load(name))
    cartridge = Cartridge(data)
    cartridge.assert_sound()
    texts = [f"== {path}\n{text.decode()}" for path, text in cartridge.files.items() if path.endswith((".xml", ".qti"))]
    folder = FIXTURES.parent / "formats" / "common_cartridge" / "golden"
    assert_golden(folder, {f"{name}.txt": "".join(texts), f"{name}.report.json": report_text(report)})


def test_moodle_restores_every_question_of_a_mixed_exam():
    raw, assets = load("mixed-12")
    data, report = build("common-cartridge", raw, assets)
    quiz = moodle(data)
    assert (quiz.name, quiz.attempts_allowed, quiz.time_limit_seconds) == (raw["name"], 1, 3600)
    assert [item.qtype for item in quiz.questions] == [
        *("multichoice", "multichoice", "multichoice", "truefalse", "essay", "shortanswer", "essay", "essay"),
        *("essay", "essay", "multichoice"),
    ]
    assert sum(item.default_mark for item in quiz.questions) == report.points_out == 26
    assert quiz.questions[0].correct == ("Amsterdam",)
    assert quiz.questions[1].correct == ("N2", "CO2", "\\(\\mathrm{O_2}\\)")
    assert quiz.questions[5].correct == ("1648",)
    assert "Deltaplan" in quiz.questions[8].text
    assert report.counts == {Verdict.NATIVE: 6, Verdict.ADAPTED: 6, Verdict.LEFT_OUT: 0}


def test_canvas_reads_every_type_from_the_same_file():
    for name in ("mixed-12", "pci-12"):
        raw, assets = load(name)
        data, _ = build("common-cartridge", raw, assets)
        plain, _ = build("canvas-qti", raw, assets)
        cartridge, plain_import = canvas_classic.read(data), canvas_classic.read(plain)
        assert cartridge.package_type == "canvas_cartridge"
        assert (cartridge.errors, cartridge.unsupported, cartridge.warnings, cartridge.missing_files) == (
            (),
            (),
            (),
            (),
        )
        assert [item.type for item in cartridge.quizzes[0].questions] == [
            item.type for item in plain_import.quizzes[0].questions
        ]
        assert [item.ident for item in cartridge.quizzes[0].questions] == [
            item.ident for item in plain_import.quizzes[0].questions
        ]
        assert cartridge.quizzes[0].points_possible == plain_import.quizzes[0].points_possible
        assert new_quizzes.read(data) == new_quizzes.read(plain)
        assert sorted(cartridge.media.values()) == sorted(plain_import.media.values()), "not the page for teachers"


def test_addresses_of_files_are_relative_to_the_assessment():
    raw = question("multiple-choice-single-answer", {"options": ["a", IMAGE], "correctAnswer": "a"}, description=IMAGE)
    data, _ = build("common-cartridge", exam(raw), PICTURES)
    cartridge = Cartridge(data)
    (path,) = (name for name in cartridge.files if name.startswith("web_resources/media/"))
    assert cartridge.files[path] == b"\x89PNG picture"
    html = "".join(cartridge.profile.itertext())
    assert set(re.findall(r'src="([^"]+)"', html)) == {f"$IMS-CC-FILEBASE$../{path}"}


class TestTexts:
    def test_texts_move_into_the_next_question(self):
        raws = [
            question("exam-intro", title="Intro"),
            question("paragraph", title="Passage", description=IMAGE),
            question("essay", title="First"),
            question("essay", title="Second"),
            question("paragraph", title="End"),
            question("exam-outro", title="Bye"),
        ]
        data, report = build("common-cartridge", exam(*raws), PICTURES)
        Cartridge(data).assert_sound()
        first, second = moodle(data).questions
        assert re.sub("<[^>]*>", " ", first.text).split() == ["Intro", "Passage", "First"]
        assert re.sub("<[^>]*>", " ", second.text).split() == ["Second", "End", "Bye"]
        assert [line.number for line in report.lines] == [1, 2, 3, 4, 5, 6]
        assert [line.verdict for line in report.lines if line.kind == "information"] == [Verdict.ADAPTED] * 4
        assert [line.becomes.split()[-2] for line in report.lines if line.kind == "information"] == [
            *("after", "after", "before", "before"),
        ]

    def test_alone_they_become_one_question_without_points(self):
        data, report = build("common-cartridge", exam(question("paragraph", title="a"), question("exam-outro")))
        cartridge = Cartridge(data)
        cartridge.assert_sound()
        (item,) = cartridge.items
        assert "<fieldentry>0<" in etree.tostring(item, encoding="unicode")
        assert all("cartridge.text-alone" in codes(line) for line in report.lines)

    def test_unreadable_questions_do_not_take_up_texts(self):
        raw = exam(question("paragraph", title="Passage"), question("essay"))
        raw["questions"].insert(1, None)
        raw["questions"].append(None)
        data, report = build("common-cartridge", raw)
        (only,) = moodle(data).questions
        assert "Passage" in only.text
        assert [line.verdict for line in report.lines] == [
            *(Verdict.ADAPTED, Verdict.LEFT_OUT, Verdict.NATIVE, Verdict.LEFT_OUT),
        ]


class TestBlanks:
    def test_each_is_a_question(self):
        settings_ = {"text": f"A {IMAGE} ___ b ___", "correctAnswer": ["x", ["y", "z"]]}
        raw = question("fill-in-blank", settings_, scoring=points([4]))
        data, report = build("common-cartridge", exam(raw, language="nl"), PICTURES)
        Cartridge(data).assert_sound()
        first, second = moodle(data).questions
        assert [answer.text for answer in first.answers] == ["x"]
        assert [answer.text for answer in second.answers] == ["y", "z"]
        assert all(answer.fraction == 1 for answer in (*first.answers, *second.answers))
        assert ("open plek 1" in first.text, "open plek 2" in second.text) == (True, True)
        assert (first.default_mark, second.default_mark, report.lines[0].points_out) == (2, 2, 4)
        assert {"cartridge.part-each", "format.partial-credit"} <= codes(report.lines[0])

    @pytest.mark.parametrize(("answer", "is_reported"), [("Parijs", True), ("باريس", False), ("1,5", False)])
    def test_case_is_reported_only_for_scripts_with_capitals(self, answer, is_reported):
        for name in ("common-cartridge", "canvas-qti"):
            raw = question("fill-in-blank", {"text": "___", "correctAnswer": [answer]})
            _, report = build(name, exam(raw))
            assert ("format.case" in codes(report.lines[0])) is is_reported

    @pytest.mark.parametrize(("points_in", "out"), [(1, 2), (2.5, 3), (5, 5), (0, 0)])
    def test_blanks_share_the_points_in_whole_numbers(self, points_in, out):
        raw = question("fill-in-blank", {"text": "___ ___", "correctAnswer": ["a", "b"]}, scoring=points([points_in]))
        _, report = build("common-cartridge", exam(raw))
        assert report.lines[0].points_out == out
        assert ("cartridge.whole-points" in codes(report.lines[0])) == (points_in != out)

    @pytest.mark.parametrize("answers", [["0"], [["zero", "0"]], ["a"] * 21])
    def test_answers_moodle_would_ignore_become_an_essay(self, answers):
        settings_ = {"text": "___ " * len(answers), "correctAnswer": answers}
        data, report = build("common-cartridge", exam(question("fill-in-blank", settings_)))
        assert [item.qtype for item in moodle(data).questions] == ["essay"]
        assert report.lines[0].verdict is Verdict.ADAPTED

    def test_a_short_answer_of_zero_becomes_an_essay(self):
        data, _ = build("common-cartridge", exam(question("single-line-text", {"correctAnswer": "0"})))
        assert [item.qtype for item in moodle(data).questions] == ["essay"]


@pytest.mark.parametrize(("points_in", "out"), [(0.4, 1), (2.5, 3), (2.4, 2), (99, 99), (150, 99), (7, 7)])
def test_points_are_rounded_and_reported(points_in, out):
    data, report = build("common-cartridge", exam(question("essay", scoring=points([points_in]))))
    (item,), (line,) = moodle(data).questions, report.lines
    assert (item.default_mark, line.points_out, line.points_in) == (out, out, Decimal(str(points_in)))
    assert ("cartridge.whole-points" in codes(line)) == (points_in != out)
    quiz = canvas_classic.read(data).quizzes[0]
    assert quiz.total_points == points_in, "Canvas keeps the fractions"


@pytest.mark.parametrize("count", [2, 3, 12])
def test_moodle_sees_all_right_answers_of_several(count):
    options = [f"<p>{n}</p>" for n in range(15)]
    raw = question("multiple-choice-multiple-answers", {"options": options, "correctAnswer": options[:count]})
    data, report = build("common-cartridge", exam(raw))
    (item,) = moodle(data).questions
    assert item.correct == tuple(str(n) for n in range(count))
    assert item.mark_for_correct == pytest.approx(1, abs=0.0001)
    assert "cartridge.moodle-ticks" in codes(report.lines[0])
    assert report.lines[0].verdict is Verdict.ADAPTED, "ticking everything earns all points in Moodle"
    tests = Cartridge(data).items[0].find(".//q:and", SPACE)
    assert [test.tag.rpartition("}")[2] for test in tests] == ["varequal"] * count + ["not"] * (15 - count)


def test_the_report_says_that_moodle_grades_the_quiz_wrongly():
    data, report = build("common-cartridge", exam(*[question("essay", scoring=points([2])) for _ in range(10)]))
    assert moodle(data).grade_for_all_right == 25, "of 10"
    assert "cartridge.moodle-grades" in {remark.code for remark in report.remarks}


def test_the_highest_value_is_the_points():
    data, _ = build("common-cartridge", exam(*[question("essay", scoring=points([n])) for n in (0, 1, 7)]))
    values = [item.find(".//q:decvar", SPACE).get("maxvalue") for item in Cartridge(data).items]
    assert values == ["0", "1", "7"], "Sakai's points"


def test_canvas_finds_no_module_and_other_readers_find_the_file():
    cartridge = Cartridge(build("common-cartridge", exam(question("essay")))[0])
    modules = etree.fromstring(cartridge.files["course_settings/module_meta.xml"])
    assert modules.tag == "{http://canvas.instructure.com/xsd/cccv1p0}modules"
    assert len(modules) == 0


def test_the_report_says_where_canvas_changes_a_question_too():
    raws = question("essay"), question("sequence", {"options": ["a", "b"]}), question("formula")
    _, report = build("common-cartridge", exam(*raws))
    _, canvas = build("canvas-qti", exam(*raws))
    changed = ["cartridge.in-canvas" in codes(line) for line in report.lines]
    assert changed == [line.verdict is Verdict.ADAPTED for line in canvas.lines] == [False, False, True]


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("<>&'\"«日😀")) | (
    st.integers(235, 260).map("<é>".__mul__)
)


@settings(max_examples=100, deadline=None)
@given(TITLES)
@example("3 < 5")
@example("x" * 243)
@example("x" * 244)
@example("&amp;" * 60)
@example("日本" * 2500)
def test_moodle_restores_a_cartridge_of_any_title(title):
    data, report = build("common-cartridge", exam(question("essay"), name=title))
    Cartridge(data).assert_sound()
    written_title = moodle(data).name
    is_reported = "format.title" in {remark.code for remark in report.remarks}
    whole_title = parse_exam(exam(question("essay"), name=title)).title
    assert is_reported or without_invisible_characters(written_title) == without_invisible_characters(whole_title)
    assert canvas_classic.read(data).quizzes[0].title == whole_title[:250]


def test_true_and_false_in_the_language_of_the_exam():
    for key in (True, False):
        data, _ = build("common-cartridge", exam(question("true-false", {"correctAnswer": key}), language="nl"))
        (item,) = moodle(data).questions
        assert item.correct == (str(key),)
        assert {"Waar", "Onwaar"} <= set(Cartridge(data).profile.itertext())


@pytest.mark.parametrize(
    "raw",
    [
        question("multiple-choice-single-answer", {"options": ["a", "b"], "correctAnswer": "c"}),
        question("true-false", {}),
        question("sequence", {"options": ["a", "b"]}),
        question("upload-file", {"acceptFileTypes": "application/pdf"}),
        question("voice-recorder", {}),
        question("sentence-analysis", {"sentence": "Wij maken iets."}),
        question("formula", {}),
        question("acme.color", {"correctAnswer": "red"}),
    ],
)
def test_types_outside_the_profile_are_marked_by_the_teacher(raw):
    data, report = build("common-cartridge", exam({**raw, "scoring": points([2])}, language="de"))
    Cartridge(data).assert_sound()
    (item,), (line,) = moodle(data).questions, report.lines
    assert (item.qtype, item.default_mark) == ("essay", 2)
    assert (line.verdict, line.points_out) == (Verdict.ADAPTED, 2)
    assert line.remarks


def test_students_never_see_notes_for_graders():
    secret = {**points([3]), "modelAnswer": "<p>SECRET</p>"}
    secret["criteria"][0]["title"] = "SECRET"
    raws = [
        question("essay", scoring=secret),
        question("conversational", {"conversationalPrompt": "SECRET"}, scoring=secret),
        question("acme.x", {"correctAnswer": "SECRET"}, scoring=secret),
        question("sequence", {"options": ["a", "b"]}, scoring=secret),
    ]
    data, report = build("common-cartridge", exam(*raws))
    assert "SECRET" not in "".join(Cartridge(data).profile.itertext())
    assert "cartridge.notes" in {remark.code for remark in report.remarks}


def test_a_cartridge_without_questions_is_never_written():
    raw = parse_exam({"questions": [{"type": "essay"}]})
    empty = type(raw)(**{name: getattr(raw, name) for name in raw.__slots__ if name != "questions"}, questions=())
    with pytest.raises(ExamEmpty):
        formats.get("common-cartridge").write(empty, {}, io.BytesIO())


def test_bytes_and_identifiers_are_stable():
    raw, assets = load("pci-12")
    first, _ = build("common-cartridge", raw, assets)
    assert first == build("common-cartridge", raw, dict(reversed(assets.items())))[0]
    part, _ = build("common-cartridge", {**raw, "questions": raw["questions"][2:]}, assets)
    idents = [item.get("ident") for item in Cartridge(first).items]
    assert [item.get("ident") for item in Cartridge(part).items] == idents[2:]
    assert len(set(idents)) == len(idents)


@pytest.mark.parametrize("hostile", [*HOSTILE, *LONG.values(), "x" * 50_000])
def test_hostile_text_in_every_place(hostile):
    options = ["right", hostile, hostile + "x"]
    _check(
        exam(
            question("paragraph", title=hostile, description=hostile),
            question("multiple-choice-single-answer", {"options": options, "correctAnswer": "right"}, title=hostile),
            question("multiple-choice-multiple-answers", {"options": options, "correctAnswer": ["right"]}),
            question("sequence", {"options": options}, description=hostile),
            question("fill-in-blank", {"text": f"{hostile} ___", "correctAnswer": [hostile]}),
            question("single-line-text", {"correctAnswer": hostile}, scoring={"modelAnswer": hostile}),
            question(hostile, {"correctAnswer": {hostile: hostile}}),
            name=hostile,
            id=hostile,
        )
    )


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams)
def test_any_exam_is_restored(raw):
    _check(raw)


def _check(raw):
    """Stable, valid, imported by all three; a line for every question, full points for every key."""
    data, report = build("common-cartridge", raw)
    assert data == build("common-cartridge", raw)[0]
    cartridge = Cartridge(data)
    cartridge.assert_sound()
    quiz = moodle(data)
    assert len(quiz.questions) == len(cartridge.items)
    assert [line.number for line in report.lines] == list(range(1, len(raw["questions"]) + 1))
    assert all(line.verdict is Verdict.NATIVE or line.remarks for line in report.lines)
    weights = cartridge.profile.xpath(
        "//q:qtimetadatafield[q:fieldlabel='cc_weighting']/q:fieldentry", namespaces=SPACE
    )
    assert report.points_out == sum(int(weight.text) for weight in weights)
    for item in quiz.questions:
        assert (item.qtype == "essay") == (item.correct is None)
        if item.correct is not None:
            assert item.mark_for_correct == pytest.approx(item.default_mark, abs=0.001)
    canvas = canvas_classic.read(data)
    assert (canvas.errors, canvas.unsupported, canvas.missing_files) == ((), (), ())
    assert canvas.quizzes[0].total_points == pytest.approx(float(report.points_in))


@pytest.mark.slow
def test_an_exam_of_five_thousand_questions_is_restored():
    raw, _ = load("pci-12")
    raw["questions"] = raw["questions"] * 417
    data, report = build("common-cartridge", raw)
    quiz = moodle(data)
    assert len(report.lines) == 5004
    assert len(quiz.questions) == 417 * 11
    assert report.points_out == 417 * 20
