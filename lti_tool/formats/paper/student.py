"""An exam as students see it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from lti_tool import exam as exams
from lti_tool.exam import RichText
from lti_tool.exam.richtext import EMPTY
from lti_tool.exam.value import named_value
from lti_tool.formats.text.phrases import phrase, word_limits_phrase

MAX_LINES = 30
"""Lines for one answer on paper."""
WORDS_PER_LINE = 10

_TASKS = {
    "formula": "formula",
    "math-notebook": "steps",
    "conversation": "conversation",
    "upload": "hand_in",
    "unknown": "own_words",
}
_PLAIN_LINES = {"short-text": 1, "formula": 1, "math-notebook": 8, "conversation": 8, "upload": 0, "voice-recording": 0}


class AnswerArea(StrEnum):
    """What students write on paper."""

    NOTHING = "nothing"
    CHOICES = "choices"
    """Mark one or more of ``options``."""
    ORDER = "order"
    """Put ``options`` into order, by their letters."""
    MATCH = "match"
    """Write the letter of one of ``options`` beside each of ``left``."""
    BLANKS = "blanks"
    """Fill in ``blanks`` places of ``body``."""
    LINES = "lines"
    """Write ``lines`` lines."""


@named_value
class StudentQuestion:
    """A question without its key. ``task`` says what to do, in the language of the exam; it may be empty.

    ``body`` is a text with blanks, ``code`` a program to begin with, ``checks`` are what it is checked for, ``names``
    those of the parts of a sentence.
    """

    id: str
    number: int
    kind: str
    points: Decimal
    title: RichText
    description: RichText
    area: AnswerArea = AnswerArea.LINES
    task: str = ""
    body: RichText = EMPTY
    options: tuple[RichText, ...] = ()
    left: tuple[RichText, ...] = ()
    multiple: bool = False
    blanks: int = 0
    lines: int = 0
    code: str = ""
    checks: tuple[str, ...] = ()
    sentence: str = ""
    names: tuple[str, ...] = ()


def student_questions(exam: exams.Exam) -> tuple[StudentQuestion, ...]:
    """Return the questions as students see them: nothing here depends on a key."""
    return tuple(_student_question(question, exam.language) for question in exam.questions)


def in_neutral_order(question_id: str, texts: tuple[RichText, ...]) -> tuple[int, ...]:
    """Return the indices of ``texts`` in an order that depends on their content, not on the key."""

    def place(index: int) -> tuple[bytes, str]:
        text = repr(texts[index])
        return hashlib.sha256(f"{question_id} {text}".encode("utf-8", "replace")).digest(), text

    return tuple(sorted(range(len(texts)), key=place))


def _student_question(question: exams.Question, language: str | None) -> StudentQuestion:
    view = _without_answer_area(question)
    match question:
        case exams.Choice():
            return replace(view, area=AnswerArea.CHOICES, options=question.options, multiple=question.multiple)
        case exams.TrueFalse():
            words = tuple(RichText.plain(phrase(name, language)) for name in ("true", "false"))
            return replace(view, area=AnswerArea.CHOICES, options=words)
        case exams.Ordering():
            order = in_neutral_order(question.id, question.options)
            options = tuple(question.options[index] for index in order)
            return replace(view, area=AnswerArea.ORDER, options=options, task=phrase("letters_order", language))
        case exams.Matching(left=left):
            order = in_neutral_order(question.id, question.right)
            options = tuple(question.right[index] for index in order)
            task = phrase("letters_match", language)
            return replace(view, area=AnswerArea.MATCH, left=left, options=options, task=task)
        case exams.FillInBlank(body=body, blanks=blanks):
            return replace(view, area=AnswerArea.BLANKS, body=body, blanks=blanks, task=phrase("blanks", language))
        case exams.Information():
            return replace(view, area=AnswerArea.NOTHING)
        case exams.DateYear():
            return replace(view, lines=1, task=phrase("date" if question.full_date else "year", language))
        case exams.Programming(starter_code=code, checks=checks):
            task = phrase("program", language, code=question.language) if question.language else ""
            return replace(view, lines=MAX_LINES // 2, task=task, code=code, checks=checks)
        case exams.SentenceAnalysis(sentence=sentence, labels=labels):
            return replace(view, lines=6, task=phrase("sentence", language), sentence=sentence, names=labels)
        case exams.LongText():
            task = word_limits_phrase(question.min_words, question.max_words, language)
            return replace(view, lines=_lines(question), task=task)
    task = phrase(_TASKS[question.kind], language) if question.kind in _TASKS else ""
    return replace(view, lines=_PLAIN_LINES.get(question.kind, 4), task=task)


def _without_answer_area(question: exams.Question) -> StudentQuestion:
    return StudentQuestion(
        id=question.id,
        number=question.number,
        kind=question.kind,
        points=question.points,
        title=question.title,
        description=question.description,
    )


def _lines(question: exams.LongText) -> int:
    words = question.max_words or question.min_words or (300 if question.essay else 60)
    return max(3, min(MAX_LINES, words // WORDS_PER_LINE))
