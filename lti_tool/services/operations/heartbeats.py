"""Signs of life, kept in the database so that every process sees those of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from lti_tool.models import Heartbeat, compare_and_set, db, delete_in_batches, insert_if_absent, now, retry_on_conflict

EXAMPLARY = "examplary"
WORKER = "worker:"
PROBE = "probe"
FORGET_AFTER = timedelta(hours=1)
"""Workers that have not been heard of for so long have ended."""


CLOCK_TOLERANCE = timedelta(minutes=5)
"""What lies further in the future was written by a clock that has been put right since."""


class Heartbeats:
    """Notes and tells who was well when."""

    def __init__(self, examplary_seen: Callable[[], datetime | None]) -> None:
        self._examplary_seen = examplary_seen

    def beat(self, worker: str) -> None:
        """Note that ``worker`` lives, and when it last had a good answer of Examplary."""
        self._note(worker[:100], now())
        seen = self._examplary_seen()
        if seen is not None:
            self._note(EXAMPLARY, seen)
        delete_in_batches(Heartbeat.name, Heartbeat.name.startswith(WORKER), Heartbeat.at < now() - FORGET_AFTER)

    def probe(self) -> None:
        """Write, as a page would: a database that answers may be full, or one that may only be read."""
        self._note(PROBE, now())

    @staticmethod
    @retry_on_conflict
    def claim(name: str, since: datetime) -> bool:
        """Note that ``name`` is being done; ``False`` if somebody has begun it ``since``. A clock put right is none."""
        moment = now()
        seen = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
        if seen is not None and since <= seen <= moment + CLOCK_TOLERANCE:
            db.session.rollback()
            return False
        insert_if_absent(Heartbeat, {"name": name, "at": since - CLOCK_TOLERANCE})
        undone = or_(Heartbeat.at < since, Heartbeat.at > moment + CLOCK_TOLERANCE)
        ours = compare_and_set(Heartbeat, Heartbeat.name == name, undone, at=moment)
        db.session.commit()
        return ours

    @staticmethod
    def worker_seen() -> datetime | None:
        """Return when any worker was last well."""
        return db.session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.name.startswith(WORKER)))

    def examplary_seen(self) -> datetime | None:
        """Return when Examplary last gave a good answer, to this process or to any worker."""
        noted = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == EXAMPLARY))
        known = [moment for moment in (noted, self._examplary_seen()) if moment is not None]
        return max(known, default=None)

    @staticmethod
    @retry_on_conflict
    def _note(name: str, moment: datetime) -> None:
        if not compare_and_set(Heartbeat, Heartbeat.name == name, at=moment):
            insert_if_absent(Heartbeat, {"name": name, "at": moment})
        db.session.commit()
