"""Picks up what nobody is working on: lost messages, dead workers, closed tabs, restarts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_tool.lti import ToolKeys
from lti_tool.models import (
    Generation,
    GenerationState,
    Handover,
    Login,
    compare_and_set,
    db,
    delete_in_batches,
    now,
    retry_on_conflict,
)
from lti_tool.services.generations.collect_exam import ExamCollector
from lti_tool.services.generations.leases import is_due_at, is_unclaimed
from lti_tool.services.generations.retry_policy import TRANSIENT_ERRORS
from lti_tool.services.operations.chores import Chores
from lti_tool.services.operations.heartbeats import CLOCK_TOLERANCE, Heartbeats
from lti_tool.services.operations.retention import Retention
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

RHYTHM = (
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(days=365), timedelta(hours=1)),
)
"""Up to which age a generation is looked at how often when no page is open."""

LONGEST_PAUSE = timedelta(hours=2)
"""No pause is longer: what is to be taken up later than that was written by a clock that has been put right since."""

AT_ONCE = 100

NIGHT = time(3, 17, tzinfo=UTC)
"""When what has run out is forgotten; by the first sweep after it if nobody was there at that time."""


class Sweeper:
    """Runs every minute, in every worker. Two that run at once share the work; doing it twice does nothing."""

    def __init__(
        self,
        *,
        chores: Chores,
        collector: ExamCollector,
        queue: Queue,
        keys: ToolKeys,
        heartbeats: Heartbeats,
        retention: Retention,
        key_lifetime: timedelta | None = None,
    ) -> None:
        self._chores, self._collector, self._queue = chores, collector, queue
        self._heartbeats, self._retention = heartbeats, retention
        self._keys, self._key_lifetime = keys, key_lifetime

    def sweep(self) -> None:
        """Look after generations that wait too long, chores, logins and windows never finished, and our keys."""
        moment = now()
        for generation_id, state in self._waiting(moment):
            if self._mine(generation_id, moment):
                self._take_up(generation_id, state)
        self._chores.run_due()
        delete_in_batches(Login.state, Login.expires_at < now())
        delete_in_batches(Handover.id, Handover.expires_at < now())
        self._keys.look_after(self._key_lifetime)
        if self._heartbeats.claim("retention", _last_night(moment)) and not self._queue.apply_retention():
            self._retention.apply()

    def _take_up(self, generation_id: str, state: str) -> None:
        """Leave it to the queue; do it here where the queue is away, or where only we would."""
        if state == GenerationState.FAILED:
            self._collector.retry_failed(generation_id)
        elif not self._queue.advance(generation_id):
            self._collector.advance(generation_id)

    @staticmethod
    @retry_on_conflict
    def _mine(generation_id: str, moment: datetime) -> bool:
        """Note that it is taken up now; return ``False`` if another sweeper has just done so."""
        first = compare_and_set(Generation, Generation.id == generation_id, _due(moment), checked_at=moment)
        db.session.commit()
        return first

    @staticmethod
    def _waiting(moment: datetime) -> list[tuple[str, str]]:
        query = select(Generation.id, Generation.state).where(_due(moment))
        rows = db.session.execute(query.order_by(_last_look()).limit(AT_ONCE)).all()
        db.session.rollback()
        return [(generation_id, state) for generation_id, state in rows]


def _due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody works on a generation and that somebody should."""
    under_way = Generation.state.in_((GenerationState.OPENING, GenerationState.OPEN, GenerationState.COLLECTING))
    may_pass = and_(
        Generation.state == GenerationState.FAILED,
        Generation.error_code.in_(TRANSIENT_ERRORS),
        Generation.session_expires_at > moment,
    )
    rested = is_due_at(Generation.look_after, moment, LONGEST_PAUSE)
    return and_(or_(under_way, may_pass), is_unclaimed(moment), rested, _forgotten(moment))


def _forgotten(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that the last look is too long ago, or in a future that a wrong clock wrote."""
    by_age = [and_(Generation.created_at > moment - age, _last_look() < moment - pause) for age, pause in RHYTHM]
    return or_(*by_age, _last_look() > moment + CLOCK_TOLERANCE)


def _last_night(moment: datetime) -> datetime:
    tonight = datetime.combine(moment.date(), NIGHT)
    return tonight if tonight <= moment else tonight - timedelta(days=1)


def _last_look() -> ColumnElement[datetime]:
    return func.coalesce(Generation.checked_at, Generation.created_at)
