"""Cache and rate limits shared by all processes through Redis, with a fallback in memory while Redis is unreachable.

The cache holds nothing that can't be rebuilt: platform keys, rate limit counters, the state of the circuit breaker.
Losing it costs an extra request or makes each process count for itself, so no page waits for it or fails.

Other programs may write to the same Redis, so values are JSON with a MAC: one that does not verify is a miss, is logged
and counted. Counters are plain numbers: whoever changes them can make the tool wait, but not believe anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog
from cachelib import SimpleCache
from cachelib.base import BaseCache
from limits import RateLimitItem
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from lti_tool.errors import SettingsError
from lti_tool.security.authenticated_json import AuthenticatedJson, Unauthenticated
from lti_tool.services.unverified_values import report_unverified

if TYPE_CHECKING:
    from redis import Redis

log = structlog.get_logger(__name__)

CACHE_ENTRIES = 50_000
"""cachelib's default is 500, and it evicts keys under load (see docs/reference/libraries.md#shared-cache)."""

PAUSE = 10.0
"""Seconds without calls to Redis after it failed, so that not every page waits for it."""

MAX_VALUE_BYTES = 1_000_000
"""Size of one value. The largest are the key sets of platforms."""

COUNTER_SECONDS = 24 * 3600
"""How long a counter lives after its last increment."""

REDIS_SECONDS = {"socket_connect_timeout": 1.0, "socket_timeout": 2.0}

T = TypeVar("T")


