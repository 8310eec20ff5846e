"""Numbers for the console's overview: launches, refusals, exams and imports of the last hours and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import Generation, GenerationState, Import, ImportState, Launch, Refusal, db, now
from lti_tool.services.administration.administrator import PlatformScope
from lti_tool.services.launches.refusals import Refusals

HOURS, DAYS = 24, 30


@dataclass(frozen=True, slots=True)
class Count:
    """How many there were from ``start``, for an hour or a day."""

    start: datetime
    number: int


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """How many there were of one kind, in the last :data:`HOURS` hours and the last :data:`DAYS` days."""

    kind: tuple[str, ...]
    hours: int
    days: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of one overview."""

    launches_by_hour: Sequence[Count]
    launches_by_day: Sequence[Count]
    exams_by_state: Sequence[PeriodCounts]
    """Exams begun, by :class:`GenerationState`."""
    imports: Sequence[PeriodCounts]
    """Direct imports begun, by LMS family and outcome, or :class:`ImportState` if there is no quiz."""
    refusals: Sequence[PeriodCounts]
    """Refused logins and launches that are kept, by code, the most frequent first."""


def read_statistics(scope: PlatformScope) -> Statistics:
    """Return the numbers of the platforms in ``scope``. Days and hours are those of UTC."""
    moment = now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    hours = [hour - timedelta(hours=HOURS - 1 - number) for number in range(HOURS)]
    days = [day - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    return Statistics(
        launches_by_hour=_launches(scope, hours),
        launches_by_day=_launches(scope, days),
        exams_by_state=_exams(scope, hours[0], days[0]),
        imports=_imports(scope, hours[0], days[0]),
        refusals=_refusals(scope, hours[0], days[0]),
    )


def failures_since(scope: PlatformScope, since: datetime) -> int:
    """Return how many generations and direct imports that began since a time have failed."""
    tables = ((Generation, GenerationState.FAILED), (Import, ImportState.FAILED))
    return sum(
        db.session.scalar(
            select(func.count())
            .select_from(table)
            .where(table.state == failed, table.created_at >= since, scope(table.platform_id))
        )
        or 0
        for table, failed in tables
    )


def _launches(scope: PlatformScope, starts: Sequence[datetime]) -> list[Count]:
    """Count the launches of each period, each a range of an index."""
    width = starts[1] - starts[0]
    query = (
        select(func.count())
        .select_from(Launch)
        .where(Launch.created_at >= bindparam("start"), Launch.created_at < bindparam("end"), scope(Launch.platform_id))
    )
    counts = [db.session.scalar(query, {"start": start, "end": start + width}) or 0 for start in starts]
    return [Count(start, number) for start, number in zip(starts, counts, strict=True)]


def _exams(scope: PlatformScope, hours: datetime, days: datetime) -> list[PeriodCounts]:
    query = (
        select(func.count())
        .select_from(Generation)
        .where(
            Generation.state == bindparam("state"),
            Generation.created_at >= bindparam("since"),
            scope(Generation.platform_id),
        )
    )

    def count(state: str, since: datetime) -> int:
        return db.session.scalar(query, {"state": state, "since": since}) or 0

    by_state = [
        PeriodCounts((state.value,), count(state.value, hours), count(state.value, days)) for state in GenerationState
    ]
    return [counts for counts in by_state if counts.days]


def _imports(scope: PlatformScope, hours: datetime, days: datetime) -> list[PeriodCounts]:
    outcome = case((Import.outcome != "", Import.outcome), else_=Import.state)
    query = select(Import.family, outcome, _since(Import.created_at, hours), func.count())
    own = query.where(Import.created_at >= days, scope(Import.platform_id)).group_by(Import.family, outcome)
    rows = db.session.execute(own.order_by(Import.family, outcome))
    return [PeriodCounts((family, ended), int(in_hours or 0), in_days) for family, ended, in_hours, in_days in rows]


def _refusals(scope: PlatformScope, hours: datetime, days: datetime) -> list[PeriodCounts]:
    visible = scope(Refusal.platform_id)
    in_hours = dict(Refusals.counts(visible, hours))
    return [PeriodCounts((code,), in_hours.get(code, 0), number) for code, number in Refusals.counts(visible, days)]


def _since(column: InstrumentedAttribute[datetime], moment: datetime) -> ColumnElement[Any]:
    """Return how many of the rows in a group are not older than ``moment``."""
    return func.sum(case((column >= moment, 1), else_=0))
