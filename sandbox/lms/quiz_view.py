"""Classic questions as pages show them. The student's view has no fields for keys, so none can leak into it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sandbox.importers import html
from sandbox.importers.classic_model import NO_ANSWER_TEXT, ClassicAnswer, ClassicQuestion

FILEBASE = "%24IMS-CC-FILEBASE%24/"
CHOICES = frozenset({"multiple_choice_question", "true_false_question", "multiple_answers_question"})


@dataclass(frozen=True, slots=True)
class Option:
    """A choice, as HTML."""

    html: str


@dataclass(frozen=True, slots=True)
class Select:
    """A dropdown with the text before it, as HTML."""

    label: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudentQuestion:
    """The student's view: no weights, correct answers or comments."""

    type: str
    text: str
    points: float
    options: tuple[Option, ...] = ()
    selects: tuple[Select, ...] = ()
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TeacherAnswer:
    """The teacher's view of an answer; ``mark`` is its correctness, blank or match."""

    html: str
    mark: str
    right: bool


@dataclass(frozen=True, slots=True)
class TeacherQuestion:
    """The teacher's view of a question."""

    type: str
    text: str
    points: float
    answers: tuple[TeacherAnswer, ...]
    distractors: tuple[str, ...]
    general_comment: str
    error: str


def for_student(question: ClassicQuestion, files: str) -> StudentQuestion:
    """Return the student's view; ``files`` is the URL of the package's files."""
    view = StudentQuestion(question.type, _with_file_urls(question.text, files), question.points or 0.0)
    if question.type in CHOICES:
        return replace(view, options=tuple(Option(_answer_html(answer, files)) for answer in question.answers))
    if question.type == "matching_question":
        # Sorted, because the order in the package reveals the answers.
        matches = tuple(sorted(set(question.matches)))
        return replace(view, selects=tuple(Select(_answer_html(answer, files), matches) for answer in question.answers))
    if question.type == "multiple_dropdowns_question":
        return replace(view, selects=_dropdowns(question))
    if question.type == "fill_in_multiple_blanks_question":
        return replace(view, blanks=_blank_names(question))
    return view


def _dropdowns(question: ClassicQuestion) -> tuple[Select, ...]:
    return tuple(
        Select(html.escape(name), tuple(answer.text for answer in question.answers if answer.blank == name))
        for name in _blank_names(question)
    )


def _blank_names(question: ClassicQuestion) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.blank or "" for answer in question.answers))


def for_teacher(question: ClassicQuestion, files: str) -> TeacherQuestion:
    """Return the teacher's view, keys included."""
    matches = {answer.right for answer in question.answers}
    return TeacherQuestion(
        type=question.type,
        text=_with_file_urls(question.text, files),
        points=question.points or 0.0,
        answers=tuple(
            TeacherAnswer(_answer_html(answer, files), _mark(answer), answer.weight == 100 or answer.right is not None)
            for answer in question.answers
        ),
        distractors=tuple(text for text in question.matches if text not in matches),
        general_comment=question.neutral_comments,
        error=question.error or "",
    )


def _with_file_urls(text: str, files: str) -> str:
    return text.replace(FILEBASE, files)


def _answer_html(answer: ClassicAnswer, files: str) -> str:
    if answer.numeric_type == "exact_answer":
        return html.escape(f"{answer.exact} ± {answer.margin}")
    if answer.numeric_type == "range_answer":
        return html.escape(f"{answer.start} – {answer.end}")
    if answer.html:
        return _with_file_urls(answer.html, files)
    return html.escape(answer.text or NO_ANSWER_TEXT)


def _mark(answer: ClassicAnswer) -> str:
    if answer.right is not None:
        return f"→ {answer.right}"
    place = f"[{answer.blank}] " if answer.blank else ""
    return place + ("Correct answer" if answer.weight == 100 else "")
