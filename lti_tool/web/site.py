"""The tool's own pages: what it is, for administrators, and whether it is well, for machines."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, render_template
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.models import db

bp = Blueprint("site", __name__, template_folder="templates")
log = structlog.get_logger(__name__)


@bp.get("/")
def about() -> str:
    """Show the addresses that an administrator pastes into an LMS."""
    return render_template("about.html")


@bp.get("/healthz")
def health() -> tuple[Response, int]:
    """Say whether the tool can serve: 200, or 503 while the database does not answer."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.warning("health.database", error=type(error).__name__)
        return jsonify(status="database away"), 503
    return jsonify(status="ok"), 200
