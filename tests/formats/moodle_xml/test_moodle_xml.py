"""Files of moodle-xml, read by the import oracle."""

import base64
import io
import tracemalloc
from decimal import Decimal

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from lti_tool import formats
from lti_tool.exam import Asset, ExamEmpty, parse_exam
from lti_tool.formats import Verdict
from lti_tool.formats.check import check_package
from sandbox.importers import moodle_xml
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

IMAGE = f'<img src="{PICTURE}" alt="A">'


def read(data):
    """Moodle's question bank after it imported the whole file."""
    bank = moodle_xml.read(data)
    assert (bank.imported, bank.messages) == (True, ())
    assert [name for question_ in bank.questions for name in question_.missing_files] == []
    return bank


def many(*questions, assets=None, **more):
    data, report = build("moodle-xml", exam(*questions, **more), assets)
    return read(data).questions, report.lines


def single_question(raw, **more):
    (moodle_question,), (line,) = many(raw, **more)
    return moodle_question, line


@pytest.mark.parametrize("name", ["mixed-12", "pci-12", "single-1", "arabic-10", "mechanics-13", "signs-13"])
def test_package_and_report_are_those_that_were_reviewed(name):
    data, report = build("moodle-xml", *load(name))
    folder = FIXTURES.parent / "formats" / "moodle_xml" / "golden"
    assert_golden(folder, {f"{name}.xml": data.decode(), f"{name}.report.json": report_text(report)})


def test_mixed_exam_arrives_completely():
    raw, assets = load("mixed-12")
    data, report = build("moodle-xml", raw, assets)
    bank = read(data)
    assert bank.category == "$course$/top/Nederland & de wereld – gemengde toets 🌍 (世界 // العالم)"
    assert [moodle_question.qtype for moodle_question in bank.questions] == [
        *("multichoice", "multichoice", "multichoice", "truefalse", "essay", "numerical", "essay", "essay"),
        *("description", "ordering", "essay", "multichoice"),
    ]
    assert (
        sum(moodle_question.default_mark for moodle_question in bank.questions)
        == report.points_out
        == report.points_in
        == 26
    )
    assert bank.questions[0].correct == ("Amsterdam",)
    assert bank.questions[0].options["shuffleanswers"] == "1"
    assert bank.questions[9].correct[0].startswith("Slag bij Nieuwpoort")
    for question_ in bank.questions:
        assert question_.correct is None or question_.mark_for_correct == pytest.approx(question_.default_mark)
    file_contents = {
        (file.name.split("-", 1)[1], file.content) for question_ in bank.questions for file in question_.files
    }
    assert file_contents == {(file.name, file.read_bytes()) for file in (FIXTURES / "assets").iterdir()}
    assert report.counts == {Verdict.NATIVE: 11, Verdict.ADAPTED: 1, Verdict.LEFT_OUT: 0}
    assert check_package(data).problems == []


def test_names_numbers_and_tags():
    tagged = {"tags": ["Goal 1", "goal 1", "", "x" * 80, "<b>"]}
    titles = ["", "t" * 400, "a < b", '<img src="x">']
    questions, _ = many(*(question("essay", title=title, description="", **tagged) for title in titles * 3))
    assert all(0 < len(moodle_question.name) <= 255 for moodle_question in questions)
    assert [moodle_question.name for moodle_question in questions] == sorted(
        moodle_question.name for moodle_question in questions
    )
    assert "<" not in "".join(moodle_question.name for moodle_question in questions)
    assert questions[0].tags == ("goal 1", "x" * 50, "＜b＞")


@pytest.mark.parametrize(
    ("title", "category"),
    [("a/b", "a//b"), ("/a/", "a"), ("//", "Examplary"), ("<b>", "＜b＞"), ("]]>", "]]＞"), ("x" * 400, "x" * 200)],
)
def test_the_category_is_named_after_the_exam(title, category):
    data, _ = build("moodle-xml", exam(question("essay"), name=title))
    assert read(data).category == f"$course$/top/{category}"


