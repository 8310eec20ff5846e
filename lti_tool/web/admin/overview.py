"""What needs attention now, and what happened lately."""

from __future__ import annotations

from flask import render_template

from lti_tool.web.admin.blueprint import bp
from lti_tool.web.current_launch import services


@bp.get("/")
def overview() -> str:
    """Show the state of the tool and of its platforms."""
    return render_template("admin/overview.html", readiness=services().health.readiness())
