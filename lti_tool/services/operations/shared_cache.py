"""What all processes share by way of Redis, and how each goes on by itself while Redis is away.

Nothing here is the truth about an exam: keys of platforms, counters of limits, the state of a circuit. Losing it costs
a call more, or lets each process count for itself, and never an exam. So a page does not wait for it, let alone fail.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import structlog
from cachelib import RedisCache, SimpleCache
from cachelib.base import BaseCache
from limits import RateLimitItem
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from lti_tool.errors import SettingsError

log = structlog.get_logger(__name__)

CACHE_ENTRIES = 50_000
"""cachelib keeps 500 by default and throws keys away under load (facts: libraries)."""

PAUSE = 10.0
"""Seconds for which Redis is left alone once it did not answer: else every page would wait for it."""

REDIS_SECONDS = {"socket_connect_timeout": 1.0, "socket_timeout": 2.0}

T = TypeVar("T")


class Fallback:
    """Tries what is shared, and takes our own while that is away."""

    def __init__(
        self, what: str, away: tuple[type[Exception], ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what, self._away, self._clock = what, away, clock
        self._left_alone_until = float("-inf")

    @property
    def shared(self) -> bool:
        """Whether what is shared answered when it was last asked."""
        return self._clock() >= self._left_alone_until

    def either(self, shared: Callable[[], T], own: Callable[[], T]) -> T:
        """Return what ``shared`` gives; what ``own`` gives if it is away."""
        if self.shared:
            try:
                return shared()
            except self._away as error:
                self._left_alone_until = self._clock() + PAUSE
                log.warning("shared.away", what=self._what, error=type(error).__name__)
        return own()


class SharedCache(BaseCache):
    """A cache in Redis, with one in memory beside it for bad times."""

    def __init__(self, redis: BaseCache, fallback: Fallback) -> None:
        super().__init__()
        self._redis, self._fallback = redis, fallback
        self._own = SimpleCache(threshold=CACHE_ENTRIES)

    @property
    def shared(self) -> bool:
        """Whether Redis answered when it was last asked."""
        return self._fallback.shared

    def get(self, key: str) -> object:
        """Return the value, or ``None``."""
        return self._fallback.either(lambda: self._redis.get(key), lambda: self._own.get(key))

    def set(self, key: str, value: object, timeout: int | timedelta | None = None) -> bool | None:
        """Keep ``value`` for ``timeout`` seconds."""
        return self._fallback.either(
            lambda: self._redis.set(key, value, timeout), lambda: self._own.set(key, value, timeout)
        )

    def add(self, key: str, value: object, timeout: int | timedelta | None = None) -> bool:
        """Keep ``value`` unless there is one."""
        return self._fallback.either(
            lambda: self._redis.add(key, value, timeout), lambda: self._own.add(key, value, timeout)
        )

    def delete(self, key: str) -> bool:
        """Forget the value."""
        return self._fallback.either(lambda: self._redis.delete(key), lambda: self._own.delete(key))

    def inc(self, key: str, delta: int = 1) -> int | None:
        """Count up."""
        return self._fallback.either(lambda: self._redis.inc(key, delta), lambda: self._own.inc(key, delta))


class SharedRateLimit:
    """A moving window over calls, counted by all processes together; by each alone while Redis is away."""

    def __init__(self, storage: Storage, fallback: Fallback) -> None:
        self._fallback = fallback
        self._shared, self._own = MovingWindowRateLimiter(storage), MovingWindowRateLimiter(MemoryStorage())

    def hit(self, limit: RateLimitItem, *names: str) -> bool:
        """Count one call; ``False`` if it would be one too many."""
        return self._fallback.either(lambda: self._shared.hit(limit, *names), lambda: self._own.hit(limit, *names))


def shared_cache(url: str) -> BaseCache:
    """Return the cache at ``url``; raise :class:`SettingsError` if that is no address of one."""
    if url.startswith("memory://"):
        return SimpleCache(threshold=CACHE_ENTRIES)
    from redis import Redis  # noqa: PLC0415 -- an extra: needed only where the cache is shared
    from redis.exceptions import RedisError  # noqa: PLC0415 -- as above

    redis = RedisCache(host=Redis.from_url(url, **REDIS_SECONDS), key_prefix="examplary_lms:")
    return SharedCache(redis, Fallback("cache", (RedisError, OSError)))


def shared_rate_limit(url: str) -> SharedRateLimit:
    """Return the counters at ``url``; raise :class:`SettingsError` if that is no address of any."""
    options = {} if url.startswith("memory://") else REDIS_SECONDS
    try:
        storage = storage_from_string(url, **options)
    except ConfigurationError as error:
        raise SettingsError("LTI_TOOL_CACHE_URL must begin with memory:// or redis://") from error
    if not isinstance(storage, Storage):
        raise SettingsError("LTI_TOOL_CACHE_URL must name a storage that does not need asyncio")
    errors = storage.base_exceptions
    away = errors if isinstance(errors, tuple) else (errors,)
    return SharedRateLimit(storage, Fallback("limits", () if url.startswith("memory://") else (*away, OSError)))
