"""Limits for addresses that anybody can call. Generous: a whole university may come from one address.

Counted by the minute in the shared cache; by each process alone while that is away, or where there is none.
Flask-Limiter would do it too, at a quarter of what a whole launch costs: its counters in memory start threads.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, request
from limits.errors import ConfigurationError
from limits.storage import Storage, storage_from_string
from werkzeug.exceptions import TooManyRequests

from lti_tool.errors import SettingsError
from lti_tool.security.encryption import fingerprint
from lti_tool.services.operations.shared_cache import REDIS_SECONDS, Fallback
from lti_tool.web.http import the

if TYPE_CHECKING:
    from flask.typing import RouteCallable

WINDOW = 60
"""Seconds."""
LOGINS = 6000
"""A minute, from one address. Each one writes a row, so each one counts."""

LOGIN_ENDPOINTS = ("lti.login", "proof.window")

PLATFORM_LOGINS = 12_000
"""A minute, of one issuer and client: a school that is played with does not slow the others down."""

FAILURES = 600
"""A minute, from one address. For the rest only what fails is counted: guessing is stopped, a full hall is not."""

COUNT_FAILURES = (
    *("lti.launch", "lti.launched_by_hand", "proof.take"),
    *("packages.fetch", "embed.returned", "registration.register"),
)


class Counters:
    """What was counted in this minute, by name."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._lock = clock, Lock()
        self._window, self._counts = 0, Counter[str]()

    def count(self, name: str) -> int:
        """Count one more and return how many there are."""
        with self._lock:
            self._turn()
            self._counts[name] += 1
            return self._counts[name]

    def seen(self, name: str) -> int:
        """Return how many there are."""
        with self._lock:
            self._turn()
            return self._counts[name]

    def _turn(self) -> None:
        window = int(self._clock() // WINDOW)
        if window != self._window:
            self._window, self._counts = window, Counter()


class SharedCounters(Counters):
    """The same for all processes together."""

    def __init__(self, storage: Storage) -> None:
        super().__init__()
        errors = storage.base_exceptions
        away = errors if isinstance(errors, tuple) else (errors,)
        self._storage, self._fallback = storage, Fallback("limits", (*away, OSError))

    def count(self, name: str) -> int:
        """Count one more."""
        own = super().count
        return self._fallback.call(lambda: self._storage.incr(f"limit:{name}", WINDOW), lambda: own(name))

    def seen(self, name: str) -> int:
        """Return how many there are."""
        own = super().seen
        return self._fallback.call(lambda: self._storage.get(f"limit:{name}"), lambda: own(name))


def init_app(app: Flask, storage_url: str) -> None:
    """Limit the public addresses of ``app``."""
    counters = _counters(storage_url)
    for endpoint in LOGIN_ENDPOINTS:
        _wrap(app, endpoint, lambda view: _limit_logins(view, counters))
    for endpoint in COUNT_FAILURES:
        _wrap(app, endpoint, lambda view: _limit_failures(view, counters))


def _counters(url: str) -> Counters:
    if url.startswith("memory://"):
        return Counters()
    try:
        storage = storage_from_string(url, **REDIS_SECONDS)
    except ConfigurationError as error:
        raise SettingsError("LTI_TOOL_CACHE_URL must begin with memory:// or redis://") from error
    if not isinstance(storage, Storage):
        raise SettingsError("LTI_TOOL_CACHE_URL must name a storage that does not need asyncio")
    return SharedCounters(storage)


def _limit_logins(view: Callable[..., Response], counters: Counters) -> Callable[..., Response]:
    @wraps(view)
    def limited(**values: str) -> Response:
        asked = the(request)
        platform = fingerprint(f"{asked.values.get('iss', '')!r} {asked.values.get('client_id', '')!r}")
        if counters.count(f"login:{asked.remote_addr}") > LOGINS or counters.count(platform) > PLATFORM_LOGINS:
            raise TooManyRequests(retry_after=WINDOW)
        return view(**values)

    return limited


def _limit_failures(view: Callable[..., Response], counters: Counters) -> Callable[..., Response]:
    @wraps(view)
    def limited(**values: str) -> Response:
        asked = the(request)
        name = f"{asked.endpoint}:{asked.remote_addr}"
        if counters.seen(name) >= FAILURES:
            raise TooManyRequests(retry_after=WINDOW)
        try:
            response = view(**values)
        except Exception:
            counters.count(name)
            raise
        if getattr(response, "status_code", HTTPStatus.OK) >= HTTPStatus.BAD_REQUEST:
            counters.count(name)
        return response

    return limited


def _wrap(app: Flask, endpoint: str, limit: Callable[[Callable[..., Response]], Callable[..., Response]]) -> None:
    view = cast("Callable[..., Response]", app.view_functions[endpoint])
    app.view_functions[endpoint] = cast("RouteCallable", limit(view))
