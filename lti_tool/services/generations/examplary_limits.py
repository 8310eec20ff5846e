"""Stands between all our workers and Examplary: shared rate limits, and a circuit that opens when Examplary is down.

All instructors share the limits of one API key (facts: examplary-api §1), so the counters live in the shared cache and
are kept by the key's fingerprint. Examplary publishes no limit for most calls; ours are the one of its neighbour
``POST /exams`` (200 a minute), and can be set.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from cachelib.base import BaseCache
from limits import RateLimitItemPerMinute

from lti_tool.examplary import Observer, RateLimited, Unavailable
from lti_tool.security.encryption import fingerprint
from lti_tool.services.operations.shared_cache import SharedRateLimit

LIMIT_FACTORS = {"POST": 1, "GET": 5, "DELETE": 2}
"""How many times the limit that is set the calls of a method may be: reading costs Examplary little."""

PATIENCE = 2.0
"""Seconds that a call waits for its turn before it gives up: who waits keeps a thread from others."""

COME_BACK = 10.0
"""Seconds after which who gave up may try again."""

FAILURES = 5
"""Failures in a row after which the circuit opens."""

OPEN_SECONDS = 20
"""How long it stays open; then calls may try again, and one more failure opens it anew."""

DOWN = "examplary.unavailable"
BUSY = "examplary.busy"
OK = "ok"


class CircuitOpen(Unavailable):
    """Examplary is known to be down: it is left alone for a while."""

    was_sent = False


class OwnRateLimit(RateLimited):
    """All our teachers together have asked as often as the key allows in this minute."""

    was_sent = False


class ExamplaryLimits:
    """A limiter and an observer of :class:`ExamplaryClient`, for one API key."""

    def __init__(
        self,
        api_key: str,
        *,
        window: SharedRateLimit,
        cache: BaseCache,
        per_minute: int,
        then: Observer,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = fingerprint(api_key)[:16]
        self._window, self._cache, self._per_minute = window, cache, per_minute
        self._then, self._sleep = then, sleep

    def acquire(self, endpoint: str) -> None:
        """Let one attempt pass; raise :class:`CircuitOpen`, or :class:`OwnRateLimit` over it."""
        if self._cache.get(self._open):
            self._then.observe(endpoint, "circuit", 0.0)
            raise CircuitOpen("the circuit is open", retry_after=OPEN_SECONDS)
        allowed = RateLimitItemPerMinute(self._per_minute * LIMIT_FACTORS[endpoint.split(maxsplit=1)[0]])
        waited = 0.0
        while not self._window.hit(allowed, self._name, endpoint):
            if waited >= PATIENCE:
                self._then.observe(endpoint, "limit", waited)
                raise OwnRateLimit("our own limit", retry_after=COME_BACK)
            self._sleep(0.5)
            waited += 0.5

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Count failures in a row; open the circuit after :data:`FAILURES` of them. Tell the next observer."""
        self._then.observe(endpoint, outcome, seconds)
        if outcome == DOWN:
            self._failed()
        elif outcome != BUSY:
            # Whatever it said, it answered.
            self._cache.delete(self._row)

    @property
    def _open(self) -> str:
        return f"circuit-open:{self._name}"

    @property
    def _row(self) -> str:
        return f"circuit-failures:{self._name}"

    def _failed(self) -> None:
        if (self._cache.inc(self._row) or 0) >= FAILURES:
            # Left at the brink: after the pause, one more failure opens it again.
            self._cache.set(self._row, FAILURES - 1, timeout=10 * OPEN_SECONDS)
            self._cache.set(self._open, 1, timeout=OPEN_SECONDS)


class LastSuccess:
    """Remembers when Examplary last gave this process a good answer."""

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Note a good answer."""
        if outcome == OK:
            self._moment = datetime.now(UTC)

    def __call__(self) -> datetime | None:
        """Return when; ``None``: not since this process began."""
        return self._moment