class TestTypes:
    def test_true_and_false_are_native(self):
        for key in (True, False):
            moodle_question, line = single_question(question("true-false", {"correctAnswer": str(key).lower()}))
            assert (moodle_question.qtype, moodle_question.correct, line.verdict) == (
                "truefalse",
                (str(key),),
                Verdict.NATIVE,
            )

    def test_ordering_is_all_or_nothing(self):
        moodle_question, line = single_question(
            question("sequence", {"options": ["b", "a", f"c {IMAGE}"]}), assets=PICTURES
        )
        assert moodle_question.qtype == "ordering"
        assert (moodle_question.options["gradingtype"], moodle_question.options["selecttype"]) == ("-1", "0")
        assert [answer.text[0] for answer in moodle_question.answers] == ["b", "a", "c"]
        assert [file.content for file in moodle_question.files] == [b"\x89PNG picture"]
        assert codes(line) == {"exam.points-missing"}

    def test_ordering_reports_the_moodle_version_that_it_needs(self):
        _, report = build("moodle-xml", exam(question("sequence", {"options": ["a", "b"]})))
        assert "moodle.ordering-version" in {remark.code for remark in report.remarks}

    def test_essay_limits_and_notes_for_graders(self):
        scoring = {**points([4, 2]), "modelAnswer": f"<p>Since <inline-math>x^2</inline-math> {IMAGE}</p>"}
        raw = question("essay", {"minWords": 100, "maxWords": 300}, scoring=scoring)
        moodle_question, line = single_question(raw, assets=PICTURES)
        assert (moodle_question.options["minwordlimit"], moodle_question.options["maxwordlimit"]) == ("100", "300")
        assert "Model answer" in moodle_question.options["graderinfo"]
        assert "\\(x^2\\)" in moodle_question.options["graderinfo"]
        assert [(file.area, file.content) for file in moodle_question.files] == [
            ("question/graderinfo", b"\x89PNG picture")
        ]
        assert "between 100 and 300 words" in moodle_question.text
        assert line.verdict is Verdict.NATIVE

    def test_an_upload_becomes_an_essay_with_an_attachment(self):
        moodle_question, line = single_question(
            question("upload-file", {"acceptFileTypes": "application/pdf,image/png"})
        )
        expected = {
            "responseformat": "noinline",
            "attachments": "1",
            "attachmentsrequired": "1",
            "responserequired": "0",
        }
        assert {key: moodle_question.options[key] for key in expected} == expected
        assert moodle_question.options["filetypeslist"] == ".pdf,.png"
        assert line.verdict is Verdict.NATIVE

    def test_a_recording_becomes_an_essay_with_a_recorder(self):
        moodle_question, line = single_question(question("voice-recorder", {"maxDurationSeconds": 90}), language="de")
        assert (moodle_question.options["responseformat"], moodle_question.options["attachments"]) == (
            "editorfilepicker",
            "1",
        )
        assert "90 Sekunden" in moodle_question.text
        assert codes(line) == {"moodle.voice", "exam.points-missing"}

    def test_sentence_analysis_becomes_dropdowns(self):
        raw, _ = load("pci-12")
        (analysis,) = (raw_question for raw_question in raw["questions"] if "sentence" in raw_question["type"])
        moodle_question, line = single_question(analysis, language="nl")
        names = ("bijwoordelijke bepaling", "werkwoordelijk gezegde", "onderwerp", "lijdend voorwerp")
        codes_ = ("BWB", "WG", "OW", "LV")
        assert moodle_question.qtype == "gapselect"
        assert moodle_question.correct == (*(f"{c} ({n})" for c, n in zip(codes_, names, strict=True)), "maken")
        assert "<strong>de planner.</strong> [[4]]" in moodle_question.text
        assert "Persoonsvorm: [[" in moodle_question.text
        assert [answer.group for answer in moodle_question.answers] == ["1"] * 4 + ["2"] * 5
        assert (line.verdict, line.becomes) == (Verdict.ADAPTED, "Drop-down menus in a text")
        assert "format.analysis-menus" in codes(line)

    def test_brackets_in_a_text_are_no_dropdowns(self):
        raw, _ = load("pci-12")
        (analysis,) = (raw_question for raw_question in raw["questions"] if "sentence" in raw_question["type"])
        analysis["title"] = "Look: [[1]] and [[2]]"
        moodle_question, _ = single_question(analysis)
        assert moodle_question.text.count("[[") == 5


def test_underscores_in_an_address_stay_in_it():
    """Moodle puts the field on the first line of underscores, so no attribute may have one; addresses keep theirs."""
    text = '<img src="https://x.example/a_______b.png" alt="_______"> ___'
    xml, _ = single_question(question("fill-in-blank", {"text": text, "correctAnswer": ["c"]}))
    assert "https://x.example/a%5F%5F%5F%5F%5F%5F%5Fb.png" in xml.text
    assert xml.text.count("_____") == xml.text.count("_" * 18) * 3


