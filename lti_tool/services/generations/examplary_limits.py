"""Rate limits and a circuit breaker between all our workers and Examplary.

All instructors share the limits of one API key (see docs/reference/examplary-api.md#rate-limits), so the counters live
in the shared cache, under the key's fingerprint. Examplary publishes no limit for most calls; our default is that of
``POST /exams``, 200 a minute, and can be changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from cachelib.base import BaseCache
from limits import RateLimitItemPerMinute

from lti_tool.examplary import Observer, RateLimited, Unavailable
from lti_tool.security.encryption import fingerprint
from lti_tool.services.shared_cache import SharedRateLimit

LIMIT_FACTORS = {"POST": 1, "GET": 5, "DELETE": 2}
"""Multiple of the configured limit by HTTP method: reads cost Examplary little."""

MAX_WAIT_SECONDS = 2.0
"""Seconds for which a call waits for its turn. It must be short: the call blocks a thread."""

RETRY_AFTER_SECONDS = 10.0
"""Seconds after which a call that gave up may be tried again."""

FAILURES = 5
"""Consecutive failures that open the circuit."""

OPEN_SECONDS = 20
"""How long the circuit stays open. After that calls are tried, and one more failure opens it again."""

DOWN = "examplary.unavailable"
BUSY = "examplary.busy"
OK = "ok"


class CircuitOpen(Unavailable):
    """Examplary is known to be down; no call is made for a while."""

    was_sent = False


class OwnRateLimit(RateLimited):
    """The calls of all our users have reached the limit of the API key for this minute."""

    was_sent = False


class ExamplaryLimits:
    """The limiter and observer of an :class:`ExamplaryClient`, for one API key."""

    def __init__(
        self,
        api_key: str,
        *,
        rate_limit: SharedRateLimit,
        cache: BaseCache,
        per_minute: int,
        observer: Observer,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = fingerprint(api_key)[:16]
        self._rate_limit = rate_limit
        self._cache = cache
        self._per_minute = per_minute
        self._observer = observer
        self._sleep = sleep

    def acquire(self, endpoint: str) -> None:
        """Wait for the turn of one attempt; raise :class:`CircuitOpen` or :class:`OwnRateLimit`."""
        if self._cache.get(self._open_key):
            self._observer.observe(endpoint, "circuit", 0.0)
            raise CircuitOpen("the circuit is open", retry_after=OPEN_SECONDS)
        limit = RateLimitItemPerMinute(self._per_minute * LIMIT_FACTORS[endpoint.split(maxsplit=1)[0]])
        waited = 0.0
        while not self._rate_limit.hit(limit, self._name, endpoint):
            if waited >= MAX_WAIT_SECONDS:
                self._observer.observe(endpoint, "limit", waited)
                raise OwnRateLimit("our own limit", retry_after=RETRY_AFTER_SECONDS)
            self._sleep(0.5)
            waited += 0.5

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Count consecutive failures, open the circuit after :data:`FAILURES`, and call the next observer."""
        self._observer.observe(endpoint, outcome, seconds)
        if outcome == DOWN:
            self._count_failure()
        elif outcome != BUSY:
            # Any other response shows that Examplary is up.
            self._cache.delete(self._failures_key)

    @property
    def _open_key(self) -> str:
        return f"circuit-open:{self._name}"

    @property
    def _failures_key(self) -> str:
        return f"circuit-failures:{self._name}"

    def _count_failure(self) -> None:
        if (self._cache.inc(self._failures_key) or 0) >= FAILURES:
            # The counter stays above the threshold: after the pause, a single failure opens the circuit again.
            self._cache.set(self._open_key, 1, timeout=OPEN_SECONDS)


class LastSuccess:
    """Remembers Examplary's last good response to this process."""

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Record the moment if the outcome is good."""
        if outcome == OK:
            self._moment = datetime.now(UTC)

    def __call__(self) -> datetime | None:
        """Return the moment; ``None`` if there was none since the process started."""
        return self._moment
