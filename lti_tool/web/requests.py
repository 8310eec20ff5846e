"""What surrounds every request: an id in the log and on error pages, and the headers of its answer."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus

import structlog
from flask import Flask, g, request

from lti_tool.security.headers import PagePolicy, security_headers
from lti_tool.web.current_launch import services
from lti_tool.web.http import Response, the

log = structlog.get_logger(__name__)

PUBLIC = ("lti.jwks", "packages.fetch")
"""What other machines and sites may fetch."""

STRICT = PagePolicy()
"""Of a page that says nothing of itself."""

_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Surround every request."""
    # Before the address is taken apart: what fails there is told with its id too.
    app.url_value_preprocessor(_begin)
    app.after_request(_secure)
    app.after_request(_log)


def _begin(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    held = the(g)
    held.request_id, held.began = secrets.token_hex(6), time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=held.request_id)


def _secure(response: Response) -> Response:
    endpoint = the(request).endpoint
    if endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        _keep_static(response)
    elif endpoint in PUBLIC:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.protection = _protection(the(g).get("policy", STRICT), secure=services().settings.secure)
    return response


@lru_cache(maxsize=1000)
def _protection(policy: PagePolicy, *, secure: bool) -> Mapping[str, tuple[str, str]]:
    headers = {**security_headers(policy, secure=secure), "Cache-Control": "no-store"}
    return {name.lower(): (name, value) for name, value in headers.items()}


def _keep_static(response: Response) -> None:
    """A file that is asked for by its content's hash never changes."""
    if "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"


def _log(response: Response) -> Response:
    """One line a request. The route's rule stands for the path, which may hold secrets."""
    asked, held = the(request), the(g)
    if asked.endpoint not in ("static", "site.health", "health.ready", "health.metrics"):
        visit = held.get("visit")
        log.info(
            "request",
            method=asked.method,
            rule=str(asked.url_rule or ""),
            status=response.status_code,
            milliseconds=round((time.perf_counter() - held.get("began", time.perf_counter())) * 1000, 1),
            launch=visit.launch_id if visit else None,
        )
    return response