class TestMatching:
    @pytest.mark.parametrize(
        ("right", "lettered"),
        [(["1.5", "1.50"], True), (["10", "1e1"], True), (["1,5", "1,50"], False), (["1", "2"], False)],
    )
    def test_numbers_that_are_equal_in_php(self, right, lettered):
        pairs = [{"left": str(n), "right": text} for n, text in enumerate(right)]
        xml, line = single_question(question("matching", {"left": ["0", "1"], "right": right, "correctAnswer": pairs}))
        labels = [right for _, right in xml.subquestions]
        assert (sorted(labels) == ["A", "B"]) is lettered
        assert ("format.letters" in [remark.code for remark in line.remarks]) is lettered

    def test_pairs_and_distractors(self):
        settings_ = {
            "left": ["a", f"b {IMAGE}"],
            "right": ["1", "2", "3"],
            "correctAnswer": ["a = 1", f"b {IMAGE} = 1"],
            "shuffle": False,
        }
        moodle_question, line = single_question(question("matching", settings_, scoring=points([2.5])), assets=PICTURES)
        assert [(left_text[:1], right_text) for left_text, right_text in moodle_question.subquestions] == [
            *(("a", "1"), ("b", "1"), ("", "2"), ("", "3")),
        ]
        assert (moodle_question.default_mark, moodle_question.options["shuffleanswers"]) == (2.5, "0")
        assert moodle_question.files[0].content == b"\x89PNG picture"
        assert codes(line) == {"format.partial-credit"}

    def test_dropdowns_hold_plain_text(self):
        settings_ = {"pairs": ["a <i>a</i> = x<sub>2</sub>", "b = <b>bold</b>", "c = 3 < 4"]}
        moodle_question, line = single_question(question("matching", settings_))
        assert [right for _, right in moodle_question.subquestions] == ["x₂", "bold", "3 < 4"]
        assert "format.plain-texts" in codes(line)

    @pytest.mark.parametrize("right", [IMAGE, "long " * 60, "$\\frac{1}{2}$", "<b>bold</b>"])
    def test_columns_are_swapped(self, right):
        moodle_question, line = single_question(
            question("matching", {"pairs": [f"a = {right}", "b = x"]}), assets=PICTURES
        )
        assert [label for _, label in moodle_question.subquestions] == ["a", "b"]
        assert (line.verdict, "format.swapped" in codes(line)) == (Verdict.ADAPTED, True)

    @pytest.mark.parametrize("pairs", [[f"{IMAGE} = {IMAGE}", "b = x"], [f"a = {IMAGE}", f"b = {IMAGE}"]])
    def test_otherwise_students_choose_letters(self, pairs):
        moodle_question, line = single_question(question("matching", {"pairs": pairs}), assets=PICTURES)
        letters = [label for _, label in moodle_question.subquestions]
        assert (moodle_question.qtype, set(letters) <= {"A", "B"}, "format.letters" in codes(line)) == (
            "match",
            True,
            True,
        )
        for (left_text, name), pair in zip(moodle_question.subquestions, pairs, strict=True):
            right = pair.split(" = ")[1]
            assert left_text.startswith("<img" if pair.startswith("<img") else pair[0])
            assert f"<strong>{name}.</strong> {'<img' if right == IMAGE else right}" in moodle_question.text


@pytest.mark.parametrize(
    "raw",
    [
        question("multiple-choice-single-answer", {"options": ["a", "b"], "correctAnswer": "c"}),
        question("multiple-choice-single-answer", {"options": ["a", "a"], "correctAnswer": "a"}),
        question("multiple-choice-multiple-answers", {"options": ["a", "b"], "correctAnswer": ["a", "x"]}),
        question("picture-choice", {"options": ["x.png", "y.png"], "correctAnswer": "x.png"}),
        question("true-false", {}),
        question("single-line-text", {}, scoring={"modelAnswer": "Paris", **points([2.5])}),
        question("date-year", {"correctAnswer": "once"}),
        question("sequence", {"options": ["a", "a"]}),
        question("fill-in-blank", {"text": "___ ___", "correctAnswer": ["a"]}),
        question("fill-in-blank", {"text": "none", "correctAnswer": ["a"]}),
        question("matching", {"pairs": ["no sign", "a = b"]}),
        question("formula", {}),
        question("math-notebook", {}),
        question("conversational", {}),
        question("sentence-analysis", {"sentence": "Wij maken iets."}),
        question("acme.color", {"correctAnswer": "red"}),
    ],
)
def test_without_a_usable_key_the_teacher_grades(raw):
    moodle_question, line = single_question({"scoring": points([2.5]), **raw})
    assert (moodle_question.qtype, moodle_question.default_mark, moodle_question.correct) == ("essay", 2.5, None)
    assert (line.verdict, line.points_out) == (Verdict.ADAPTED, Decimal("2.5"))
    assert line.remarks


