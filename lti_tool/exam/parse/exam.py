"""Examplary's JSON (``GET /exams/{id}``) to a typed exam. See docs/reference/examplary-api.md#exam-json.

At every level a key may be missing, null, unexpected or of another type. Damage that cannot be repaired becomes a flaw
of its question; only input that isn't an exam at all is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from lti_tool.exam.errors import ExamEmpty, ExamTooManyQuestions, ExamUnreadable
from lti_tool.exam.language import direction, language_tag
from lti_tool.exam.model import Exam, Question, Unknown
from lti_tool.exam.parse import choice, open_answer
from lti_tool.exam.parse.fallback_ids import content_digest
from lti_tool.exam.parse.fill_in_blank import fill_in_blank
from lti_tool.exam.parse.json_values import as_integer, as_line, as_text
from lti_tool.exam.parse.ordering_matching import matching, ordering
from lti_tool.exam.parse.parser_remarks import LANGUAGE_UNKNOWN, TITLE_MISSING, TITLE_SHORTENED, UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.parse.sentence_analysis import sentence_analysis
from lti_tool.exam.remark import Remark

MAX_QUESTIONS = 20_000
MAX_DEPTH = 200
"""Levels of lists and objects. Python reads about a thousand, but fewer the deeper its own calls are."""
MAX_TITLE_LENGTH = 500
"""Characters."""
MAX_DURATION = 7 * 24 * 60
"""Minutes."""

_CONTAINERS = frozenset({dict, list})

_READERS: Mapping[str, Callable[[RawQuestion], Question]] = MappingProxyType(
    {
        "multiple-choice-single-answer": choice.single_choice,
        "multiple-choice-multiple-answers": choice.multiple_choice,
        "picture-choice": choice.picture_choice,
        "true-false": choice.true_false,
        "single-line-text": open_answer.short_text,
        "date-year": open_answer.date_year,
        "multi-line-text": open_answer.multi_line_text,
        "essay": open_answer.essay,
        "paragraph": open_answer.paragraph,
        "exam-intro": open_answer.exam_intro,
        "exam-outro": open_answer.exam_outro,
        "sequence": ordering,
        "upload-file": open_answer.upload,
        "fill-in-blank": fill_in_blank,
        "matching": matching,
        "formula": open_answer.formula,
        "math": open_answer.formula,
        "math-notebook": open_answer.math_notebook,
        "conversational": open_answer.conversational,
        "persona-chat": open_answer.conversational,
        "voice-recorder": open_answer.voice_recorder,
        "sentence-analysis": sentence_analysis,
    }
)
"""By the type's short name."""


def parse_exam(data: Mapping[str, object]) -> Exam:
    """Return the exam.

    Raises :class:`ExamUnreadable`, :class:`ExamEmpty`, :class:`ExamTooManyQuestions`, and :class:`QuestionTooLarge`
    with the number of the question.
    """
    if _is_nested_deeper(data, MAX_DEPTH):
        raise ExamUnreadable(f"nested more than {MAX_DEPTH} deep")
    raw_questions = _raw_questions(data)
    questions = [_question(RawQuestion(raw, number)) for number, raw in enumerate(raw_questions, 1)]
    return _exam(data, _with_unique_ids(questions, raw_questions))


def _is_nested_deeper(data: object, limit: int) -> bool:
    """Return whether lists and objects, as JSON has them, are nested in more than ``limit`` levels."""
    containers: list[Any] = [data] if type(data) in _CONTAINERS else []
    for _ in range(limit + 1):
        if not containers:
            return False
        containers = [
            child
            for container in containers
            for child in (container.values() if isinstance(container, dict) else container)
            if type(child) in _CONTAINERS
        ]
    return True


def _raw_questions(data: object) -> list[object]:
    if not isinstance(data, Mapping):
        raise ExamUnreadable(f"not an object but {type(data).__name__}")
    raw_questions = data.get("questions")
    if not isinstance(raw_questions, list):
        raise ExamUnreadable(f"questions is {type(raw_questions).__name__}")
    if not raw_questions:
        raise ExamEmpty
    if not any(isinstance(raw, dict) for raw in raw_questions):
        raise ExamUnreadable("no question is an object")
    if len(raw_questions) > MAX_QUESTIONS:
        raise ExamTooManyQuestions(count=len(raw_questions), limit=MAX_QUESTIONS)
    return raw_questions


def _question(raw: RawQuestion) -> Question:
    if raw.is_readable:
        return _reader(raw.kind)(raw)
    raw.add_flaw(UNREADABLE)
    return Unknown(**raw.common_fields(), settings={})


def _reader(kind: str) -> Callable[[RawQuestion], Question]:
    if kind.startswith(open_answer.PROGRAMMING_TYPES):
        return open_answer.programming
    return _READERS.get(kind, open_answer.unknown)


def _with_unique_ids(questions: list[Question], raw_questions: list[object]) -> tuple[Question, ...]:
    """Return the questions with distinct ids: those that share one get a suffix from their content, or a count."""
    uses = Counter([question.id for question in questions])
    if len(uses) == len(questions):
        return tuple(questions)
    counts: dict[str, int] = {}
    distinct: list[Question] = []
    for question, raw in zip(questions, raw_questions, strict=True):
        candidate = question.id if uses[question.id] == 1 else f"{question.id}~{content_digest(raw)}"
        identifier = candidate
        while identifier in counts:
            counts[candidate] += 1
            identifier = f"{candidate}~{counts[candidate]}"
        counts[identifier] = 1
        distinct.append(replace(question, id=identifier))
    return tuple(distinct)


def _exam(data: Mapping[str, object], questions: tuple[Question, ...]) -> Exam:
    remarks: list[Remark] = []
    title = as_line(data.get("name"), MAX_TITLE_LENGTH)
    if not title:
        remarks.append(TITLE_MISSING)
    elif len(title) >= MAX_TITLE_LENGTH and len(" ".join(as_text(data.get("name")).split())) > len(title):
        remarks.append(TITLE_SHORTENED.with_facts(limit=MAX_TITLE_LENGTH))
    language_name = as_line(data.get("language"), 40)
    language = language_tag(language_name)
    if language_name and language is None:
        remarks.append(LANGUAGE_UNKNOWN.with_facts(language=language_name))
    return Exam(
        id=as_line(data.get("id"), 200) or f"exam-{content_digest(data.get('name'))}",
        title=title or "Examplary",
        language=language,
        direction=direction(language),
        subject=as_line(data.get("subject"), 200),
        duration_minutes=as_integer(data.get("intendedDuration"), MAX_DURATION),
        questions=questions,
        remarks=tuple(remarks),
    )