class Fallback:
    """Calls the shared backend, or the local one while the shared one fails."""

    def __init__(
        self, name: str, errors: tuple[type[Exception], ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._errors = errors
        self._clock = clock
        self._paused_until = float("-inf")

    @property
    def shared(self) -> bool:
        """Whether the shared backend responded to the last call."""
        return self._clock() >= self._paused_until

    def call(self, shared: Callable[[], T], local: Callable[[], T]) -> T:
        """Return the result of ``shared``, or that of ``local`` if it fails."""
        if self.shared:
            try:
                return shared()
            except self._errors as error:
                self._paused_until = self._clock() + PAUSE
                log.warning("shared.away", what=self._name, error=type(error).__name__)
        return local()


class AuthenticatedRedisCache(BaseCache):
    """A cache in Redis whose values are JSON with a MAC. An entry put back after its lifetime is a miss, too."""

    def __init__(self, redis: Redis, secret_key: str, key_prefix: str, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._redis = redis
        self._prefix = f"{key_prefix}:cache:"
        self._clock = clock
        self._json = AuthenticatedJson(secret_key, "cache", MAX_VALUE_BYTES)

    def get(self, key: str) -> object:
        """Return the value, or ``None``."""
        from redis.exceptions import ResponseError  # noqa: PLC0415 -- an optional dependency

        try:
            # GETRANGE, so that no value is read that is larger than any of ours.
            data = self._redis.getrange(self._prefix + key, 0, MAX_VALUE_BYTES)
        except ResponseError:
            report_unverified("cache", _kind(key), "not a string")
            return None
        return self._read(key, data) if isinstance(data, bytes) and data else None

    def set(self, key: str, value: object, timeout: int | timedelta | None = None) -> bool:
        """Store ``value`` for ``timeout`` seconds; return ``False`` if it is too large."""
        return self._store(key, value, timeout, only_new=False)

    def add(self, key: str, value: object, timeout: int | timedelta | None = None) -> bool:
        """Store ``value`` unless the key exists."""
        return self._store(key, value, timeout, only_new=True)

    def delete(self, key: str) -> bool:
        """Delete the value and the counter."""
        return bool(self._redis.delete(self._prefix + key, self._counter(key)))

    def inc(self, key: str, delta: int = 1) -> int:
        """Increment a counter. Counters are separate from values: :meth:`get` does not return them."""
        with self._redis.pipeline() as pipeline:
            pipeline.incrby(self._counter(key), delta)
            pipeline.expire(self._counter(key), COUNTER_SECONDS)
            return int(pipeline.execute()[0])

    def _counter(self, key: str) -> str:
        return f"{self._prefix}counter:{key}"

    def _store(self, key: str, value: object, timeout: int | timedelta | None, *, only_new: bool) -> bool:
        seconds = self._normalize_timeout(timeout)
        entry = {"until": self._clock() + seconds if seconds else None, "value": value}
        try:
            data = self._json.dumps(key, entry)
        except ValueError as error:
            log.warning("shared.not_stored", entry=_kind(key), reason=str(error))
            return False
        return bool(self._redis.set(self._prefix + key, data, ex=seconds or None, nx=only_new))

    def _read(self, key: str, data: bytes) -> object:
        try:
            entry = self._json.loads(key, data)
        except Unauthenticated as error:
            report_unverified("cache", _kind(key), str(error))
            return None
        if not isinstance(entry, dict) or (entry["until"] is not None and entry["until"] < self._clock()):
            return None
        value: object = entry["value"]
        return value


def _kind(key: str) -> str:
    """Return what is stored under ``key``, without the part that names a platform."""
    return key.partition(":")[0][:40]


class SharedCache(BaseCache):
    """A cache in Redis, with one in memory as fallback."""

    def __init__(self, redis: BaseCache, fallback: Fallback) -> None:
        super().__init__()
        self._redis = redis
        self._fallback = fallback
        self._local = SimpleCache(threshold=CACHE_ENTRIES)

    @property
    def shared(self) -> bool:
        """Whether Redis responded to the last call."""
        return self._fallback.shared

    def get(self, key: str) -> object:
        """Return the value, or ``None``."""
        return self._fallback.call(lambda: self._redis.get(key), lambda: self._local.get(key))

    def set(self, key: str, value: object, timeout: int | timedelta | None = None) -> bool | None:
        """Store ``value`` for ``timeout`` seconds."""
        return self._fallback.call(
            lambda: self._redis.set(key, value, timeout), lambda: self._local.set(key, value, timeout)
        )

    def add(self, key: str, value: object, timeout: int | timedelta | None = None) -> bool:
        """Store ``value`` unless the key exists."""
        return self._fallback.call(
            lambda: self._redis.add(key, value, timeout), lambda: self._local.add(key, value, timeout)
        )

    def delete(self, key: str) -> bool:
        """Delete the value."""
        return self._fallback.call(lambda: self._redis.delete(key), lambda: self._local.delete(key))

    def inc(self, key: str, delta: int = 1) -> int | None:
        """Increment a counter."""
        return self._fallback.call(lambda: self._redis.inc(key, delta), lambda: self._local.inc(key, delta))


class SharedRateLimit:
    """A rate limit, shared by all processes; each counts for itself while Redis is unreachable."""

    def __init__(self, storage: Storage, fallback: Fallback, strategy: type[RateLimiter]) -> None:
        self._fallback = fallback
        self._shared = strategy(storage)
        self._local = strategy(MemoryStorage())

    def hit(self, limit: RateLimitItem, *names: str) -> bool:
        """Count one call; return ``False`` if it exceeds the limit."""
        return self._fallback.call(lambda: self._shared.hit(limit, *names), lambda: self._local.hit(limit, *names))

    def clear(self, limit: RateLimitItem, *names: str) -> None:
        """Restart the count."""
        self._fallback.call(lambda: self._shared.clear(limit, *names), lambda: self._local.clear(limit, *names))


def shared_cache(url: str, secret_key: str, key_prefix: str) -> BaseCache:
    """Return the cache at ``url``."""
    if url.startswith("memory://"):
        return SimpleCache(threshold=CACHE_ENTRIES)
    from redis import Redis  # noqa: PLC0415 -- an optional dependency
    from redis.exceptions import RedisError  # noqa: PLC0415 -- as above

    redis = AuthenticatedRedisCache(Redis.from_url(url, **REDIS_SECONDS), secret_key, key_prefix)
    return SharedCache(redis, Fallback("cache", (RedisError, OSError)))


def shared_rate_limit(
    url: str, key_prefix: str, strategy: type[RateLimiter] = MovingWindowRateLimiter
) -> SharedRateLimit:
    """Return the rate limit stored at ``url``; raise :class:`SettingsError` if it can't store one."""
    try:
        storage = (
            MemoryStorage()
            if url.startswith("memory://")
            else storage_from_string(url, key_prefix=f"{key_prefix}:limit", **REDIS_SECONDS)
        )
    except ConfigurationError as error:
        raise SettingsError("LTI_TOOL_CACHE_URL must begin with memory:// or redis://") from error
    if not isinstance(storage, Storage):
        raise SettingsError("LTI_TOOL_CACHE_URL must name a storage that does not need asyncio")
    errors = storage.base_exceptions
    redis_errors = errors if isinstance(errors, tuple) else (errors,)
    fallback = Fallback("limits", () if url.startswith("memory://") else (*redis_errors, OSError))
    return SharedRateLimit(storage, fallback, strategy)
