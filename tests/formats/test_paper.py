"""An exam on paper: nothing that students see depends on a key, and the text says all that there is."""

import json
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool import exam as exams
from lti_tool.exam import RichText, Rubric, parse_exam
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.formats.paper import AnswerArea, exam_as_text, key_lines, option_letter, student_questions
from lti_tool.formats.paper.plain_text import one_line, text_lines
from lti_tool.formats.paper.student import in_neutral_order
from lti_tool.formats.text.phrases import LANGUAGES, phrase, points_phrase
from tests.support.exam_strategies import raw_exams

EXAMS = ("mixed-12", "arabic-10", "mechanics-13", "pci-12", "signs-13")
SECRET = "the secret of this test"


def with_other_keys(question):
    """Return the question with another key, wherever its kind has one."""
    secret = RichText.plain(SECRET)
    common = replace(question, rubric=Rubric(model_answer=secret), flaws=(), tags=(SECRET,))
    match common:
        case exams.Choice(options=options):
            return replace(common, correct=None if common.correct else tuple(range(len(options))))
        case exams.TrueFalse():
            return replace(common, correct=not common.correct)
        case exams.ShortText():
            return replace(common, accepted=(SECRET,))
        case exams.DateYear():
            return replace(common, correct="1066")
        case exams.Ordering(options=options):
            return replace(common, options=options[1:] + options[:1], keyed=not common.keyed)
        case exams.FillInBlank(blanks=blanks):
            return replace(common, answers=((SECRET,),) * blanks)
        case exams.Matching(right=right):
            return replace(common, right=right[::-1], pairs=None)
        case exams.SentenceAnalysis():
            return replace(common, segments=((SECRET, SECRET),), finite_verb=SECRET, explanation=SECRET)
        case exams.Programming():
            return replace(common, assertions=SECRET)
        case exams.Conversation():
            return replace(common, prompt=secret, criteria=secret)
        case exams.Unknown():
            return replace(common, settings={"correctAnswer": SECRET})
    return common


def read(fixtures, name):
    return parse_exam(json.loads((fixtures / "exams" / f"{name}.json").read_text()))


def assert_independent_of_keys(exam):
    other = replace(exam, questions=tuple(map(with_other_keys, exam.questions)))
    assert student_questions(other) == student_questions(exam)
    text = exam_as_text(exam)
    assert exam_as_text(other) == text
    assert SECRET not in text


@pytest.mark.parametrize("name", EXAMS)
def test_the_text_for_students_does_not_depend_on_the_keys(fixtures, name):
    assert_independent_of_keys(read(fixtures, name))


@pytest.mark.hypothesis
@given(raw_exams)
def test_no_exam_gives_its_keys_away(raw):
    try:
        exam = parse_exam(raw)
    except exams.ExamError:
        return
    assert_independent_of_keys(exam)
    assert "\x00" not in exam_as_text(exam, with_keys=True)


def test_a_student_question_has_no_place_for_a_key():
    names = {field.name for field in fields(student_questions.__globals__["StudentQuestion"])}
    assert not names & {
        "correct",
        "answers",
        "accepted",
        "pairs",
        "segments",
        "rubric",
        "assertions",
        "prompt",
        "settings",
    }


@pytest.mark.parametrize("name", EXAMS)
def test_the_text_has_every_stem_and_option_and_with_keys_every_answer(fixtures, name):
    exam = read(fixtures, name)
    text, keyed = exam_as_text(exam), exam_as_text(exam, with_keys=True)
    for question, student_view in zip(exam.questions, student_questions(exam), strict=True):
        assert all(line in text for line in text_lines(question.title))
        assert all(option.plain_text() in text for option in student_view.options)
        for line in key_lines(question, exam.language):
            assert line.label in keyed
            assert one_line(line.text, exam.language) in keyed
    assert phrase("answer", exam.language) in keyed
    assert len(keyed) > len(text)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_text_is_in_the_language_of_the_exam_alone(language):
    rubric = Rubric(model_answer=RichText.plain("42"), criteria=(_criterion(),))
    question = exams.ShortText(**_common(points="1.50") | {"rubric": rubric}, accepted=("24",))
    text = exam_as_text(replace(_exam(question), language=language), with_keys=True)
    _title, _empty, stem, line, key, model_answer, criterion, _end = text.split("\n")
    assert points_phrase(Decimal("1.5"), language) in stem
    assert line.strip("_ ") == ""
    assert key.strip() == phrase("labelled", language, label=phrase("answer", language), text="24")
    assert model_answer.strip() == phrase("labelled", language, label=phrase("model_answer", language), text="42")
    assert criterion.strip().startswith(phrase("criterion", language))
    assert "Answer" not in criterion


