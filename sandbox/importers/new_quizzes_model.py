"""Quizzes as New Quizzes' reader (the ``qti`` gem) reads them, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NewQuizzesChoice:
    """An answer, or the left side of a match."""

    ident: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class StemPiece:
    """A piece of a text with gaps: ``text`` for kind "text", the blank's id and first right answer for "blank"."""

    kind: str
    text: str = ""
    blank_id: str = ""
    blank_name: str = ""


@dataclass(frozen=True, slots=True)
class NewQuizzesScoring:
    """One correct value. ``ident`` names its response, answer or question, as in the gem."""

    value: str
    ident: str | None = None
    parent: str | None = None
    cardinality: str | None = None
    type: str | None = None
    points: float | None = None
    algorithm: str | None = None
    margin: str | None = None


@dataclass(frozen=True, slots=True)
class NewQuizzesItem:
    """One item; ``kind`` is the gem's interaction. With ``error`` set it does not arrive."""

    kind: str | None
    ident: str | None = None
    title: str | None = None
    points: str | None = None
    body: str = ""
    shuffle: bool | None = None
    answers: tuple[NewQuizzesChoice, ...] = ()
    questions: tuple[NewQuizzesChoice, ...] = ()
    stem: tuple[StemPiece, ...] = ()
    scoring: tuple[NewQuizzesScoring, ...] = ()
    feedback: Mapping[str, str] = field(default_factory=dict)
    answer_feedback: Mapping[str, str] = field(default_factory=dict)
    parent_stimulus: str | None = None
    grading_notes: str | None = None
    scoring_algorithm: str | None = None
    word_limits: tuple[str, str] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class NewQuizzesQuiz:
    """One assessment."""

    ident: str
    title: str
    items: tuple[NewQuizzesItem, ...]
