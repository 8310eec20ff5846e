"""Cache of the platforms' public keys, refreshed after a rotation.

It replaces PyLTI1p3's cache, in which a rotation means an outage of two hours and an error response is cached as the
platform's keys (see docs/reference/pylti1p3.md, D10 to D14).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import TypedDict

import requests
from cachelib.base import BaseCache
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from lti_tool.lti.jwks_fetch import JsonKey, fetch_keys
from lti_tool.lti.protocol.errors import KeysUnreachable, PlatformKeysError
from lti_tool.lti.protocol.token_errors import KeyTooWeak, KeyUnknown
from lti_tool.security.encryption import fingerprint

FRESH_SECONDS = 3600
STALE_SECONDS = 7 * 24 * 3600
"""How long keys are used while their platform is down."""
PAUSE_SECONDS = 15
"""Pause between two requests to a key set: unknown key ids and dead platforms cost one request."""
MINIMUM_BITS = 2048


class _KeySet(TypedDict):
    fetched_at: float
    keys: list[JsonKey]


class PlatformKeys:
    """Finds the key with which a platform has signed. Threads share it; machines share ``cache``.

    ``clock`` gives seconds since 1970.
    """

    def __init__(self, http: requests.Session, cache: BaseCache, *, clock: Callable[[], float] = time.time) -> None:
        self._http = http
        self._cache = cache
        self._clock = clock
        self._locks: dict[str, Lock] = {}

    def find(self, jwks_url: str, kid: str) -> RSAPublicKey:
        """Return the key ``kid`` of the platform whose key set is at ``jwks_url``.

        Raises :class:`KeyUnknown`, :class:`KeyTooWeak`, :class:`KeysUnreachable` or :class:`KeysUnreadable`.
        """
        cached = self._cached(jwks_url)
        key = _choose(cached, kid)
        if key is None:
            key = self._fetch_key(jwks_url, kid)
        elif self._age(cached) > FRESH_SECONDS:
            key = self._refresh_key(jwks_url, kid, key)
        return _public(key)

    def are_stale(self, jwks_url: str, launched_at: float) -> bool:
        """Return whether a launch at ``launched_at`` was verified with old keys: newer ones can't be downloaded."""
        key_set = self._cached(jwks_url)
        return key_set is not None and launched_at - key_set["fetched_at"] > FRESH_SECONDS + PAUSE_SECONDS

    def _fetch_key(self, url: str, kid: str) -> JsonKey:
        """Download the key set in one thread; the others wait and use the result."""
        with self._locks.setdefault(url, Lock()):
            key_set = self._cached(url)
            if key_set is None or self._age(key_set) > PAUSE_SECONDS:
                key_set = self._fetch(url)
        key = _choose(key_set, kid)
        if key is None:
            raise KeyUnknown(f"kid {kid[:100]!r} is not at {url}")
        return key

    def _refresh_key(self, url: str, kid: str, old: JsonKey) -> JsonKey:
        """Download again; use the old key if the platform is down or another thread is downloading."""
        lock = self._locks.setdefault(url, Lock())
        if not lock.acquire(blocking=False):
            return old
        try:
            key_set = self._fetch(url)
        except PlatformKeysError:
            return old
        finally:
            lock.release()
        key = _choose(key_set, kid)
        if key is None:
            raise KeyUnknown(f"kid {kid[:100]!r} is no longer at {url}")
        return key

    def _fetch(self, url: str) -> _KeySet:
        """Download and cache. A failure is cached for a moment, so that a dead platform does not block all workers."""
        failed = f"jwks-failed:{fingerprint(url)}"
        if self._cache.get(failed) is not None:
            raise KeysUnreachable(f"{url} failed a moment ago")
        try:
            key_set = _KeySet(fetched_at=self._clock(), keys=fetch_keys(self._http, url))
        except PlatformKeysError:
            self._cache.set(failed, 1, timeout=PAUSE_SECONDS)
            raise
        self._cache.set(_cache_name(url), key_set, timeout=STALE_SECONDS)
        return key_set

    def _cached(self, url: str) -> _KeySet | None:
        key_set: _KeySet | None = self._cache.get(_cache_name(url))
        return key_set

    def _age(self, key_set: _KeySet | None) -> float:
        return self._clock() - key_set["fetched_at"] if key_set else float("inf")


def _cache_name(url: str) -> str:
    return f"jwks:{fingerprint(url)}"


def usable_key_ids(keys: Iterable[JsonKey]) -> list[str]:
    """Return the ids of the ``keys`` that may sign a launch."""
    return [str(key["kid"]) for key in keys if isinstance(key.get("kid"), str) and _may_verify(key) and _readable(key)]


def _readable(key: JsonKey) -> bool:
    try:
        _public(key)
    except (KeyUnknown, KeyTooWeak):
        return False
    return True


def _public(key: JsonKey) -> RSAPublicKey:
    modulus, exponent = key.get("n"), key.get("e")
    if not isinstance(modulus, str) or not isinstance(exponent, str):
        raise KeyUnknown("the key has no numbers")
    return _public_key(modulus, exponent)


def _choose(key_set: _KeySet | None, kid: str) -> JsonKey | None:
    keys = key_set["keys"] if key_set else []
    return next((key for key in keys if key.get("kid") == kid and _may_verify(key)), None)


def _may_verify(key: JsonKey) -> bool:
    """Accept a missing ``alg`` or ``use``, which are optional (RFC 7517 §4.2, §4.4), but no other value."""
    return key.get("kty") == "RSA" and key.get("alg") in (None, "RS256") and key.get("use") in (None, "sig")


@lru_cache(maxsize=1000)
def _public_key(modulus: str, exponent: str) -> RSAPublicKey:
    """Return the public key; private parts that a set exposes by mistake are ignored."""
    try:
        public = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent})
    except (InvalidKeyError, ValueError, TypeError, AttributeError) as error:
        raise KeyUnknown(f"the key cannot be read: {type(error).__name__}") from error
    if not isinstance(public, RSAPublicKey) or public.key_size < MINIMUM_BITS:
        raise KeyTooWeak
    return public
