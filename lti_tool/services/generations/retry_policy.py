"""Retry policy for a generation: reschedule, or fail and tell the teacher."""

from __future__ import annotations

from datetime import timedelta

import structlog

from lti_tool.errors import N_, ExamError, ExamplaryError, ToolError
from lti_tool.models import Generation, GenerationState, compare_and_set, db, now, retry_on_conflict
from lti_tool.services.generations.transitions import transition
from lti_tool.services.leases import Lease, LeaseLost
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
"""About an hour with the pauses below. After that the generation fails, and the sweeper retries it less often."""

MAX_WAIT_FOR_TURN = timedelta(hours=1)
"""How long a generation may be held back by our own limits before that counts as attempts."""

FAILED_PAUSE = timedelta(minutes=30)
"""Pause of a failed generation before the sweeper retries it."""

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
"""Errors that pass or that an operator can fix: the sweeper retries them until the session expires."""


class CollectionFailed(ExamError):
    """Collecting this exam crashes our workers; the log has the reason."""

    code = "collecting.broken"
    sentence = N_("Your exam is ready, but we couldn't download it.")
    advice = N_("Nothing is lost: Examplary still has it, and we'll try again automatically. Tell your administrator.")
    status = 500


def handle_failure(generation: Generation, lease: Lease, error: ToolError, queue: Queue) -> None:
    """Reschedule the generation if ``error`` may pass, or fail it. Its embed session is kept, so nothing is lost."""
    retry_after = error.retry_after if isinstance(error, ExamplaryError) else None
    pause = retry_after or _pause(generation)
    _record_attempt(generation, lease, error.code, pause, attempts=int(_counts_as_attempt(generation, error)))
    log.warning("generation.retry_scheduled", code=error.code, detail=error.detail, try_no=generation.attempts)
    may_pass = isinstance(error, ExamplaryError) and error.retryable and generation.attempts < MAX_ATTEMPTS
    # While the teacher works in the embed, failed polls change nothing for them: their page stays until the session
    # must have expired.
    embed_open = generation.state == GenerationState.OPEN and generation.session_expires_at > now()
    if may_pass or embed_open:
        queue.advance(generation.id, delay=pause)
    else:
        fail(generation, error)


@retry_on_conflict
def fail(generation: Generation, error: ToolError) -> None:
    """Move the generation to ``failed``: the teacher is informed and may try again. Commits."""
    values: dict[str, object] = {"error_code": error.code, "look_after": now() + FAILED_PAUSE}
    transition(generation.id, GenerationState(generation.state), GenerationState.FAILED, **values)
    db.session.commit()
    db.session.refresh(generation)
    log.error("generation.failed", code=error.code, detail=error.detail)


@retry_on_conflict
def _record_attempt(generation: Generation, lease: Lease, code: str, pause: float, attempts: int) -> None:
    """Record a failed attempt if we still hold the lease; raise :class:`LeaseLost` if not. Commits."""
    recorded = compare_and_set(
        Generation,
        Generation.id == generation.id,
        lease.is_held,
        attempts=Generation.attempts + attempts,
        error_code=code,
        look_after=now() + timedelta(seconds=pause),
    )
    if not recorded:
        raise LeaseLost(generation.id)
    db.session.commit()
    db.session.refresh(generation)


def _counts_as_attempt(generation: Generation, error: ToolError) -> bool:
    """Return whether a request was sent; waiting for our rate limit or an open circuit is no attempt, up to a limit."""
    waited = now() - generation.state_since
    was_sent = not isinstance(error, ExamplaryError) or error.was_sent
    return was_sent or not timedelta(0) <= waited < MAX_WAIT_FOR_TURN


def _pause(generation: Generation) -> float:
    """Return the seconds until the next attempt; short while the teacher may finish at any moment."""
    longest = 60.0 if generation.state == GenerationState.OPEN else 600.0
    return min(pause_after(generation.attempts + 1), longest)


def pause_after(attempts: int) -> float:
    """Return 4, 8, 16, … seconds. At most 1,024, since polls of an open embed may fail for days."""
    return float(2 ** min(attempts + 1, 10))
