"""Heartbeats of workers, kept in the database so that every process sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from lti_tool.models import Heartbeat, compare_and_set, db, delete_in_batches, insert_if_absent, now, retry_on_conflict

EXAMPLARY = "examplary"
WORKER = "worker:"
PROBE = "probe"
FORGET_AFTER = timedelta(hours=1)
"""A worker without a heartbeat for this long has ended."""


CLOCK_TOLERANCE = timedelta(minutes=5)
"""A time further in the future than this was written under a wrong clock."""


class Heartbeats:
    """Records and reads heartbeats."""

    def __init__(self, examplary_seen: Callable[[], datetime | None]) -> None:
        self._examplary_seen = examplary_seen

    def record(self, worker: str) -> None:
        """Record that ``worker`` is alive, and its last good response from Examplary."""
        self._write(worker[:100], now())
        last_seen = self._examplary_seen()
        if last_seen is not None:
            self._write(EXAMPLARY, last_seen)
        delete_in_batches(Heartbeat.name, Heartbeat.name.startswith(WORKER), Heartbeat.at < now() - FORGET_AFTER)

    def check_writable(self) -> None:
        """Write to the database, as a page would: one that answers may still be full or read-only."""
        self._write(PROBE, now())

    @staticmethod
    @retry_on_conflict
    def claim(name: str, since: datetime) -> bool:
        """Claim a periodic task; return ``False`` if another worker has claimed it after ``since``."""
        moment = now()
        claimed_at = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
        if claimed_at is not None and since <= claimed_at <= moment + CLOCK_TOLERANCE:
            db.session.rollback()
            return False
        insert_if_absent(Heartbeat, {"name": name, "at": since - CLOCK_TOLERANCE})
        unclaimed = or_(Heartbeat.at < since, Heartbeat.at > moment + CLOCK_TOLERANCE)
        claimed = compare_and_set(Heartbeat, Heartbeat.name == name, unclaimed, at=moment)
        db.session.commit()
        return claimed

    @staticmethod
    def worker_seen() -> datetime | None:
        """Return the last heartbeat of any worker."""
        return db.session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.name.startswith(WORKER)))

    def examplary_seen(self) -> datetime | None:
        """Return the last good response from Examplary, to this process or to any worker."""
        recorded = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == EXAMPLARY))
        moments = (recorded, self._examplary_seen())
        return max((moment for moment in moments if moment is not None), default=None)

    @staticmethod
    @retry_on_conflict
    def _write(name: str, moment: datetime) -> None:
        if not compare_and_set(Heartbeat, Heartbeat.name == name, at=moment):
            insert_if_absent(Heartbeat, {"name": name, "at": moment})
        db.session.commit()
