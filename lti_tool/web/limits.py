"""Limits for addresses that anybody can call. Generous: a whole university may come from one address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

if TYPE_CHECKING:
    from flask.typing import RouteCallable

LOGINS = "6000 per minute"
"""Each one writes a row, so each one counts."""

FAILURES = "600 per minute"
"""For the rest only what fails is counted: guessing is stopped, and a full lecture hall is not."""


def init_app(app: Flask, storage_url: str) -> None:
    """Limit by address; the counters live in the shared cache, in memory while that is away."""
    limiter = Limiter(get_remote_address, storage_uri=storage_url, in_memory_fallback_enabled=True)
    limiter.init_app(app)
    _limit(app, "lti.login", limiter.limit(LOGINS))
    for endpoint in ("lti.launch", "packages.fetch", "embed.returned", "registration.register"):
        _limit(app, endpoint, limiter.limit(FAILURES, deduct_when=_failed))


def _limit(app: Flask, endpoint: str, limit: Callable[[RouteCallable], object]) -> None:
    app.view_functions[endpoint] = cast("RouteCallable", limit(app.view_functions[endpoint]))


def _failed(response: Response) -> bool:
    return response.status_code >= 400
