"""The Moodle-like question bank: import of a Moodle XML file, and the imported questions."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.importers import html, moodle_xml
from sandbox.importers.moodle_model import MoodleImport
from sandbox.lms.session import current_lms, or_404, require_teacher

bp = Blueprint("moodle_bank", __name__, url_prefix="/moodle")
MAX_FILE_BYTES = 100 * 1024 * 1024
REQUIRED = "Required"


@bp.get("/question/bank/importquestions/import.php")
def import_form() -> str:
    """Show the form "Import questions from file"."""
    return render_template("moodle_import.html", account=require_teacher(), outcome=None, problem="")


@bp.post("/question/bank/importquestions/import.php")
def import_file() -> str:
    """Import the uploaded file and show Moodle's messages."""
    account, lms = require_teacher(), current_lms()
    upload = request.files.get("newfile")
    if upload is None or not upload.filename or request.form.get("format", "xml") != "xml":
        return render_template("moodle_import.html", account=account, outcome=None, problem=REQUIRED)
    outcome = moodle_xml.read(upload.stream.read(MAX_FILE_BYTES))
    lms.moodle.imports.append(outcome)
    texts = [html.sanitize(_with_files(question.text, "")) for question in outcome.questions]
    return render_template("moodle_import.html", account=account, outcome=outcome, texts=texts, problem="")


@bp.get("/question/edit.php")
def bank() -> str:
    """Show the question bank by category."""
    account, imports = require_teacher(), current_lms().moodle.imports
    categories = [(place, outcome) for place, outcome in enumerate(imports) if outcome.imported]
    return render_template("moodle_bank.html", account=account, categories=categories, question_html=_question_html)


def _question_html(place: int, outcome: MoodleImport, number: int) -> str:
    """Return a question's text with its images served by this course."""
    files = url_for("moodle_bank.plugin_file", place=place, number=number, name="")
    return html.sanitize(_with_files(outcome.questions[number].text, files))


def _with_files(text: str, files: str) -> str:
    return text.replace("@@PLUGINFILE@@/", quote(files))


@bp.get("/pluginfile.php/<int:place>/<int:number>/", defaults={"name": ""})
@bp.get("/pluginfile.php/<int:place>/<int:number>/<path:name>")
def plugin_file(place: int, number: int, name: str) -> Response:
    """Serve a file of a question, to teachers only."""
    require_teacher()
    imports = current_lms().moodle.imports
    questions = imports[place].questions if place < len(imports) else ()
    files = questions[number].files if number < len(questions) else ()
    response = make_response(or_404(next((file.content for file in files if file.name == name), None)))
    response.headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return response
