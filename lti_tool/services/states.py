"""How a generation moves: by compare-and-set, so that doing a step twice does nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import CursorResult, or_, update

from lti_tool.models import Generation, GenerationState, db, now

LEASE = timedelta(minutes=5)
"""How long one worker has a generation to itself; longer than the slowest collection, which its limits bound."""

OVER = (
    GenerationState.RETURNED,
    GenerationState.CANCELLED,
    GenerationState.FAILED,
    GenerationState.EXPIRED,
)
"""States in which nothing more happens by itself."""


def move(generation_id: str, source: GenerationState, target: GenerationState, **values: object) -> bool:
    """Move from ``source`` to ``target`` and set ``values``; return whether it was us who moved it.

    The caller commits, so that what belongs to the step is kept with it or not at all.
    """
    changed = db.session.execute(
        update(Generation)
        .where(Generation.id == generation_id, Generation.state == source)
        .values(state=target, state_since=now(), **values)
    )
    return _one(changed)


def claim(generation_id: str) -> bool:
    """Take the generation for :data:`LEASE`; return ``False`` if another worker has it."""
    moment = now()
    free = or_(Generation.claimed_until.is_(None), Generation.claimed_until < moment)
    changed = db.session.execute(
        update(Generation)
        .where(Generation.id == generation_id, free, Generation.state.not_in(OVER))
        .values(claimed_until=moment + LEASE, checked_at=moment)
    )
    db.session.commit()
    return _one(changed)


def release(generation_id: str) -> None:
    """Give the generation back."""
    db.session.execute(update(Generation).where(Generation.id == generation_id).values(claimed_until=None))
    db.session.commit()


def _one(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
