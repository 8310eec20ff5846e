"""Canvas's "Import Course Content": download the tool's package and import its quizzes.

See docs/reference/lms-behaviour.md#canvas-content-migration.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.importers import canvas_classic, new_quizzes
from sandbox.importers.archive import ImportRefused
from sandbox.importers.classic_model import ClassicImport
from sandbox.importers.new_quizzes_model import NewQuizzesQuiz
from sandbox.lms.fetch import MAX_PACKAGE_BYTES, FetchFailed, fetch
from sandbox.lms.session import current_lms, require_teacher
from sandbox.lms.state import CanvasQuiz, Lms, Migration

bp = Blueprint("canvas_import", __name__, url_prefix="/canvas")
EXTENSIONS = (".zip", ".imscc")
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
    migration = Migration(len(lms.canvas.migrations) + 1, file_url, "failed")
    lms.canvas.migrations.append(migration)
    try:
        data = _download(lms, file_url)
        migration.outcome = canvas_classic.read(data)
    except (FetchFailed, ImportRefused) as failure:
        migration.issues = (str(failure),)
        return migration
    migration.state = "completed"
    migration.issues = _issues(migration.outcome)
    _add_quizzes(lms, migration.outcome, data)
    return migration


def _download(lms: Lms, file_url: str) -> bytes:
    if not file_url:
        raise FetchFailed("File upload or URL is required")
    fetched = fetch(file_url, verify=lms.config.verify_tls, max_bytes=MAX_PACKAGE_BYTES)
    # Canvas takes the file name from the URL's path, and the type from the name.
    if PurePosixPath(urlsplit(file_url).path).suffix.lower() not in EXTENSIONS:
        raise FetchFailed("Unsupported content package")
    return fetched.body


def _issues(outcome: ClassicImport) -> tuple[str, ...]:
    missing = tuple(f"Missing file: {name}" for name in outcome.missing_files)
    return (*outcome.warnings, *outcome.errors, *missing)


def _add_quizzes(lms: Lms, outcome: ClassicImport, data: bytes) -> None:
    new, problem = _as_new_quizzes(data)
    for quiz in outcome.quizzes:
        number = len(lms.canvas.quizzes) + 1
        lms.canvas.quizzes.append(CanvasQuiz(number, quiz, outcome.media, new.get(quiz.ident), problem))


def _as_new_quizzes(data: bytes) -> tuple[dict[str, NewQuizzesQuiz], str]:
    try:
        return {quiz.ident: quiz for quiz in new_quizzes.read(data)}, ""
    except ImportRefused as refusal:
        return {}, str(refusal)
