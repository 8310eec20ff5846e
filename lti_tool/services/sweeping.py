"""Picks up what nobody is working on: lost messages, dead workers, closed tabs, restarts."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import and_, delete, or_, select

from lti_tool.models import Generation, GenerationState, Login, db, now
from lti_tool.services.chores import Chores
from lti_tool.services.ports import Queue

log = structlog.get_logger(__name__)

RHYTHM = (
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(days=365), timedelta(hours=1)),
)
"""Up to which age a generation is looked at how often when no page is open."""

AT_ONCE = 100


class Sweeper:
    """Runs every minute, on every worker; doing it twice does nothing."""

    def __init__(self, *, chores: Chores, queue: Queue) -> None:
        self._chores, self._queue = chores, queue

    def sweep(self) -> None:
        """Ask for a look at every generation that waits too long, do due chores, forget logins never finished."""
        for generation_id in self._waiting():
            self._queue.look(generation_id)
        self._chores.run_due()
        db.session.execute(delete(Login).where(Login.expires_at < now()))
        db.session.commit()

    @staticmethod
    def _waiting() -> list[str]:
        moment = now()
        last_look = db.func.coalesce(Generation.checked_at, Generation.created_at)
        due = [and_(Generation.created_at > moment - age, last_look < moment - pause) for age, pause in RHYTHM]
        query = select(Generation.id).where(
            Generation.state.in_((GenerationState.OPEN, GenerationState.COLLECTING)),
            or_(Generation.claimed_until.is_(None), Generation.claimed_until < moment),
            or_(*due),
        )
        return list(db.session.scalars(query.order_by(last_look).limit(AT_ONCE)))
