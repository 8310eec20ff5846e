"""The tool's own pages: what it is, for administrators, and whether it lives, for machines."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

bp = Blueprint("site", __name__, template_folder="templates")


@bp.get("/")
def about() -> str:
    """Show the addresses that an administrator pastes into an LMS."""
    return render_template("about.html")


@bp.get("/healthz")
def health() -> Response:
    """Say that this process answers. Asks nobody: starting it again would mend no database (that is ``/readyz``)."""
    return jsonify(status="ok")
