"""The tool's own pages: addresses for LMS administrators, and liveness."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template

from lti_tool._version import __version__
from lti_tool.web.theme import rgb, style_sheet

bp = Blueprint("site", __name__)


@bp.get("/")
def about() -> str:
    """Show the URLs that an administrator pastes into an LMS."""
    return render_template("about.html")


@bp.get("/theme/<color>.css")
def theme(color: str) -> Response:
    """Return a platform's colour as a style sheet."""
    value = rgb(color)
    if value is None:
        abort(404)
    response = Response(style_sheet(value), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=604800"
    return response


@bp.get("/healthz")
def health() -> Response:
    """Return 200 while this process responds. The database is checked by ``/readyz``: a restart wouldn't fix it."""
    return jsonify(status="ok", version=__version__)
