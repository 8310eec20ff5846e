"""What happens to a generation when a step of it does not work: again later, or the teacher is told."""

from __future__ import annotations

from datetime import timedelta

import structlog

from lti_tool.errors import N_, ExamError, ExamplaryError, ToolError
from lti_tool.models import Generation, GenerationState, compare_and_set, db, now, retry_on_conflict
from lti_tool.services.generations.leases import Lease, LeaseLost, transition
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

LAST_ATTEMPT = 12
"""With the pauses below this is about an hour; then the teacher is told, and the sweeper tries on more seldom."""

TURN = timedelta(hours=1)
"""How long a generation may wait for its turn, while Examplary is not even asked, before that counts as attempts."""

FAILED_PAUSE = timedelta(minutes=30)
"""How long a generation that failed rests before the sweeper tries it again."""

TRANSIENT_ERRORS = frozenset(
    {
        "examplary.unavailable",
        "examplary.busy",
        "examplary.garbled",
        "examplary.error",
        "examplary.key_refused",
        "examplary.not_allowed",
        "security.wrong_encryption_key",
        "settings.error",
        "collecting.broken",
    }
)
"""Errors that somebody mends, or that pass: what failed by them is tried again until its session runs out."""


class CollectionFailed(ExamError):
    """Taking this exam home breaks our own workers. The log has the reason."""

    code = "collecting.broken"
    sentence = N_("Your exam is ready, but we couldn't download it.")
    advice = N_("Nothing is lost: Examplary still has it, and we'll try again automatically. Tell your administrator.")
    status = 500


def handle_failure(generation: Generation, lease: Lease, error: ToolError, queue: Queue) -> None:
    """Try again later what may work later; tell the teacher about the rest. The session stays: nothing is lost."""
    retry_after = error.retry_after if isinstance(error, ExamplaryError) else None
    pause = retry_after or _pause(generation)
    _note(generation, lease, error.code, pause, attempts=int(_counts(generation, error)))
    log.warning("generation.stumbled", code=error.code, detail=error.detail, try_no=generation.attempts)
    passes = isinstance(error, ExamplaryError) and error.retryable and generation.attempts < LAST_ATTEMPT
    # The teacher is at work in Examplary's frame: that we cannot ask about it ends nothing, and their page stays
    # until the session itself must have ended.
    at_work = generation.state == GenerationState.OPEN and generation.session_expires_at > now()
    if passes or at_work:
        queue.advance(generation.id, delay=pause)
    else:
        fail(generation, error)


@retry_on_conflict
def fail(generation: Generation, error: ToolError) -> None:
    """End it for now: the teacher is told, and may try again. Commits."""
    facts: dict[str, object] = {"error_code": error.code, "look_after": now() + FAILED_PAUSE}
    if generation.state == GenerationState.OPENING:
        # There is nothing to go on with: it does not stand among what is not finished.
        facts["session_expires_at"] = now()
    transition(generation.id, GenerationState(generation.state), GenerationState.FAILED, **facts)
    db.session.commit()
    db.session.refresh(generation)
    log.error("generation.failed", code=error.code, detail=error.detail)


@retry_on_conflict
def _note(generation: Generation, lease: Lease, code: str, pause: float, attempts: int) -> None:
    """Note one more try in vain, if the generation is still ours. Commits."""
    mine = Generation.claimed_until == lease.until
    more, later = Generation.attempts + attempts, now() + timedelta(seconds=pause)
    if not compare_and_set(
        Generation, Generation.id == generation.id, mine, attempts=more, error_code=code, look_after=later
    ):
        raise LeaseLost(generation.id)
    db.session.commit()
    db.session.refresh(generation)


def _counts(generation: Generation, error: ToolError) -> bool:
    """Return whether it was an attempt; to wait in a queue of thousands, or while a circuit is open, is none."""
    waited = now() - generation.state_since
    return not isinstance(error, ExamplaryError) or error.was_sent or not timedelta(0) <= waited < TURN


def _pause(generation: Generation) -> float:
    """Return the seconds before the next try: while a teacher may finish at any moment, it comes soon."""
    longest = 60.0 if generation.state == GenerationState.OPEN else 600.0
    return min(pause_after(generation.attempts + 1), longest)


def pause_after(attempts: int) -> float:
    """Return 4, 8, 16, … seconds, at most 1,024: a generation at which a teacher works may be asked about for days."""
    return float(2 ** min(attempts + 1, 10))
