"""Examplary's JSON (``GET /exams/{id}``) to a typed exam. Facts: examplary-api §5.

Nothing is taken for granted: keys may be missing, null, extra or of another type, at every level. What cannot be
mended becomes a flaw of its question; only an exam that is none at all is refused.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from lti_tool.exam.errors import ExamEmpty, ExamTooManyQuestions, ExamUnreadable
from lti_tool.exam.language import direction, language_tag
from lti_tool.exam.model import Exam, Question, Unknown
from lti_tool.exam.parse import choice as parse_choice
from lti_tool.exam.parse import open_answer as parse_open
from lti_tool.exam.parse.fallback_ids import content_digest
from lti_tool.exam.parse.fill_in_blank import fill_in_blank
from lti_tool.exam.parse.json_values import as_integer, as_line
from lti_tool.exam.parse.ordering_matching import matching, ordering
from lti_tool.exam.parse.parser_remarks import LANGUAGE_UNKNOWN, TITLE_MISSING, UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.parse.sentence_analysis import sentence_analysis
from lti_tool.exam.passes import in_passes
from lti_tool.exam.remark import Remark

MOST_QUESTIONS = 20_000
LONGEST_DURATION = 7 * 24 * 60
"""Minutes."""

_READERS: Mapping[str, Callable[[RawQuestion], Question]] = MappingProxyType(
    {
        "multiple-choice-single-answer": parse_choice.single_choice,
        "multiple-choice-multiple-answers": parse_choice.multiple_choice,
        "picture-choice": parse_choice.picture_choice,
        "true-false": parse_choice.true_false,
        "single-line-text": parse_open.short_text,
        "date-year": parse_open.date_year,
        "multi-line-text": parse_open.multi_line_text,
        "essay": parse_open.essay,
        "paragraph": parse_open.paragraph,
        "exam-intro": parse_open.exam_intro,
        "exam-outro": parse_open.exam_outro,
        "sequence": ordering,
        "upload-file": parse_open.upload,
        "fill-in-blank": fill_in_blank,
        "matching": matching,
        "formula": parse_open.formula,
        "math": parse_open.formula,
        "math-notebook": parse_open.math_notebook,
        "conversational": parse_open.conversational,
        "persona-chat": parse_open.conversational,
        "voice-recorder": parse_open.voice_recorder,
        "sentence-analysis": sentence_analysis,
    }
)
"""By the short name."""


def parse_exam(data: Mapping[str, object]) -> Exam:
    """Return the exam.

    Raises :class:`ExamUnreadable`, :class:`ExamEmpty`, :class:`ExamTooManyQuestions`, and :class:`QuestionTooLarge`
    with the number of the question.
    """
    if not isinstance(data, Mapping):
        raise ExamUnreadable(f"not an object but {type(data).__name__}")
    raw = data.get("questions")
    if not isinstance(raw, list):
        raise ExamUnreadable(f"questions is {type(raw).__name__}")
    if not raw:
        raise ExamEmpty
    if not any(isinstance(one, dict) for one in raw):
        raise ExamUnreadable("no question is an object")
    if len(raw) > MOST_QUESTIONS:
        raise ExamTooManyQuestions(count=len(raw), limit=MOST_QUESTIONS)
    with _collector_at_rest():
        sources = map(RawQuestion, raw, count(1))
        read = in_passes(sources, RawQuestion.read_texts, RawQuestion.read_scoring, _read)
        questions = _distinct([source.question for source in read], raw)
    return _exam(data, questions)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python from looking for cycles, of which an exam has none, in a heap that only grows.

    For 10,000 questions with formulas that is two fifths of the time (measured). Other threads' cycles wait as long.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _exam(data: Mapping[str, object], questions: tuple[Question, ...]) -> Exam:
    remarks: list[Remark] = []
    title = as_line(data.get("name"))
    if not title:
        remarks.append(TITLE_MISSING)
    named = as_line(data.get("language"), 40)
    language = language_tag(named)
    if named and language is None:
        remarks.append(LANGUAGE_UNKNOWN.with_facts(language=named))
    return Exam(
        id=as_line(data.get("id"), 200) or f"exam-{content_digest(data.get('name'))}",
        title=title or "Examplary",
        language=language,
        direction=direction(language),
        subject=as_line(data.get("subject"), 200),
        duration_minutes=as_integer(data.get("intendedDuration"), LONGEST_DURATION),
        questions=questions,
        remarks=tuple(remarks),
    )


def _read(source: RawQuestion) -> None:
    """Read what is special to the question's type."""
    if source.is_readable:
        source.question = _READERS.get(source.kind, parse_open.unknown)(source)
        return
    source.flaw(UNREADABLE)
    source.question = Unknown(**source.base(), settings={})


def _distinct(questions: list[Question], raws: list[object]) -> tuple[Question, ...]:
    """Give questions that share an identifier their own, by what they say; those that say the same are counted."""
    shared = Counter([question.id for question in questions])
    if len(shared) == len(questions):
        return tuple(questions)
    seen: dict[str, int] = {}
    found: list[Question] = []
    for question, raw in zip(questions, raws, strict=True):
        first = question.id if shared[question.id] == 1 else f"{question.id}~{content_digest(raw)}"
        ident = first
        while ident in seen:
            seen[first] += 1
            ident = f"{first}~{seen[first]}"
        seen[ident] = 1
        found.append(question if ident == question.id else replace(question, id=ident))
    return tuple(found)
