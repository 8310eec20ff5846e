"""State transitions and claims of generations, by compare-and-set: doing a step twice does nothing."""

from __future__ import annotations

from lti_tool.models import (
    AuditAction,
    Generation,
    GenerationState,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.services.leases import Lease, claim_row

FINAL_STATES = (
    GenerationState.RETURNED,
    GenerationState.CANCELLED,
    GenerationState.FAILED,
    GenerationState.EXPIRED,
)
"""States that no worker leaves, except that the sweeper retries failed generations."""


def transition(generation_id: str, source: GenerationState, target: GenerationState, **values: object) -> bool:
    """Move a generation from ``source`` to ``target`` and set ``values``; return whether this call did it.

    The caller commits, together with whatever else belongs to the step.
    """
    in_source = Generation.state == source
    return compare_and_set(
        Generation, Generation.id == generation_id, in_source, state=target, state_since=now(), **values
    )


@retry_on_conflict
def reopen(generation: Generation, *, actor: str = "", **values: object) -> bool:
    """Move a failed generation back to the state in which it failed; return whether we did it. Commits.

    ``actor`` is an administrator who asked for it, for the audit log.
    """
    opened = GenerationState.OPEN if generation.session_id_encrypted else GenerationState.OPENING
    target = GenerationState.COLLECTING if generation.examplary_exam_id else opened
    moved = transition(generation.id, GenerationState.FAILED, target, look_after=None, claims=0, **values)
    if moved and actor:
        add_audit_entry(
            AuditAction.EXAM_RETRIED,
            actor,
            subject=generation.id,
            launch_id=generation.launch_id,
            platform_id=generation.platform_id,
            detail="generation",
        )
    db.session.commit()
    return moved


def claim(generation_id: str) -> Lease | None:
    """Claim the generation; return ``None`` if another worker has it or its state is final."""
    is_open = Generation.state.not_in(FINAL_STATES)
    return claim_row(Generation, generation_id, is_open, checked_at=now())
