"""The benchmark against text2qti converts the same exam in both notations."""

import pytest
from text2qti.config import Config
from text2qti.quiz import Quiz

from bench import bench_exam
from lti_tool.exam import Choice, DateYear, TrueFalse, parse_exam
from lti_tool.exam.richtext import Math

pytestmark = pytest.mark.slow

TYPES = {
    "single": "multiple_choice_question",
    "several": "multiple_answers_question",
    "year": "short_answer_question",
    "true": "true_false_question",
    "other": "essay_question",
}


def kind(question):
    match question:
        case Choice(multiple=multiple):
            return "several" if multiple else "single"
        case TrueFalse():
            return "true"
        case DateYear():
            return "year"
    return "other"


@pytest.fixture(params=bench_exam.EXAMS)
def both(request):
    numbers = range(5, 45)
    quiz = Quiz(bench_exam.text2qti(request.param, numbers), config=Config(), source_name="exam.txt")
    return parse_exam(bench_exam.examplary(request.param, numbers)).questions, quiz.questions_and_delims


def test_the_same_questions(both):
    for ours, theirs in zip(*both, strict=True):
        assert theirs.type == TYPES[kind(ours)]
        assert theirs.points_possible == ours.points
        assert ours.title.plain_text() in theirs.question_raw
        assert not ours.flaws


def test_the_same_options_and_keys(both):
    for ours, theirs in zip(*both, strict=True):
        if isinstance(ours, Choice):
            assert len(theirs.choices) == len(ours.options)
            assert [place for place, choice in enumerate(theirs.choices) if choice.correct] == list(ours.correct)
        elif isinstance(ours, TrueFalse):
            assert [choice.correct for choice in theirs.choices] == [ours.correct, not ours.correct]


def test_the_same_formulas_and_marks(both):
    for ours, theirs in zip(*both, strict=True):
        nodes = [node for text in (ours.title, ours.description) for node in text.walk()]
        html = theirs.question_html_xml
        assert html.count('class="equation_image"') == sum(isinstance(node, Math) for node in nodes)
        for tag in ("em", "strong", "table"):
            count = html.count(f"&lt;{tag}&gt;")
            assert count >= sum(getattr(node, "tag", "") == tag for node in nodes), tag
