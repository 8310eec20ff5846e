"""Hooks around every request: its ID for the log and error pages, security headers, and the access log."""

from __future__ import annotations

import secrets
import time
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

from lti_tool.security.headers import PagePolicy, security_headers
from lti_tool.web.current_launch import current_launch_or_none, services
from lti_tool.web.public_address import RECEIVED_SCHEME

log = structlog.get_logger(__name__)

CROSS_ORIGIN_ENDPOINTS = ("lti.jwks", "packages.fetch")
"""Endpoints that other sites may load."""

UNLOGGED_ENDPOINTS = ("static", "site.health", "health.ready", "health.metrics")

DEFAULT_POLICY = PagePolicy()

_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Register the hooks."""
    # A URL preprocessor runs before those of the blueprints, so that their errors have a request ID too.
    app.url_value_preprocessor(_start)
    app.after_request(_finish)


def _start(_endpoint: str | None, _values: dict[str, str] | None) -> None:
    g.request_id = secrets.token_hex(6)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)
    services().proxy_watch.notice(request.environ[RECEIVED_SCHEME], request.headers.get)


def _finish(response: Response) -> Response:
    """Complete the response. It is logged before a script's redirect becomes something else."""
    _log(response)
    _add_headers(response)
    if request.headers.get("X-Redirect") == "tell" and response.status_code == HTTPStatus.SEE_OTHER:
        _report_redirect(response)
    return response


def _add_headers(response: Response) -> None:
    """Add the headers of the page's policy; a header that the view has set wins."""
    if request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
        _cache_static(response)
    elif request.endpoint in CROSS_ORIGIN_ENDPOINTS:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    policy = security_headers(g.get("policy", DEFAULT_POLICY), secure=services().settings.secure)
    set_by_view = {name.lower() for name, _ in response.headers}
    for name, value in policy.items():
        if name.lower() not in set_by_view:
            response.headers.add(name, value)


def _report_redirect(response: Response) -> None:
    """Return a redirect's address to a script that asks for it: ``fetch`` would follow it and hide its fragment."""
    response.headers["X-Location"] = response.headers.pop("Location")
    response.status_code = HTTPStatus.NO_CONTENT
    response.set_data(b"")


def _cache_static(response: Response) -> None:
    """Cache a static file forever if its URL has the hash of its content."""
    if "v" in request.args and response.status_code == HTTPStatus.OK:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"


def _log(response: Response) -> None:
    """Log one line per request, with the URL rule instead of the path, which may contain secrets."""
    if request.endpoint in UNLOGGED_ENDPOINTS:
        return
    launch = current_launch_or_none()
    log.info(
        "request",
        method=request.method,
        rule=str(request.url_rule or ""),
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        launch=launch.launch_id if launch else None,
    )
