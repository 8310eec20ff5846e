"""When to try again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lti_tool.errors import ExamplaryError
from lti_tool.examplary.errors import RateLimited, Unavailable

LONGEST_RETRY_AFTER = 3600.0


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, of a ``Retry-After`` in seconds or as an HTTP date (RFC 9110 §10.2.3); 0 to 3600.

    ``None`` when it is missing or makes no sense.
    """
    text = (value or "").strip()
    seconds = float(text) if text.isascii() and text.isdigit() else _seconds_until(text, now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with jitter inside a time budget. All times are seconds.

    ``budget`` bounds one call with all its attempts: no pause is begun that would end after it. What Examplary
    asks for in ``Retry-After`` is never cut short: when it does not fit the budget, the error goes to the caller,
    who may put the work back on its queue for ``error.retry_after``.
    """

    attempts: int = 4
    budget: float = 20.0
    first_pause: float = 0.5
    longest_pause: float = 8.0
    jitter: Callable[[], float] = random.SystemRandom().random

    def pause(self, error: ExamplaryError, *, idempotent: bool, attempt: int, left: float) -> float | None:
        """Seconds before the next attempt, or ``None`` to give up. ``attempt`` counts from 1."""
        if attempt >= self.attempts or not self._may_repeat(error, idempotent):
            return None
        wait = self._wait(error, attempt)
        return wait if wait < left else None

    def _may_repeat(self, error: ExamplaryError, idempotent: bool) -> bool:
        if idempotent:
            return error.retryable
        return isinstance(error, RateLimited) or (isinstance(error, Unavailable) and not error.may_have_succeeded)

    def _wait(self, error: ExamplaryError, attempt: int) -> float:
        if error.retry_after is not None:
            return error.retry_after + 0.25 * self.jitter()
        longest = min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1))
        return longest * (0.5 + 0.5 * self.jitter())
