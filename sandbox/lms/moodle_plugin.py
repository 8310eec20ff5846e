"""Moodle's plugin for Examplary, as ``integrations/moodle/PROTOCOL.md`` describes it: claims, service, pages."""

from __future__ import annotations

import gzip
import json
import secrets
import time
import zlib

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.lms.canvas_response import ResponseRefused
from sandbox.lms.config import ACCOUNTS, Account
from sandbox.lms.moodle_plugin_claims import SCOPE
from sandbox.lms.moodle_quizzes import Refused, sections
from sandbox.lms.moodle_response import check_response
from sandbox.lms.session import current_lms, or_404, require_account, require_teacher
from sandbox.lms.state import Json, Lms

bp = Blueprint("moodle_plugin", __name__, url_prefix="/moodle")

TOKEN_SECONDS = 3600
LIMIT_BYTES = 32 * 1024 * 1024
COURSE = {"id": 2, "name": "Introduction to Testing"}


@bp.post("/mod/lti/token.php")
def token() -> tuple[Response, int]:
    """Grant the plugin's scope to the registered tool (Security Framework 1.0 §4.1)."""
    lms = current_lms()
    try:
        check_response(lms, request.form.get("client_assertion", ""))
    except ResponseRefused:
        return jsonify(error="invalid_client"), 400
    if not lms.moodle_plugin or SCOPE not in request.form.get("scope", "").split():
        return jsonify(error="invalid_scope"), 400
    access_token = secrets.token_urlsafe(24)
    lms.access_tokens[access_token] = lms.now() + TOKEN_SECONDS
    granted = {"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": SCOPE}
    return jsonify(granted), 200


@bp.route("/mod/lti/services.php/2/examplary/quizzes", methods=["GET"])
def course() -> Response:
    """Describe the course."""
    try:
        return _json(200, _course(current_lms(), _caller()))
    except Refused as refusal:
        return _json(refusal.status, {"error": refusal.error})


@bp.route("/mod/lti/services.php/2/examplary/quizzes/<exam_id>", methods=["GET", "PUT"])
def quiz(exam_id: str) -> Response:
    """Return, make or update the quiz of an exam."""
    lms = current_lms()
    if not lms.moodle_plugin or (request.method == "PUT" and request.mimetype != "application/json"):
        return _no_handler()
    fault = lms.moodle_faults.pop(0) if lms.moodle_faults else ""
    if fault == "down":
        return make_response("<html>Bad Gateway</html>", 502)
    try:
        account = _caller()
        _raise_fault(fault)
        status, answer = _put(lms, exam_id, account) if request.method == "PUT" else _get(lms, exam_id, account)
    except Refused as refusal:
        return _json(refusal.status, {"error": refusal.error})
    if fault == "lost":
        # The work was done, but its answer never came.
        return make_response("<html>Gateway Time-out</html>", 504)
    if fault == "slow":
        time.sleep(2)
    return _json(status, answer)


def _put(lms: Lms, exam_id: str, account: Account) -> tuple[int, Json]:
    with lms.moodle_lock:
        return lms.moodle.quiz_store.put(exam_id, _body(), account, lms.issuer("moodle"))


def _get(lms: Lms, exam_id: str, account: Account) -> tuple[int, Json]:
    current = lms.moodle.quiz_store.current(exam_id)
    if current is None:
        copies = lms.moodle.quiz_store.copies(exam_id, account)
        raise Refused(404, "no_quiz", "This exam was not sent to this course yet.", copies=copies)
    answer = {"exam_id": exam_id, "quiz": current.describe(account), "changes": [], "questions": current.places(None)}
    return 200, answer


def _raise_fault(fault: str) -> None:
    if fault == "busy":
        raise Refused(503, "busy", "Another exam is being added to this course.")
    if fault == "permission":
        text = "You do not have the permission to add quizzes to this course."
        raise Refused(403, "permission_missing", text, capabilities=["mod/quiz:addinstance"])
    if fault == "internal":
        raise Refused(500, "internal", "Something went wrong.", reference="b4c9f2")


def _caller() -> Account:
    """Return the teacher of the handle; raise :class:`Refused`."""
    lms = current_lms()
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if lms.access_tokens.get(bearer, 0) <= lms.now():
        raise Refused(401, "token_invalid", "The access token is not valid for this service.")
    key, expires = lms.handles.get(request.headers.get("Examplary-Handle", ""), ("", 0))
    account = next((account for account in ACCOUNTS if account.key == key), None)
    if account is None:
        raise Refused(403, "handle_invalid", "Open Examplary again from your course.")
    if expires <= lms.now():
        raise Refused(403, "handle_expired", "Open Examplary again from your course.")
    return account


def _body() -> object:
    data = request.get_data()
    try:
        data = gzip.decompress(data) if request.headers.get("Content-Encoding") == "gzip" else data
        if len(data) > LIMIT_BYTES:
            raise Refused(413, "too_large", "The exam is too large.", limit_bytes=LIMIT_BYTES)
        body: object = json.loads(data)
    except (ValueError, OSError, zlib.error):
        raise Refused(400, "json_invalid", "The body is not JSON.") from None
    return body


def _course(lms: Lms, account: Account) -> Json:
    newest_first = reversed(lms.moodle.quiz_store.quizzes)
    return {
        "protocol": 1,
        "plugin": {"version": "2026112900", "release": "1.0.0"},
        "moodle": {"version": "2025041406.11", "branch": 500},
        "limits": {"body_bytes": LIMIT_BYTES, "questions": 1000},
        "course": {**COURSE, "url": f"{lms.issuer('moodle')}/course/view.php?id=2"},
        "sections": sections(),
        "default_section_id": lms.moodle.quiz_store.default_section(account),
        "quizzes": [{"exam_id": quiz.exam_id, **quiz.describe(account)} for quiz in newest_first],
    }


def _no_handler() -> Response:
    """Answer as ``services.php`` does when no plugin takes the request."""
    path, kind = request.path.removeprefix("/moodle/mod/lti/services.php"), request.mimetype
    details = {"method": request.method, "url": request.path, "accept": "application/json", "contentType": kind}
    return _json(400, {"status": 400, "reason": f"No handler found for {path}  {kind}", "request": details})


def _json(status: int, answer: Json) -> Response:
    response = make_response(jsonify(answer), status)
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


@bp.get("/mod/lti/service/examplary/open.php")
def open_tool() -> str:
    """Show the tool in a page of the course, without an activity."""
    account, lms = require_teacher(), current_lms()
    if not lms.moodle_plugin:
        abort(404)
    frame = url_for("moodle_course.content_item", id=2, course=2, placement="course_page")
    return render_template("moodle_open.html", account=account, frame=frame)


@bp.get("/mod/quiz/view.php")
def view_quiz() -> str:
    """Show a quiz; hidden ones to teachers only."""
    account, ident = require_account(), request.args.get("id", type=int)
    quizzes = current_lms().moodle.quiz_store.quizzes
    moodle_quiz = or_404(next((moodle_quiz for moodle_quiz in quizzes if moodle_quiz.cmid == ident), None))
    if not (moodle_quiz.visible or account.teacher):
        abort(404)
    return render_template("moodle_quiz.html", account=account, quiz=moodle_quiz)


@bp.get("/mod/quiz/edit.php")
@bp.get("/question/bank/previewquestion/preview.php")
@bp.get("/question/bank/editquestion/question.php")
def edit_quiz() -> Response:
    """Lead to the quiz: this Moodle has no editor."""
    require_teacher()
    return make_response(redirect(url_for("moodle_plugin.view_quiz", id=request.args.get("cmid", ""))))
