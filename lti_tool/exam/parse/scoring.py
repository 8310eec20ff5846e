"""Points and rubrics. Facts: examplary-api §5 (scoring, and the older ``settings.scoringCriteria``)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lti_tool.exam.parse.json_values import as_decimal, as_line, as_list, as_object
from lti_tool.exam.parse.parser_remarks import POINTS_HUGE, POINTS_MISSING, POINTS_NEGATIVE
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.scoring import NO_POINTS, Criterion, Level, Rubric

MOST_POINTS = Decimal(99_999)
"""Moodle keeps marks as decimal(12,7)."""

_ONE = Decimal(1)


def parse_rubric(scoring: Mapping[str, object], settings: Mapping[str, object], model_answer: RichText) -> Rubric:
    """Return the rubric of a raw question, from ``scoring`` or, in older questions, from its settings."""
    criteria = tuple([_criterion(one) for one in as_list(scoring.get("criteria"))])
    if not criteria:
        older = as_list(settings.get("scoringCriteria"))
        criteria = tuple(_older_criterion(as_object(one)) for one in older)
    return Rubric(criteria, model_answer)


def parse_points(rubric: Rubric) -> tuple[Decimal, Remark | None]:
    """Return the sum of the criteria's highest levels, and what had to be mended."""
    worth = [criterion.points for criterion in rubric.criteria if criterion.levels]
    if not worth:
        return _ONE, POINTS_MISSING
    points = sum(worth, NO_POINTS)
    if points < NO_POINTS:
        return NO_POINTS, POINTS_NEGATIVE
    if points > MOST_POINTS:
        return MOST_POINTS, POINTS_HUGE.with_facts(limit=int(MOST_POINTS))
    return points, None


def _criterion(raw: object) -> Criterion:
    found = as_object(raw)
    levels = [_level(as_object(level)) for level in as_list(found.get("levels")) or [raw]]
    return Criterion(as_line(found.get("title")), tuple([level for level in levels if level is not None]))


def _level(raw: Mapping[str, object]) -> Level | None:
    points = as_decimal(raw.get("points"))
    if points is None:
        return None
    described = raw.get("description")
    return Level(as_line(raw.get("title")), as_line(described, 2000) if described is not None else "", points)


def _older_criterion(raw: Mapping[str, object]) -> Criterion:
    level = _level({"title": raw.get("description"), "points": raw.get("points")})
    return Criterion(as_line(raw.get("description"), 2000), (level,) if level is not None else ())
