"""Points and rubrics.

See docs/reference/examplary-api.md#scoring (scoring, and the older ``settings.scoringCriteria``).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lti_tool.exam.parse.json_values import as_decimal, as_line, as_list, as_object
from lti_tool.exam.parse.parser_remarks import POINTS_HUGE, POINTS_MISSING, POINTS_NEGATIVE
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.scoring import NO_POINTS, Criterion, Level, Rubric

MAX_POINTS = Decimal(99_999)
"""Moodle stores marks as decimal(12,7)."""

_DEFAULT_POINTS = Decimal(1)


def parse_rubric(scoring: Mapping[str, object], settings: Mapping[str, object], model_answer: RichText) -> Rubric:
    """Return the rubric of a raw question, from ``scoring`` or, in older questions, from its settings."""
    criteria = tuple([_criterion(raw) for raw in as_list(scoring.get("criteria"))])
    if not criteria:
        criteria = tuple([_older_criterion(as_object(raw)) for raw in as_list(settings.get("scoringCriteria"))])
    return Rubric(criteria, model_answer)


def parse_points(rubric: Rubric) -> tuple[Decimal, Remark | None]:
    """Return the sum of the criteria's highest levels, and the flaw if it had to be corrected."""
    maxima = [criterion.points for criterion in rubric.criteria if criterion.levels]
    if not maxima:
        return _DEFAULT_POINTS, POINTS_MISSING
    points = sum(maxima, NO_POINTS)
    if points < NO_POINTS:
        return NO_POINTS, POINTS_NEGATIVE
    if points > MAX_POINTS:
        return MAX_POINTS, POINTS_HUGE.with_facts(limit=int(MAX_POINTS))
    return points, None


def _criterion(raw: object) -> Criterion:
    data = as_object(raw)
    levels = [_level(as_object(level)) for level in as_list(data.get("levels")) or [raw]]
    return Criterion(as_line(data.get("title")), tuple([level for level in levels if level is not None]))


def _level(data: Mapping[str, object]) -> Level | None:
    points = as_decimal(data.get("points"))
    if points is None:
        return None
    return Level(as_line(data.get("title")), as_line(data.get("description"), 2000), points)


def _older_criterion(data: Mapping[str, object]) -> Criterion:
    level = _level({"title": data.get("description"), "points": data.get("points")})
    return Criterion(as_line(data.get("description"), 2000), (level,) if level is not None else ())
