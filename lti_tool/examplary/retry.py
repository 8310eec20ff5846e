"""Retry policy for one API call."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lti_tool.errors import ExamplaryError
from lti_tool.examplary.errors import RateLimited, Unavailable

MAX_RETRY_AFTER = 3600.0


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a ``Retry-After`` header, a number or an HTTP date (RFC 9110 §10.2.3); 0 to 3600.

    Returns ``None`` if it is missing or malformed.
    """
    text = (value or "").strip()
    seconds = float(text) if text.isascii() and text.isdigit() else _seconds_until(text, now)
    return None if seconds is None else min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with jitter inside a time budget. All times are seconds.

    ``budget`` bounds one call with all its attempts: a pause that would exceed it is not started. A ``Retry-After`` is
    never shortened: if it exceeds the budget, the error is raised, and the caller may schedule the work again after
    ``error.retry_after``.
    """

    attempts: int = 4
    budget: float = 20.0
    first_pause: float = 0.5
    longest_pause: float = 8.0
    jitter: Callable[[], float] = random.SystemRandom().random

    def pause(self, error: ExamplaryError, *, idempotent: bool, attempt: int, remaining: float) -> float | None:
        """Return the seconds until the next attempt, or ``None`` to give up. ``attempt`` counts from 1."""
        if attempt >= self.attempts or not self._may_repeat(error, idempotent):
            return None
        wait = self._wait(error, attempt)
        return wait if wait < remaining else None

    def _may_repeat(self, error: ExamplaryError, idempotent: bool) -> bool:
        if idempotent:
            return error.retryable
        return isinstance(error, RateLimited) or (isinstance(error, Unavailable) and not error.may_have_succeeded)

    def _wait(self, error: ExamplaryError, attempt: int) -> float:
        if error.retry_after is not None:
            return error.retry_after + 0.25 * self.jitter()
        longest = min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1))
        return longest * (0.5 + 0.5 * self.jitter())
