"""Rate limits for public addresses. Generous, because a whole university may share one IP address.

Counted in fixed windows of a minute in the shared cache; per process while it is unavailable.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from lti_tool.security.encryption import fingerprint
from lti_tool.services.operations.shared_cache import SharedRateLimit, shared_rate_limit

RETRY_AFTER = 60
"""Seconds."""

LOGINS = 6000
"""Logins per minute from one IP address."""

PLATFORM_LOGINS = 12_000
"""Logins per minute for one issuer and client ID, so that a flood for one school doesn't slow down the others."""

FAILURES = 600
"""Failed requests per minute and endpoint from one IP address.

Counts failures only: guessing links is stopped, while a full lecture hall behind one NAT is not throttled.
"""

P = ParamSpec("P")
R = TypeVar("R")


def init_app(app: Flask, cache_url: str, key_prefix: str) -> None:
    """Create the rate limiter; raise :class:`~lti_tool.errors.SettingsError` for an unsupported ``cache_url``."""
    app.extensions["rate_limit"] = shared_rate_limit(cache_url, key_prefix, FixedWindowRateLimiter)


def limit_logins(view: Callable[P, R]) -> Callable[P, R]:
    """Limit a view that starts logins, by IP address and by platform."""

    @wraps(view)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        platform = fingerprint(f"{request.values.get('iss', '')!r} {request.values.get('client_id', '')!r}")
        _hit(LOGINS, "login", request.remote_addr or "")
        _hit(PLATFORM_LOGINS, "platform", platform)
        return view(*args, **kwargs)

    return limited


def limit_failures(view: Callable[P, R]) -> Callable[P, R]:
    """Limit how often a view may fail for one IP address."""

    @wraps(view)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        limit = RateLimitItemPerMinute(FAILURES)
        key = ("failure", str(request.endpoint), request.remote_addr or "")
        if not _rate_limit().test(limit, *key):
            raise TooManyRequests(retry_after=RETRY_AFTER)
        try:
            response = view(*args, **kwargs)
        except Exception:
            _rate_limit().hit(limit, *key)
            raise
        if getattr(response, "status_code", HTTPStatus.OK) >= HTTPStatus.BAD_REQUEST:
            _rate_limit().hit(limit, *key)
        return response

    return limited


def _hit(per_minute: int, *key: str) -> None:
    if not _rate_limit().hit(RateLimitItemPerMinute(per_minute), *key):
        raise TooManyRequests(retry_after=RETRY_AFTER)


def _rate_limit() -> SharedRateLimit:
    return cast("SharedRateLimit", current_app.extensions["rate_limit"])
