"""What surrounds every request: an id in the log and on error pages, and the headers of its answer."""

from __future__ import annotations

import secrets
import time
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

from lti_tool.security.headers import PagePolicy, security_headers
from lti_tool.web.visit import perhaps_visit, services

log = structlog.get_logger(__name__)

PUBLIC = ("lti.jwks", "packages.fetch")
"""What other machines and sites may fetch."""

_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Surround every request."""
    # Before the address is taken apart: what fails there is told with its id too.
    app.url_value_preprocessor(_begin)
    app.after_request(_secure)
    app.after_request(_log)


def _begin(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    g.request_id, g.began = secrets.token_hex(6), time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _secure(response: Response) -> Response:
    headers, endpoint = response.headers, request.endpoint
    if endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        _keep_static(response)
    elif endpoint in PUBLIC:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    given = {name.lower() for name, _ in headers}
    ours = security_headers(g.get("policy", PagePolicy()), secure=services().settings.secure)
    headers.extend([(name, value) for name, value in ours.items() if name.lower() not in given])
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def _keep_static(response: Response) -> None:
    """A file that is asked for by its content's hash never changes."""
    if "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"


def _log(response: Response) -> Response:
    """One line a request. The route's rule stands for the path, which may hold secrets."""
    if request.endpoint not in ("static", "site.health", "health.ready", "health.metrics"):
        visit = perhaps_visit()
        log.info(
            "request",
            method=request.method,
            rule=str(request.url_rule or ""),
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            launch=visit.launch_id if visit else None,
        )
    return response
