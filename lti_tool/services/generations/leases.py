"""How a generation moves: by compare-and-set, so that doing a step twice does nothing.

Who works on a generation holds a lease: nobody else takes it up before the lease has run out. The lease is the moment
until which it lasts, so that it can be renewed, and given back, only by the one who still holds it.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import Generation, GenerationState, compare_and_set, db, now, retry_on_conflict

LEASE = timedelta(minutes=3)
"""How long one worker has a generation to itself. Renewed before each call, the longest of which takes two minutes."""

FINAL_STATES = (
    GenerationState.RETURNED,
    GenerationState.CANCELLED,
    GenerationState.FAILED,
    GenerationState.EXPIRED,
)
"""States in which nothing more happens by itself, but that the sweeper revives what failed and may work later."""


class LeaseLost(Exception):
    """Somebody else has taken the generation up: whoever finds this out stops at once."""


class Lease:
    """The right to work on one generation, for one thread; another may only give it back."""

    def __init__(self, generation_id: str, until: datetime) -> None:
        self.generation_id, self.until = generation_id, until
        # A process that ends gives it back from another thread, perhaps in the middle of a renewal.
        self._changing = threading.Lock()

    def renew(self, **values: object) -> None:
        """Hold it for :data:`LEASE` from now, set ``values``, and commit.

        Raises :class:`LeaseLost` if it is somebody else's by now.
        """
        with self._changing:
            until = now() + LEASE
            if not self._set(claimed_until=until, **values):
                raise LeaseLost(self.generation_id)
            self.until = until

    def release(self, *, orderly: bool = True) -> None:
        """Let others take it up at once. What was not left ``orderly`` counts as a crash."""
        with self._changing:
            self._set(claimed_until=None, **({"claims": 0} if orderly else {}))

    @retry_on_conflict
    def _set(self, **values: object) -> bool:
        mine = Generation.claimed_until == self.until
        held = compare_and_set(Generation, Generation.id == self.generation_id, mine, **values)
        db.session.commit()
        return held


def transition(generation_id: str, source: GenerationState, target: GenerationState, **values: object) -> bool:
    """Move from ``source`` to ``target`` and set ``values``; return whether it was us who moved it.

    The caller commits, so that what belongs to the step is kept with it or not at all.
    """
    there = Generation.state == source
    return compare_and_set(Generation, Generation.id == generation_id, there, state=target, state_since=now(), **values)


@retry_on_conflict
def reopen(generation: Generation, **values: object) -> bool:
    """Move a generation that failed to where it stood; return whether it was us who moved it. Commits."""
    opened = GenerationState.OPEN if generation.session_id_encrypted else GenerationState.OPENING
    target = GenerationState.COLLECTING if generation.examplary_exam_id else opened
    moved = transition(generation.id, GenerationState.FAILED, target, look_after=None, claims=0, **values)
    db.session.commit()
    return moved


@retry_on_conflict
def claim(generation_id: str) -> Lease | None:
    """Take the generation for :data:`LEASE`; return ``None`` if another worker has it, or it is over."""
    moment = now()
    until, holds = moment + LEASE, (is_unclaimed(moment), Generation.state.not_in(FINAL_STATES))
    count = Generation.claims + 1
    claimed = compare_and_set(
        Generation, Generation.id == generation_id, *holds, claimed_until=until, checked_at=moment, claims=count
    )
    db.session.commit()
    return Lease(generation_id, until) if claimed else None


def is_unclaimed(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody holds the generation.

    A lease that ends further off than any lease lasts was written by a clock that has been put right since.
    """
    until = Generation.claimed_until
    return or_(until.is_(None), until < moment, until > moment + 2 * LEASE)


def is_due_at(
    column: InstrumentedAttribute[datetime | None], moment: datetime, furthest: timedelta
) -> ColumnElement[bool]:
    """Return the condition that the moment in ``column`` has come, or is none, or is too far off to be true."""
    return or_(column.is_(None), column <= moment, column > moment + furthest)
