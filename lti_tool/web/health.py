"""What machines ask: whether teachers can be served, and how things go."""

from __future__ import annotations

import secrets

from flask import Blueprint, Flask, Response, abort, g, jsonify, request

from config.settings import Environment
from lti_tool.services.operations.metrics import CONTENT_TYPE, LAUNCHES
from lti_tool.web.current_launch import services
from lti_tool.web.http import the

bp = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Put the addresses into ``app``, and count its launches."""
    app.register_blueprint(bp)
    app.after_request(_count_launch)


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Say what works: 200 while teachers can be served, 503 while they cannot."""
    readiness = services().health.readiness()
    return jsonify(readiness.to_json()), 200 if readiness.ready else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Tell Prometheus, if it shows the token; 404 to everybody else."""
    _watchers_only()
    return Response(services().metrics.text(), content_type=CONTENT_TYPE)


def _watchers_only() -> None:
    settings = services().settings
    token = settings.metrics_token.get_secret_value()
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(shown.encode(), token.encode()):
        return
    if token or settings.environment is Environment.PRODUCTION:
        abort(404)


def _count_launch(response: Response) -> Response:
    asked = the(request)
    if asked.endpoint == "lti.launch" and asked.method == "POST":
        held = the(g)
        LAUNCHES.labels(held.get("refused") or held.get("launch_outcome", "refused")).inc()
    return response
