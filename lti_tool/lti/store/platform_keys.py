"""The public keys of platforms: fetched, kept, fetched again when a platform has rotated.

Ours instead of PyLTI1p3's cache because there a rotation is an outage of two hours, and one answer of an ailing
platform is kept as its keys (facts: pylti1p3 D10 to D14).
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
KEPT_SECONDS = 7 * 24 * 3600
"""How long keys serve while their platform is down."""
PAUSE_SECONDS = 15
"""How long an address is left alone after it was asked: unknown key ids and dead platforms cost one call."""
MINIMUM_BITS = 2048


class _KeySet(TypedDict):
    fetched_at: float
    keys: list[JsonKey]


class PlatformKeys:
    """Finds the key with which a platform signed. Shared between threads; ``cache`` also between machines.

    ``clock`` gives seconds since 1970.
    """

    def __init__(self, http: requests.Session, cache: BaseCache, *, clock: Callable[[], float] = time.time) -> None:
        self._http, self._cache, self._clock = http, cache, clock
        self._locks: dict[str, Lock] = {}

    def find(self, jwks_url: str, kid: str) -> RSAPublicKey:
        """Return the key ``kid`` of the platform whose key set is at ``jwks_url``.

        Raises :class:`KeyUnknown`, :class:`KeyTooWeak`, :class:`KeysUnreachable` or :class:`KeysUnreadable`.
        """
        held = self._held(jwks_url)
        key = _choose(held, kid)
        if key is None:
            key = self._fetched(jwks_url, kid)
        elif self._age(held) > FRESH_SECONDS:
            key = self._refreshed(jwks_url, kid, key)
        return _public(key)

    def _fetched(self, url: str, kid: str) -> JsonKey:
        """Fetch, one thread at a time; the others wait and take what it brought."""
        with self._locks.setdefault(url, Lock()):
            held = self._held(url)
            if held is None or self._age(held) > PAUSE_SECONDS:
                held = self._fetch(url)
        key = _choose(held, kid)
        if key is None:
            raise KeyUnknown(f"kid {kid[:100]!r} is not at {url}")
        return key

    def _refreshed(self, url: str, kid: str, old: JsonKey) -> JsonKey:
        """Fetch again, but go on with the old key if the platform is down or another thread is at it."""
        lock = self._locks.setdefault(url, Lock())
        if not lock.acquire(blocking=False):
            return old
        try:
            held = self._fetch(url)
        except PlatformKeysError:
            return old
        finally:
            lock.release()
        key = _choose(held, kid)
        if key is None:
            raise KeyUnknown(f"kid {kid[:100]!r} is no longer at {url}")
        return key

    def _fetch(self, url: str) -> _KeySet:
        """Fetch and keep. A failure is remembered for a moment, so that a dead platform does not hold all workers."""
        failed = f"jwks-failed:{fingerprint(url)}"
        if self._cache.get(failed) is not None:
            raise KeysUnreachable(f"{url} failed a moment ago")
        try:
            found = _KeySet(fetched_at=self._clock(), keys=fetch_keys(self._http, url))
        except PlatformKeysError:
            self._cache.set(failed, 1, timeout=PAUSE_SECONDS)
            raise
        self._cache.set(_cache_name(url), found, timeout=KEPT_SECONDS)
        return found

    def _held(self, url: str) -> _KeySet | None:
        held: _KeySet | None = self._cache.get(_cache_name(url))
        return held

    def _age(self, held: _KeySet | None) -> float:
        return self._clock() - held["fetched_at"] if held else float("inf")


def _cache_name(url: str) -> str:
    return f"jwks:{fingerprint(url)}"


def usable(keys: Iterable[JsonKey]) -> list[str]:
    """Return the ids of those ``keys`` with which a launch may be signed."""
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


def _choose(held: _KeySet | None, kid: str) -> JsonKey | None:
    keys = held["keys"] if held else []
    return next((key for key in keys if key.get("kid") == kid and _may_verify(key)), None)


def _may_verify(key: JsonKey) -> bool:
    """``alg`` and ``use`` are optional in a JWK (RFC 7517 §4.2, §4.4): absent is fine, another one is not."""
    return key.get("kty") == "RSA" and key.get("alg") in (None, "RS256") and key.get("use") in (None, "sig")


@lru_cache(maxsize=1000)
def _public_key(modulus: str, exponent: str) -> RSAPublicKey:
    """Read the public part; a set that shows private parts by mistake is still read as public."""
    try:
        public = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent})
    except (InvalidKeyError, ValueError, TypeError, AttributeError) as error:
        raise KeyUnknown(f"the key cannot be read: {type(error).__name__}") from error
    if not isinstance(public, RSAPublicKey) or public.key_size < MINIMUM_BITS:
        raise KeyTooWeak
    return public
