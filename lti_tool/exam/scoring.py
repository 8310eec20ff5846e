"""How a question is scored: criteria with levels, and a model answer. See docs/reference/examplary-api.md#scoring."""

from __future__ import annotations

from decimal import Decimal

from lti_tool.exam.richtext import EMPTY, RichText
from lti_tool.exam.value import value

NO_POINTS = Decimal(0)


@value
class Level:
    """One level of a criterion, with the points it earns."""

    title: str
    description: str
    points: Decimal


@value
class Criterion:
    """One grading criterion. Its maximum is its highest level."""

    title: str
    levels: tuple[Level, ...]

    @property
    def points(self) -> Decimal:
        """Most that this criterion earns."""
        return max([level.points for level in self.levels], default=NO_POINTS)


@value
class Rubric:
    """For the grader; never shown to students."""

    criteria: tuple[Criterion, ...] = ()
    model_answer: RichText = EMPTY

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to help the grader."""
        return not self.criteria and self.model_answer.is_empty


NO_RUBRIC = Rubric()
