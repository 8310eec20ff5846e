"""The operations by which a teacher changes an exam. Each has the new value only, not the old one.

A question is named by its id, an option by its place in the original exam, a blank likewise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import ClassVar

from lti_tool.exam.value import value

Target = tuple[str, str, int]
"""The value that an operation sets: question id (empty: the exam), field, place in it. The last operation counts."""


@value
class Operation:
    """Base class. ``name`` identifies the operation in stored JSON."""

    name: ClassVar[str] = ""

    @property
    def target(self) -> Target:
        """The value that it sets."""
        raise NotImplementedError


@value
class QuestionOperation(Operation):
    """An operation on one question."""

    sets: ClassVar[str] = ""

    question: str

    @property
    def target(self) -> Target:
        """The value that it sets."""
        return self.question, self.sets, 0


@value
class LeaveOut(QuestionOperation):
    """Leave a question out."""

    name, sets = "leave_out", "kept"


@value
class TakeBack(QuestionOperation):
    """Take back a question that was left out."""

    name, sets = "take_back", "kept"


@value
class Move(QuestionOperation):
    """Move a question after another one, or, with an empty id, to the first place."""

    name, sets = "move", "place"

    after: str


@value
class SetPoints(QuestionOperation):
    """Set a question's points."""

    name, sets = "points", "points"

    points: Decimal


@value
class SetShuffle(QuestionOperation):
    """Shuffle a question's answers for each student, or don't. Without a question: those of all questions."""

    name, sets = "shuffle", "shuffle"

    shuffle: bool


@value
class SetText(QuestionOperation):
    """Set a text, as :mod:`lti_tool.exam.changes.editable_text` writes the original one.

    ``part`` is one of :data:`lti_tool.exam.changes.editable_parts.PARTS`, ``index`` the place in a list of texts.
    """

    name = "text"

    part: str
    index: int
    text: str

    @property
    def target(self) -> Target:
        """The value that it sets."""
        return self.question, self.part, self.index


@value
class SetCorrect(QuestionOperation):
    """Set which options of a choice are correct."""

    name, sets = "correct", "key"

    correct: tuple[int, ...]


@value
class SetTruth(QuestionOperation):
    """Set whether a statement is true."""

    name, sets = "truth", "key"

    correct: bool


@value
class SetDate(QuestionOperation):
    """Set the year or the date that is correct."""

    name, sets = "date", "key"

    correct: str


@value
class SetPairs(QuestionOperation):
    """Set what belongs to each item on the left: the place of an item on the right."""

    name, sets = "pairs", "key"

    right: tuple[int, ...]


@value
class SetAnswers(QuestionOperation):
    """Set the accepted answers of a blank; a short text counts as blank 0, and none makes it marked by the teacher."""

    name = "answers"

    blank: int
    answers: tuple[str, ...]

    @property
    def target(self) -> Target:
        """The value that it sets."""
        return self.question, "answers", self.blank


@value
class SetIgnoreCase(QuestionOperation):
    """Set whether capitals matter in the blanks of a text."""

    name, sets = "ignore_case", "ignore_case"

    ignore: bool


@value
class SetTitle(Operation):
    """Set the exam's title."""

    name = "title"

    title: str

    @property
    def target(self) -> Target:
        """The value that it sets."""
        return "", "title", 0


@value
class SetDuration(Operation):
    """Set the time limit in minutes; ``None`` for no limit."""

    name = "duration"

    minutes: int | None

    @property
    def target(self) -> Target:
        """The value that it sets."""
        return "", "duration", 0


@value
class UnknownOperation(Operation):
    """An operation that this version doesn't know: made by a newer one. ``content`` is its JSON, which is kept."""

    name = "unknown"

    content: Mapping[str, object] = field(hash=False)

    @property
    def target(self) -> Target:
        """Nothing that this version could set."""
        return "", f"unknown {self.content!r}", 0


@value
class Change:
    """An operation and the number of the revision on which the teacher made it: 0 is the original exam."""

    operation: Operation
    revision: int = 0


def question_of(operation: Operation) -> str:
    """Return the id of the question that an operation changes; empty if it changes the exam as a whole."""
    return operation.question if isinstance(operation, QuestionOperation) else ""
