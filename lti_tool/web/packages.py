"""What an LMS fetches. Its job server shows no credential: the capability is all (facts: lms-behaviour §1.3)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lti_tool.web.current_launch import services
from lti_tool.web.files import send_package

bp = Blueprint("packages", __name__, url_prefix="/packages")


@bp.get("/<capability>/<name>")
def fetch(capability: str, name: str) -> Response:  # noqa: ARG001 -- an LMS reads its ending
    """Send the package, as often as it is asked for, under whatever name."""
    package = services().packages.fetch(capability, count=request.method == "GET")
    return send_package(package)