def test_unreadable_questions_are_left_out_and_reported():
    raw = exam(question("essay"))
    raw["questions"].append(None)
    data, report = build("moodle-xml", raw)
    assert len(read(data).questions) == 1
    assert (report.lines[1].verdict, report.lines[1].becomes) == (Verdict.LEFT_OUT, "")


def test_a_file_without_questions_is_never_written():
    raw = parse_exam({"questions": [None, {"type": "essay"}]})
    empty = type(raw)(**{name: getattr(raw, name) for name in raw.__slots__ if name != "questions"}, questions=())
    with pytest.raises(ExamEmpty):
        formats.get("moodle-xml").write(empty, {}, io.BytesIO())


def test_students_never_see_information_for_graders():
    secret = {**points([3]), "modelAnswer": "<p>SECRET</p>"}
    secret["criteria"][0]["title"] = "SECRET"
    choice = {"options": ["a", "b"], "correctAnswer": "a"}
    questions, _ = many(
        question("essay", scoring=secret),
        question("conversational", {"conversationalPrompt": "SECRET"}, scoring=secret),
        question("acme.x", {"correctAnswer": "SECRET"}, scoring=secret),
        question("voice-recorder", scoring=secret),
        question("fill-in-blank", {"text": "no blank", "correctAnswer": ["SECRET"]}, scoring=secret),
        question("multiple-choice-single-answer", choice, scoring=secret),
    )
    for moodle_question in questions:
        assert "SECRET" not in moodle_question.text + moodle_question.general_feedback + moodle_question.options.get(
            "responsetemplate", ""
        )
        assert moodle_question.qtype == "multichoice" or "SECRET" in moodle_question.options["graderinfo"]
        assert not any(answer.feedback for answer in moodle_question.answers)


def test_each_text_has_its_own_direction():
    raw = question("multiple-choice-single-answer", {"options": ["القاهرة", "Cairo"], "correctAnswer": "القاهرة"})
    moodle_question, _ = single_question({**raw, "title": "ما هي عاصمة مصر؟"}, language="ar")
    assert '<p dir="rtl"' in moodle_question.text
    assert moodle_question.answers[0].text.startswith('<p dir="rtl"')
    assert '<p dir="ltr"' in moodle_question.answers[1].text


class TestMedia:
    def test_files_are_next_to_the_text_that_shows_them(self):
        settings_ = {"options": [f"x {IMAGE}", f"y {IMAGE}{IMAGE}", "z"], "correctAnswer": "z"}
        raw = question("multiple-choice-single-answer", settings_, description=f"{IMAGE} again {IMAGE}")
        data, _ = build("moodle-xml", exam(raw), PICTURES)
        quiz = etree.fromstring(data)
        assert [
            len(element.findall("file")) for element in (quiz[1].find("questiontext"), *quiz[1].findall("answer"))
        ] == [
            *(1, 1, 1, 0),
        ]
        files = quiz.findall(".//file")
        assert {base64.b64decode(file.text) for file in files} == {b"\x89PNG picture"}
        assert all(file.get("name").isascii() and file.get("path") == "/" for file in files)
        read(data)

    def test_a_picture_in_a_text_with_gaps(self):
        raw = question(
            "fill-in-blank", {"text": f"{IMAGE} is {{1:SHORTANSWER:=x}} ___ ___", "correctAnswer": ["a"] * 2}
        )
        moodle_question, _ = single_question(raw, assets=PICTURES)
        assert (moodle_question.qtype, len(moodle_question.cloze), len(moodle_question.files)) == ("multianswer", 2, 1)

    def test_missing_media_are_reported(self):
        html = '<img src="https://x.example/a.png" alt="A"><img src="ftp://x" alt="B">'
        moodle_question, line = single_question(question("essay", description=html))
        assert 'src="https://x.example/a.png"' in moodle_question.text
        assert {"format.media-remote", "format.media-missing"} <= codes(line)

    def test_a_text_cannot_refer_to_a_file(self):
        moodle_question, _ = single_question(question("essay", description="@@PLUGINFILE@@/secret.png"))
        assert "@@PLUGINFILE@@" not in moodle_question.text


