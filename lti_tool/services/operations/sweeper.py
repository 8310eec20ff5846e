"""Periodic sweep that picks up abandoned work: lost jobs, dead workers, closed tabs, restarts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_tool.lti import ToolKeys
from lti_tool.models import (
    Generation,
    GenerationState,
    Handover,
    UsedState,
    compare_and_set,
    db,
    delete_in_batches,
    now,
    retry_on_conflict,
)
from lti_tool.services.chores import Chores
from lti_tool.services.delivery.consents import Consents
from lti_tool.services.delivery.direct_imports import DirectImports
from lti_tool.services.delivery.import_job import ImportJob
from lti_tool.services.generations.collect_exam import ExamCollector
from lti_tool.services.generations.retry_policy import TRANSIENT_ERRORS
from lti_tool.services.leases import is_due_at, is_unclaimed
from lti_tool.services.operations.heartbeats import CLOCK_TOLERANCE, Heartbeats
from lti_tool.services.operations.retention import Retention
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

CHECK_INTERVALS = (
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(days=365), timedelta(hours=1)),
)
"""Age of a generation, and how often it is checked up to that age while no page is open."""

MAX_PAUSE = timedelta(hours=2)
"""Longer than any pause: a time further away was written under a wrong clock."""

BATCH_SIZE = 100

RETENTION_TIME = time(3, 17, tzinfo=UTC)
"""When retention runs each day; a later sweep catches up if no worker was running."""


class Sweeper:
    """Runs every minute in every worker. Concurrent sweeps share the work, and doing it twice is harmless."""

    def __init__(
        self,
        *,
        chores: Chores,
        collector: ExamCollector,
        direct_imports: DirectImports,
        import_job: ImportJob,
        consents: Consents,
        queue: Queue,
        keys: ToolKeys,
        heartbeats: Heartbeats,
        retention: Retention,
        key_lifetime: timedelta | None = None,
    ) -> None:
        self._chores = chores
        self._collector = collector
        self._queue = queue
        self._direct_imports = direct_imports
        self._import_job = import_job
        self._consents = consents
        self._heartbeats = heartbeats
        self._retention = retention
        self._keys = keys
        self._key_lifetime = key_lifetime

    def sweep(self) -> None:
        """Advance neglected generations and imports, run chores, delete what has expired, and rotate signing keys."""
        moment = now()
        for generation_id, state in self._waiting(moment):
            if self._claim(generation_id, moment):
                self._advance(generation_id, state)
        for import_id in self._direct_imports.sweep():
            self._import_job.advance(import_id)
        self._chores.run_due()
        delete_in_batches(UsedState.nonce, UsedState.expires_at < now())
        delete_in_batches(Handover.id, Handover.expires_at < now())
        self._consents.sweep()
        self._keys.maintain(self._key_lifetime)
        if self._heartbeats.claim("retention", _last_retention_time(moment)) and not self._queue.apply_retention():
            self._retention.apply()

    def _advance(self, generation_id: str, state: str) -> None:
        """Enqueue the generation. Advance it here if it has failed before or the queue does not answer."""
        if state == GenerationState.FAILED:
            self._collector.retry_failed(generation_id)
        elif not self._queue.advance(generation_id):
            self._collector.advance(generation_id)

    @staticmethod
    @retry_on_conflict
    def _claim(generation_id: str, moment: datetime) -> bool:
        """Claim the generation for this sweep; return ``False`` if another sweeper was faster. Commits."""
        claimed = compare_and_set(Generation, Generation.id == generation_id, _due(moment), checked_at=moment)
        db.session.commit()
        return claimed

    @staticmethod
    def _waiting(moment: datetime) -> list[tuple[str, str]]:
        query = select(Generation.id, Generation.state).where(_due(moment))
        rows = db.session.execute(query.order_by(_last_check()).limit(BATCH_SIZE)).all()
        db.session.rollback()
        return [(generation_id, state) for generation_id, state in rows]


def _due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a generation needs work and no worker has it."""
    is_active = Generation.state.in_((GenerationState.OPENING, GenerationState.OPEN, GenerationState.COLLECTING))
    may_pass = and_(
        Generation.state == GenerationState.FAILED,
        Generation.error_code.in_(TRANSIENT_ERRORS),
        # Without a session there is nothing to lose: whether to try again is up to the teacher.
        Generation.session_id_encrypted != "",
        Generation.session_expires_at > moment,
    )
    pause_is_over = is_due_at(Generation.look_after, moment, MAX_PAUSE)
    return and_(or_(is_active, may_pass), is_unclaimed(Generation, moment), pause_is_over, _is_neglected(moment))


def _is_neglected(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that the last check is too long ago, or in the future because of a wrong clock."""
    by_age = [
        and_(Generation.created_at > moment - age, _last_check() < moment - pause) for age, pause in CHECK_INTERVALS
    ]
    return or_(*by_age, _last_check() > moment + CLOCK_TOLERANCE)


def _last_retention_time(moment: datetime) -> datetime:
    today = datetime.combine(moment.date(), RETENTION_TIME)
    return today if today <= moment else today - timedelta(days=1)


def _last_check() -> ColumnElement[datetime]:
    return func.coalesce(Generation.checked_at, Generation.created_at)
