"""An exam as students see it."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from enum import StrEnum

from lti_tool import exam as exams
from lti_tool.exam import RichText
from lti_tool.exam.richtext import EMPTY
from lti_tool.exam.value import named_value
from lti_tool.formats.writing.phrases import phrase

MAX_LINES = 30
"""Lines for one answer on paper."""
WORDS_PER_LINE = 10


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


def letter(index: int) -> str:
    """Return the letter of an option: A to Z, then AA, AB and so on."""
    first, last = divmod(index, 26)
    return (letter(first - 1) if first else "") + chr(ord("A") + last)


def in_neutral_order(question_id: str, texts: tuple[RichText, ...]) -> tuple[int, ...]:
    """Return the indices of ``texts`` in an order that depends on their content, not on the key."""

    def place(index: int) -> tuple[bytes, str]:
        text = repr(texts[index])
        return hashlib.sha256(f"{question_id} {text}".encode("utf-8", "replace")).digest(), text

    return tuple(sorted(range(len(texts)), key=place))


def _student_question(question: exams.Question, language: str | None) -> StudentQuestion:
    def view(**values: object) -> StudentQuestion:
        return _view(question, values)

    def say(name: str, **facts: str | int) -> str:
        return phrase(name, language, **facts)

    match question:
        case exams.Choice():
            return view(area=AnswerArea.CHOICES, options=question.options, multiple=question.multiple)
        case exams.TrueFalse():
            words = (RichText.plain(say("true")), RichText.plain(say("false")))
            return view(area=AnswerArea.CHOICES, options=words)
        case exams.Ordering():
            order = in_neutral_order(question.id, question.options)
            options = tuple(question.options[index] for index in order)
            return view(area=AnswerArea.ORDER, options=options, task=say("letters_order"))
        case exams.Matching():
            order = in_neutral_order(question.id, question.right)
            options = tuple(question.right[index] for index in order)
            return view(area=AnswerArea.MATCH, left=question.left, options=options, task=say("letters_match"))
        case exams.FillInBlank():
            return view(area=AnswerArea.BLANKS, body=question.body, blanks=question.blanks, task=say("blanks"))
        case exams.Information():
            return view(area=AnswerArea.NOTHING)
        case exams.DateYear():
            return view(lines=1, task=say("date" if question.full_date else "year"))
        case exams.Programming():
            task = say("program", code=question.language) if question.language else ""
            return view(lines=MAX_LINES // 2, task=task, code=question.starter_code, checks=question.checks)
        case exams.SentenceAnalysis():
            return view(lines=6, task=say("sentence"), sentence=question.sentence, names=question.labels)
        case exams.LongText():
            return view(lines=_lines(question), task=_words(question, language))
    task = say(_TASKS[question.kind]) if question.kind in _TASKS else ""
    return view(lines=_PLAIN_LINES.get(question.kind, 4), task=task)


_TASKS = {
    "formula": "formula",
    "math-notebook": "steps",
    "conversation": "conversation",
    "upload": "hand_in",
    "unknown": "own_words",
}
_PLAIN_LINES = {"short-text": 1, "formula": 1, "math-notebook": 8, "conversation": 8, "upload": 0, "voice-recording": 0}


def _view(question: exams.Question, values: dict[str, object]) -> StudentQuestion:
    common: dict[str, object] = {
        "id": question.id,
        "number": question.number,
        "kind": question.kind,
        "points": question.points,
        "title": question.title,
        "description": question.description,
    }
    return StudentQuestion(**common | values)  # type: ignore[arg-type]  # checked by the tests of each kind


def _lines(question: exams.LongText) -> int:
    words = question.max_words or question.min_words or (300 if question.essay else 60)
    return max(3, min(MAX_LINES, words // WORDS_PER_LINE))


def _words(question: exams.LongText, language: str | None) -> str:
    least, most = question.min_words, question.max_words
    if least and most:
        return phrase("words_between", language, least=least, most=most)
    if least:
        return phrase("words_least", language, least=least)
    return phrase("words_most", language, most=most) if most else ""