@pytest.mark.parametrize(
    ("points", "language", "expected"),
    [
        ("1", "en", "1 point"),
        ("1.000", "en-GB", "1 point"),
        ("1.5", "nl", "1,5 punten"),
        ("100", "de", "100 Punkte"),
        ("2", "ar", "نقطتان"),
        ("3", "hi", "3 अंक"),
        ("1", "ja", "1 点"),
        ("1", "zh-Hans", "1 分"),
        ("1.5", "sv", "1.5 points"),
        ("2", None, "2 points"),
    ],
)
def test_points_are_written_as_the_exam_s_language_writes_them(points, language, expected):
    assert points_phrase(Decimal(points), language) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>a</li><li><p>b</p><p>c</p></li></ul>", ["- a", "- b", "c"]),
        ('<p>x</p><ol start="3"><li>a<ul><li>b</li></ul></li><li>c</li></ol>y', ["x", "3. a", "   - b", "4. c", "y"]),
        ("<pre>if a:\n    b()</pre>", ["if a:", "    b()"]),
        ('<img src="https://x.test/a.png"> = <img src="https://x.test/b.png" alt="a leaf">', ["(picture) = a leaf"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a | b"]),
    ],
)
def test_the_text_keeps_lists_code_and_pictures(html, expected):
    assert text_lines(parse_rich_text(html), "en") == expected


def test_a_picture_without_a_name_is_named_in_options_and_key():
    picture = parse_rich_text('<img src="https://x.test/a.png">')
    question = exams.Choice(**_common(), options=(RichText.plain("a"), picture), correct=(1,), multiple=False)
    text = exam_as_text(replace(_exam(question), language="nl"), with_keys=True)
    assert "B. (afbeelding)" in text
    assert "Antwoord: B: (afbeelding)" in text


def test_a_text_to_read_has_its_number_as_on_the_review_page():
    questions = [
        exams.ShortText(**_common(number=1), accepted=()),
        exams.Information(**_common(number=2, points="0")),
        exams.ShortText(**_common(number=3), accepted=()),
    ]
    exam = _exam(*questions)
    assert [view.number for view in student_questions(exam)] == [1, 2, 3]
    text = exam_as_text(exam)
    assert all(f"{number}. Stem" in text for number in (1, 2, 3))


def test_letters_of_the_key_are_those_of_the_options():
    order = exams.Ordering(**_common(), options=tuple(map(RichText.plain, ("one", "two", "three", "four"))), keyed=True)
    (student_view,) = student_questions(_exam(order))
    for line, option in zip(key_lines(order, "en"), order.options, strict=True):
        assert student_view.options[ord(line.label[-1]) - ord("A")] == option == line.text
    left_items, right = ("a", "b", "c"), ("A", "B", "C", "none")
    match = exams.Matching(
        **_common(),
        left=tuple(map(RichText.plain, left_items)),
        right=tuple(map(RichText.plain, right)),
        pairs=((0, 0), (1, 1), (2, 1)),
    )
    (student_view,) = student_questions(_exam(match))
    assert [line.text.plain_text() for line in key_lines(match, "en")] == ["A", "B", "B"]
    for line in key_lines(match, "en"):
        assert student_view.options[ord(line.label[-1]) - ord("A")] == line.text
    assert student_view.area is AnswerArea.MATCH


@given(st.lists(st.text(max_size=5), max_size=8))
def test_the_neutral_order_depends_on_the_texts_alone(texts):
    options = tuple(map(RichText.plain, texts))
    student_view = [options[index] for index in in_neutral_order("q", options)]
    mixed = options[::-1]
    assert [mixed[index] for index in in_neutral_order("q", mixed)] == student_view
    assert sorted(map(repr, student_view)) == sorted(map(repr, options))


def test_letters_go_on_after_z():
    letters = [option_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)]
    assert letters == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def _criterion():
    return exams.Criterion("Depth", (exams.Level("Good", "", Decimal(2)),))


def _common(number=1, points="1"):
    return {
        "id": "q",
        "number": number,
        "type_id": "x",
        "title": RichText.plain("Stem"),
        "description": RichText(),
        "points": Decimal(points),
    }


def _exam(*questions):
    return exams.Exam(
        id="e", title="T", language="en", direction="ltr", subject="", duration_minutes=None, questions=questions
    )
