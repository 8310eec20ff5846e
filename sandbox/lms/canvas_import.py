"""Canvas's "Import Course Content": download the tool's package and import its quizzes.

See docs/reference/lms-behaviour.md#canvas-content-migration.
"""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.lms.canvas_content import Migration
from sandbox.lms.canvas_queue import run
from sandbox.lms.session import current_lms, require_teacher
from sandbox.lms.state import Lms

bp = Blueprint("canvas_import", __name__, url_prefix="/canvas")
TOOL_TYPE = "context_external_tool_1"


@bp.get("/courses/1/content_migrations")
def show() -> str:
    """Show the form and the results of earlier imports."""
    require_teacher()
    lms = current_lms()
    return render_template("canvas_import.html", migrations=lms.canvas.migrations, tool_type=TOOL_TYPE)


@bp.post("/courses/1/content_migrations")
def start() -> Response:
    """Run one import. Canvas queues it; here it has finished when the page is shown."""
    require_teacher()
    run_migration(current_lms(), request.form.get("settings[file_url]", "").strip())
    return make_response(redirect(url_for("canvas_import.show"), 303))


def run_migration(lms: Lms, file_url: str) -> Migration:
    """Download and import a package; on failure, return a failed migration with Canvas's message."""
    with lms.canvas_lock:
        migration = Migration(lms.canvas.first_id + len(lms.canvas.migrations), file_url, "running")
        lms.canvas.migrations.append(migration)
        run(lms, migration)
        return migration
