"""The content of Moodle's question bank after an import, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MoodleAnswer:
    """One answer. ``fraction`` of the mark, -1 to 1 (in an ordering question: the place); ``group`` of a gap's word."""

    text: str
    fraction: float
    feedback: str = ""
    tolerance: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ClozeGap:
    """One gap of an embedded-answers question."""

    qtype: str
    mark: float
    answers: tuple[MoodleAnswer, ...]


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file that came inside the question; ``area`` is Moodle's component/filearea."""

    area: str
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MoodleQuestion:
    """One question. ``correct`` is None if no response is fully correct, and so is its mark."""

    qtype: str
    name: str
    text: str
    default_mark: float = 1.0
    penalty: float = 0.3333333
    general_feedback: str = ""
    idnumber: str | None = None
    tags: tuple[str, ...] = ()
    hints: int = 0
    answers: tuple[MoodleAnswer, ...] = ()
    subquestions: tuple[tuple[str, str], ...] = ()
    cloze: tuple[ClozeGap, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    files: tuple[QuestionFile, ...] = ()
    missing_files: tuple[str, ...] = ()
    correct: tuple[str, ...] | None = None
    mark_for_correct: float | None = None


@dataclass(frozen=True, slots=True)
class MoodleImport:
    """The outcome of one import: all of the file or, with ``messages`` saying why, nothing."""

    questions: tuple[MoodleQuestion, ...] = ()
    messages: tuple[str, ...] = ()
    category: str | None = None

    @property
    def imported(self) -> bool:
        """Return whether the questions are in the bank now."""
        return bool(self.questions) and not self.messages
