"""Readiness and metrics for monitoring."""

from __future__ import annotations

import secrets

from flask import Blueprint, Flask, Response, abort, g, jsonify, request

from config.settings import Environment
from lti_tool.services.counters import LAUNCHES
from lti_tool.services.operations.metrics import CONTENT_TYPE
from lti_tool.web.current_launch import services

bp = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Register the endpoints and the launch counter."""
    app.register_blueprint(bp)
    app.after_request(_count_launch)


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Return the checks: 200 if teachers can be served, otherwise 503."""
    readiness = services().health.readiness()
    return jsonify(readiness.to_json()), 200 if readiness.ready else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Return metrics for Prometheus; 404 without the token."""
    _require_metrics_token()
    return Response(services().metrics.text(), content_type=CONTENT_TYPE)


def _require_metrics_token() -> None:
    settings = services().settings
    token = settings.metrics_token.get_secret_value()
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(bearer.encode(), token.encode()):
        return
    if token or settings.environment is Environment.PRODUCTION:
        abort(404)


def _count_launch(response: Response) -> Response:
    if request.endpoint == "lti.launch" and request.method == "POST":
        LAUNCHES.labels(g.get("refused") or g.get("launch_outcome", "refused")).inc()
    return response