def test_the_same_exam_gives_the_same_bytes():
    raw, assets = load("mixed-12")
    first, _ = build("moodle-xml", raw, assets)
    assert first == build("moodle-xml", raw, dict(reversed(assets.items())))[0]


def test_teachers_see_no_machine_identifiers():
    """Moodle shows an idnumber as a badge beside the name of a question or category."""
    data, _ = build("moodle-xml", exam(question("essay", title="Why?"), name="Waves & light"))
    assert b"<idnumber>" not in data
    assert read(data).category == "$course$/top/Waves & light"
    assert [moodle_question.name for moodle_question in read(data).questions] == ["1 Why?"]


@pytest.mark.parametrize("hostile", [*HOSTILE, *LONG.values(), "x" * 50_000, "a/b//c{}~%50%=#"])
def test_hostile_text_in_every_place(hostile):
    options = ["right", hostile, hostile + "x"]
    pairs = [f"{option} = {option}" for option in options]
    _check(
        exam(
            question("multiple-choice-single-answer", {"options": options, "correctAnswer": "right"}, title=hostile),
            question("sequence", {"options": options}, description=hostile, tags=[hostile]),
            question("fill-in-blank", {"text": f"{hostile} ___", "correctAnswer": [hostile]}),
            question("fill-in-blank", {"text": f"{hostile} ___", "correctAnswer": ["a"]}),
            question("matching", {"left": options, "right": options, "correctAnswer": pairs}),
            question("single-line-text", {"correctAnswer": hostile}, scoring={"modelAnswer": hostile}),
            question("sentence-analysis", {"sentence": hostile, "enabledLabels": [hostile]}),
            question(hostile, {"correctAnswer": {hostile: hostile}}),
            name=hostile,
            id=hostile,
        )
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams)
def test_any_exam_is_imported_completely(raw):
    _check(raw)


def _check(raw):
    """Check that a file is reproducible, imported completely, and gives all points for the correct answers."""
    data, report = build("moodle-xml", raw)
    assert data == build("moodle-xml", raw)[0]
    assert not [problem for problem in check_package(data).problems if problem.serious]
    questions = read(data).questions
    assert [line.number for line in report.lines] == list(range(1, len(raw["questions"]) + 1))
    arriving_lines = [line for line in report.lines if line.verdict is not Verdict.LEFT_OUT]
    assert [Decimal(str(moodle_question.default_mark)) for moodle_question in questions] == [
        line.points_out for line in arriving_lines
    ]
    assert all(line.verdict is Verdict.NATIVE or line.remarks for line in report.lines)
    for question_ in questions:
        automatic = question_.qtype not in ("essay", "description")
        assert automatic == (question_.correct is not None)
        if automatic:
            assert question_.mark_for_correct == pytest.approx(question_.default_mark, abs=0.001)
        _is_harmless(question_.text)
        for answer in question_.answers if question_.qtype in ("multichoice", "ordering") else ():
            assert answer.text.strip()
            _is_harmless(answer.text)


def _is_harmless(html):
    for element in lxml.html.fragment_fromstring(html, create_parent=True).iter(etree.Element):
        assert element.tag not in {"script", "style", "iframe", "object", "svg"}
        assert not any(name.startswith("on") for name in element.attrib)
        assert element.get("href", "https:").startswith(("http", "mailto:", "@@PLUGINFILE@@/"))


@pytest.mark.slow
def test_five_thousand_questions():
    raw, _ = load("pci-12")
    raw["questions"] = raw["questions"] * 417
    data, report = build("moodle-xml", raw)
    assert len(read(data).questions) == len(report.lines) == 5004
    assert report.points_out == 417 * 20


class _Sink(io.RawIOBase):
    def write(self, data):
        return len(data)


def test_memory_holds_only_one_question():
    html = "".join(f'<img src="https://x.example/{n}.png">' for n in range(2))
    raw = exam(*(question("essay", description=html.replace(".png", f"-{n}.png")) for n in range(60)))
    parsed = parse_exam(raw)
    assets = {url: Asset(url, "a.png", "image/png", lambda: bytes(500_000)) for url in parsed.media}
    tracemalloc.start()
    formats.get("moodle-xml").write(parsed, assets, _Sink())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000, "80 MB are written, and two files of half a megabyte may be held"
