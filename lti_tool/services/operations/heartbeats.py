"""Signs of life, kept in the database so that every process sees those of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from lti_tool.models import Pulse, change_row, db, delete_rows, now, put_row, repeatable

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
        delete_rows(Pulse.name, Pulse.name.startswith(WORKER), Pulse.at < now() - FORGET_AFTER)

    def probe(self) -> None:
        """Write, as a page would: a database that answers may be full, or one that may only be read."""
        self._note(PROBE, now())

    @staticmethod
    @repeatable
    def claim(name: str, since: datetime) -> bool:
        """Note that ``name`` is being done; ``False`` if somebody has begun it ``since``. A clock put right is none."""
        moment = now()
        seen = db.session.scalar(select(Pulse.at).where(Pulse.name == name))
        if seen is not None and since <= seen <= moment + CLOCK_TOLERANCE:
            db.session.rollback()
            return False
        put_row(Pulse, {"name": name, "at": since - CLOCK_TOLERANCE})
        undone = or_(Pulse.at < since, Pulse.at > moment + CLOCK_TOLERANCE)
        ours = change_row(Pulse, Pulse.name == name, undone, at=moment)
        db.session.commit()
        return ours

    @staticmethod
    def worker_seen() -> datetime | None:
        """Return when any worker was last well."""
        return db.session.scalar(select(func.max(Pulse.at)).where(Pulse.name.startswith(WORKER)))

    def examplary_seen(self) -> datetime | None:
        """Return when Examplary last gave a good answer, to this process or to any worker."""
        noted = db.session.scalar(select(Pulse.at).where(Pulse.name == EXAMPLARY))
        known = [moment for moment in (noted, self._examplary_seen()) if moment is not None]
        return max(known, default=None)

    @staticmethod
    @repeatable
    def _note(name: str, moment: datetime) -> None:
        if not change_row(Pulse, Pulse.name == name, at=moment):
            put_row(Pulse, {"name": name, "at": moment})
        db.session.commit()
