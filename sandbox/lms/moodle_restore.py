"""Moodle's "Restore": import a Common Cartridge as a quiz (see docs/reference/moodle.md#common-cartridge)."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from sandbox.importers import moodle_cartridge
from sandbox.importers.archive import ImportRefused
from sandbox.lms.moodle_bank import MAX_FILE_BYTES, REQUIRED
from sandbox.lms.session import current_lms, require_teacher

bp = Blueprint("moodle_restore", __name__, url_prefix="/moodle")


@bp.get("/backup/restorefile.php")
def restore_form() -> str:
    """Show the form "Import a backup file"."""
    require_teacher()
    return render_template("moodle_restore.html", outcome=None, problem="")


@bp.post("/backup/restorefile.php")
def restore() -> str:
    """Restore the uploaded cartridge into this course."""
    require_teacher()
    upload = request.files.get("backupfile")
    if upload is None or not upload.filename:
        return render_template("moodle_restore.html", outcome=None, problem=REQUIRED)
    try:
        outcome = moodle_cartridge.read(upload.stream.read(MAX_FILE_BYTES))
    except ImportRefused as refusal:
        return render_template("moodle_restore.html", outcome=None, problem=str(refusal))
    current_lms().moodle.restores.append(outcome)
    return render_template("moodle_restore.html", outcome=outcome, problem="")
