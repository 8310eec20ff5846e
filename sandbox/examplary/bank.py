"""Question banks for generated exams: facts by subject and language, in ``banks/*.json``.

``depth`` is 1 for elementary school, 2 for secondary school and 3 for higher levels. ``{subject}`` in a stem is
replaced by the teacher's own subject. Stems are plain text, answers and options HTML. All texts are our own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).parent / "banks"
GENERAL = "general"
"""The subject of a teacher whose words match no other."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A question with one short answer that also reads well without its four distractors."""

    depth: int
    stem: str
    correct: str
    distractors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MultipleAnswers:
    """A question with three correct answers and three distractors."""

    depth: int
    stem: str
    correct: tuple[str, ...]
    distractors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that is true or false."""

    depth: int
    text: str
    is_true: bool


@dataclass(frozen=True, slots=True)
class FillIn:
    """A text with a ``___`` for each answer."""

    depth: int
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Five terms, each with its match."""

    depth: int
    stem: str
    pairs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ordering:
    """Five steps in order; ``hint`` names the first."""

    depth: int
    stem: str
    hint: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event; the year is AD."""

    depth: int
    text: str
    year: int


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """A question answered by one of three pictures, named as in ``drawings.SHAPES``."""

    depth: int
    stem: str
    correct: str
    distractors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question for a few sentences, with a model answer."""

    depth: int
    stem: str
    model_answer: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table of two columns; a chart shows the same figures."""

    title: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Calculation:
    """A question whose answer is ``{a}`` times ``{b}`` in ``unit``; each exam draws its own numbers."""

    title: str
    text: str
    unit: str


@dataclass(frozen=True, slots=True)
class Bank:
    """One subject in one language. Without ``calculation``, formula questions are equations."""

    facts: tuple[Fact, ...]
    multiple_answers: tuple[MultipleAnswers, ...]
    statements: tuple[Statement, ...]
    fill_ins: tuple[FillIn, ...]
    matchings: tuple[Matching, ...]
    orderings: tuple[Ordering, ...]
    events: tuple[Event, ...]
    picture_choices: tuple[PictureChoice, ...]
    open_questions: tuple[OpenQuestion, ...]
    source: Source
    calculation: Calculation | None


Entry = TypeVar("Entry")


@cache
def load_bank(subject: str, language: str) -> Bank:
    """Return the bank of a subject in a language of :data:`sandbox.examplary.phrases.LANGUAGES`."""
    bank = json.loads((FOLDER / f"{subject}.{language}.json").read_text(encoding="utf-8"))

    def entries(kind: type[Entry], name: str) -> tuple[Entry, ...]:
        return tuple(kind(**_with_tuples(entry)) for entry in bank[name])

    return Bank(
        facts=entries(Fact, "facts"),
        multiple_answers=entries(MultipleAnswers, "multiple_answers"),
        statements=entries(Statement, "statements"),
        fill_ins=entries(FillIn, "fill_ins"),
        matchings=entries(Matching, "matchings"),
        orderings=entries(Ordering, "orderings"),
        events=entries(Event, "events"),
        picture_choices=entries(PictureChoice, "picture_choices"),
        open_questions=entries(OpenQuestion, "open_questions"),
        source=Source(**_with_tuples(bank["source"])),
        calculation=Calculation(**bank["calculation"]) if "calculation" in bank else None,
    )


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON object's values with tuples for lists."""
    return {name: _as_tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _as_tuple(values: list[Any]) -> tuple[Any, ...]:
    return tuple(_as_tuple(value) if isinstance(value, list) else value for value in values)


SUBJECTS: dict[str, str] = json.loads((FOLDER / "subjects.json").read_text(encoding="utf-8"))
"""Subjects, each with the words (English and Dutch) by which it is recognised; ``*`` matches any letters."""


def subject_of(subject: str, title: str) -> str:
    """Return the subject that matches most words of the teacher's subject, or else of the title."""
    for text in (subject, title):
        best = max(SUBJECTS, key=lambda name: _matches(name, text))
        if _matches(best, text):
            return best
    return GENERAL


def _matches(subject: str, text: str) -> int:
    """Count the words of ``text`` that belong to a subject."""
    words = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in SUBJECTS[subject].split())
    return len(re.findall(rf"\b(?:{words})\b", text.lower())) if words else 0
