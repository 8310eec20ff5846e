"""Stands between all our workers and Examplary: shared rate limits, and a circuit that opens when Examplary is down.

All instructors share the limits of one API key (facts: examplary-api §1), so the counters live in the shared cache and
are kept by the key's fingerprint. The limits are ours and careful: Examplary publishes none for these calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from cachelib.base import BaseCache
from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from lti_tool.examplary import Busy, Unavailable
from lti_tool.security.encryption import fingerprint

PER_MINUTE = {"POST": 60, "GET": 600, "DELETE": 120}
"""Calls of one kind that one API key makes in a minute."""

PATIENCE = 10.0
"""Seconds that a call waits for its turn before it gives up; the job comes back later."""

FAILURES = 5
"""Failures in a row after which the circuit opens."""

OPEN_SECONDS = 20
"""How long it stays open; then one call may try."""

DOWN = {"examplary.unavailable", "examplary.answer_lost"}


class Guard:
    """A limiter and an observer of :class:`ExamplaryClient`, for one API key."""

    def __init__(
        self, api_key: str, *, storage: Storage, cache: BaseCache, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._name = fingerprint(api_key)[:16]
        self._window, self._cache, self._sleep = MovingWindowRateLimiter(storage), cache, sleep

    def acquire(self, endpoint: str) -> None:
        """Let one attempt pass; raise :class:`Unavailable` while the circuit is open, :class:`Busy` over the limit."""
        if self._cache.get(f"circuit-open:{self._name}"):
            raise Unavailable("the circuit is open", retry_after=OPEN_SECONDS)
        method = endpoint.split(maxsplit=1)[0]
        allowed = RateLimitItemPerMinute(PER_MINUTE[method])
        waited = 0.0
        while not self._window.hit(allowed, self._name, method):
            if waited >= PATIENCE:
                raise Busy("our own limit", retry_after=PATIENCE)
            self._sleep(0.5)
            waited += 0.5

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Count failures in a row; open the circuit after :data:`FAILURES` of them."""
        row = f"circuit-failures:{self._name}"
        if outcome not in DOWN:
            self._cache.delete(row)
        elif (self._cache.inc(row) or 0) >= FAILURES:
            # Left at the brink: after the pause, one more failure opens it again.
            self._cache.set(row, FAILURES - 1, timeout=10 * OPEN_SECONDS)
            self._cache.set(f"circuit-open:{self._name}", 1, timeout=OPEN_SECONDS)
