"""Package downloads by an LMS, whose job server has no credentials but the link.

See docs/reference/lms-behaviour.md#canvas-content-migration.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from lti_tool.web.current_launch import services
from lti_tool.web.files import send_package
from lti_tool.web.limits import limit_failures

bp = Blueprint("packages", __name__, url_prefix="/packages")


# The rule is a label of metrics, so the token keeps its name there.
@bp.get("/<capability>/<name>")
@limit_failures
def fetch(capability: str, name: str) -> Response:  # noqa: ARG001 -- for the LMS, which looks at the file extension
    """Send the package, any number of times and under any name."""
    package = services().packages.fetch(capability, count=request.method == "GET")
    return send_package(package)
