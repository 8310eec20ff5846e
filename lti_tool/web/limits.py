"""Rate limits for public addresses.

A whole university may share one IP address, so only failures are limited: a request that verifies is always served,
whatever others behind the same address send. What these requests carry is signed, or too long to guess. A login can't
be verified, but stores nothing, and one from an unknown LMS fails.

Failures are counted in fixed windows of a minute, in the shared cache, or per process while that is unavailable.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from lti_tool.services.shared_cache import SharedRateLimit, shared_rate_limit

RETRY_AFTER = 60
"""Seconds."""

FAILURES = 600
"""Failed requests per minute and endpoint from one IP address that are answered with their own error page."""

P = ParamSpec("P")
R = TypeVar("R")


def init_app(app: Flask, cache_url: str, key_prefix: str) -> None:
    """Create the rate limiter; raise :class:`~lti_tool.errors.SettingsError` for an unsupported ``cache_url``."""
    app.extensions["rate_limit"] = shared_rate_limit(cache_url, key_prefix, FixedWindowRateLimiter)


def limit_failures(view: Callable[P, R]) -> Callable[P, R]:
    """Limit how often a view may fail for one IP address."""

    @wraps(view)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            response = view(*args, **kwargs)
        except Exception:
            _count_failure()
            raise
        if getattr(response, "status_code", HTTPStatus.OK) >= HTTPStatus.BAD_REQUEST:
            _count_failure()
        return response

    return limited


def _count_failure() -> None:
    """Count a failure of this endpoint and address; raise :class:`TooManyRequests` if there were too many."""
    key = ("failure", str(request.endpoint), request.remote_addr or "")
    if not _rate_limit().hit(RateLimitItemPerMinute(FAILURES), *key):
        raise TooManyRequests(retry_after=RETRY_AFTER)


def _rate_limit() -> SharedRateLimit:
    rate_limit: SharedRateLimit = current_app.extensions["rate_limit"]
    return rate_limit
