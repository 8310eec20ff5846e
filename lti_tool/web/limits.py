"""Limits for addresses that anybody can call. Generous: a whole university may come from one address."""

from __future__ import annotations

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

LOGINS = "6000 per minute"
"""Each one writes a row, so each one counts."""

FAILURES = "600 per minute"
"""For the rest only what fails is counted: guessing is stopped, and a full lecture hall is not."""


def init_app(app: Flask, storage_url: str) -> None:
    """Limit by address; the counters live in the shared cache, in memory while that is away."""
    limiter = Limiter(get_remote_address, storage_uri=storage_url, in_memory_fallback_enabled=True)
    limiter.init_app(app)
    # It keeps the limits by the view's name and looks them up before each request: what it returns is not needed.
    limiter.limit(LOGINS)(app.view_functions["lti.login"])
    for endpoint in ("lti.launch", "packages.fetch", "embed.returned"):
        limiter.limit(FAILURES, deduct_when=_failed)(app.view_functions[endpoint])


def _failed(response: Response) -> bool:
    return response.status_code >= 400
