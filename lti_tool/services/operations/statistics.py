"""Numbers for the console's overview: launches, exams and imports of the last hours and days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import Generation, GenerationState, Import, Launch, db, now

Scope = Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]
"""Returns the condition that a column is the id of a visible platform."""

HOURS, DAYS = 24, 30


@dataclass(frozen=True, slots=True)
class Count:
    """How many there were from ``start``, for an hour or a day."""

    start: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of one overview."""

    launches_by_hour: Sequence[Count]
    launches_by_day: Sequence[Count]
    exams_by_state: Sequence[tuple[str, int]]
    """Exams begun in the last 30 days, by :class:`GenerationState`."""
    imports: Sequence[tuple[str, str, int]]
    """Direct imports of the last 30 days: LMS family, :class:`ImportState`, number."""


def read_statistics(scope: Scope) -> Statistics:
    """Return the numbers of the platforms in ``scope``. Days and hours are those of UTC."""
    moment = now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    since = day - timedelta(days=DAYS - 1)
    return Statistics(
        launches_by_hour=_launches(scope, [hour - timedelta(hours=HOURS - 1 - number) for number in range(HOURS)]),
        launches_by_day=_launches(scope, [since + timedelta(days=number) for number in range(DAYS)]),
        exams_by_state=_exams(scope, since),
        imports=_imports(scope, since),
    )


def _launches(scope: Scope, starts: Sequence[datetime]) -> list[Count]:
    """Count the launches of each period, each a range of an index."""
    width = starts[1] - starts[0]
    query = (
        select(func.count())
        .select_from(Launch)
        .where(Launch.created_at >= bindparam("start"), Launch.created_at < bindparam("end"), scope(Launch.platform_id))
    )
    counts = [db.session.scalar(query, {"start": start, "end": start + width}) or 0 for start in starts]
    return [Count(start, number) for start, number in zip(starts, counts, strict=True)]


def _exams(scope: Scope, since: datetime) -> list[tuple[str, int]]:
    query = (
        select(func.count())
        .select_from(Generation)
        .where(Generation.state == bindparam("state"), Generation.created_at >= since, scope(Generation.platform_id))
    )
    counts = [(state.value, db.session.scalar(query, {"state": state.value}) or 0) for state in GenerationState]
    return [(state, number) for state, number in counts if number]


def _imports(scope: Scope, since: datetime) -> list[tuple[str, str, int]]:
    query = select(Import.family, Import.state, func.count()).where(
        Import.created_at >= since, scope(Import.platform_id)
    )
    rows = db.session.execute(query.group_by(Import.family, Import.state).order_by(Import.family, Import.state))
    return [(family, state, number) for family, state, number in rows]
