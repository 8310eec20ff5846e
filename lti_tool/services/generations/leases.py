"""State transitions and leases of generations, by compare-and-set: doing a step twice does nothing.

A worker holds a lease on the generation it works on, and no other worker claims it until the lease has expired. The
lease is identified by its expiry, so that only its holder can renew or release it.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import Generation, GenerationState, compare_and_set, db, now, retry_on_conflict

LEASE = timedelta(minutes=3)
"""Duration of a lease. It is renewed before each call, the longest of which takes two minutes."""

FINAL_STATES = (
    GenerationState.RETURNED,
    GenerationState.CANCELLED,
    GenerationState.FAILED,
    GenerationState.EXPIRED,
)
"""States that no worker leaves, except that the sweeper retries failed generations."""


class LeaseLost(Exception):
    """Another worker has claimed the generation: stop at once."""


class Lease:
    """The right of one thread to work on one generation. Another thread may only release it."""

    def __init__(self, generation_id: str, until: datetime) -> None:
        self.generation_id, self.until = generation_id, until
        # A process that ends releases it from another thread, perhaps during a renewal.
        self._lock = threading.Lock()

    def renew(self, **values: object) -> None:
        """Extend the lease to :data:`LEASE` from now, set ``values``, and commit.

        Raises :class:`LeaseLost` if another worker has it.
        """
        with self._lock:
            until = now() + LEASE
            if not self._set(claimed_until=until, **values):
                raise LeaseLost(self.generation_id)
            self.until = until

    def release(self, *, orderly: bool = True) -> None:
        """Make the generation available at once. A release that isn't ``orderly`` counts as a crash."""
        with self._lock:
            self._set(claimed_until=None, **({"claims": 0} if orderly else {}))

    @retry_on_conflict
    def _set(self, **values: object) -> bool:
        is_held = Generation.claimed_until == self.until
        is_ours = compare_and_set(Generation, Generation.id == self.generation_id, is_held, **values)
        db.session.commit()
        return is_ours


def transition(generation_id: str, source: GenerationState, target: GenerationState, **values: object) -> bool:
    """Move a generation from ``source`` to ``target`` and set ``values``; return whether we were the one to do it.

    The caller commits, together with whatever else belongs to the step.
    """
    in_source = Generation.state == source
    return compare_and_set(
        Generation, Generation.id == generation_id, in_source, state=target, state_since=now(), **values
    )


@retry_on_conflict
def reopen(generation: Generation, **values: object) -> bool:
    """Move a failed generation back to the state in which it failed; return whether we did it. Commits."""
    opened = GenerationState.OPEN if generation.session_id_encrypted else GenerationState.OPENING
    target = GenerationState.COLLECTING if generation.examplary_exam_id else opened
    moved = transition(generation.id, GenerationState.FAILED, target, look_after=None, claims=0, **values)
    db.session.commit()
    return moved


@retry_on_conflict
def claim(generation_id: str) -> Lease | None:
    """Claim the generation for :data:`LEASE`; return ``None`` if another worker has it or its state is final."""
    moment = now()
    until = moment + LEASE
    claimed = compare_and_set(
        Generation,
        Generation.id == generation_id,
        is_unclaimed(moment),
        Generation.state.not_in(FINAL_STATES),
        claimed_until=until,
        checked_at=moment,
        claims=Generation.claims + 1,
    )
    db.session.commit()
    return Lease(generation_id, until) if claimed else None


def is_unclaimed(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that no worker holds the generation.

    A lease that ends later than any lease can was written under a wrong clock, and doesn't count.
    """
    until = Generation.claimed_until
    return or_(until.is_(None), until < moment, until > moment + 2 * LEASE)


def is_due_at(
    column: InstrumentedAttribute[datetime | None], moment: datetime, furthest: timedelta
) -> ColumnElement[bool]:
    """Return the condition that the time in ``column`` has come, is NULL, or is too far away to be right."""
    return or_(column.is_(None), column <= moment, column > moment + furthest)
