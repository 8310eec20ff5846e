"""Examplary's API (see docs/reference/examplary-api.md)."""

from __future__ import annotations

import json
import re
import secrets
import time

from flask import Blueprint, Response, g, jsonify, request

from sandbox.examplary.config import ExamplaryConfig
from sandbox.examplary.embed_session import LEVELS, finish_if_ready
from sandbox.examplary.openapi import description
from sandbox.examplary.store import UPLOADS, JsonObject, Store, StoredSession, iso_time
from sandbox.examplary.validation import actor_problem, session_problem, user_problem
from sandbox.faults import path_template

Reply = tuple[Response, int]
PUBLIC = ("api.openapi",)
"""Endpoints that need no key."""


def fail(status: int, message: str) -> Reply:
    """Return an error in a gateway's form; Examplary doesn't publish which key holds the text."""
    return jsonify({"message": message}), status


def api_blueprint(store: Store) -> Blueprint:
    """Return the API endpoints over ``store``."""
    bp = Blueprint("api", __name__)
    bp.before_request(_RequestCheck(store.config))
    _users(bp, store)
    _sessions(bp, store)
    _exams(bp, store)
    return bp


class _RequestCheck:
    """Check API key and rate limits before each request."""

    def __init__(self, config: ExamplaryConfig) -> None:
        self._config = config
        self._workspaces = {config.api_key: config.workspace_id, **config.further_keys}
        self._calls: dict[str, list[float]] = {}

    def __call__(self) -> Reply | None:
        if request.endpoint in PUBLIC:
            return None
        g.workspace = self._workspaces.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if g.workspace is None:
            return fail(401, "Unauthorized")
        return self._limited(f"{request.method} {path_template()}")

    def _limited(self, endpoint: str) -> Reply | None:
        limit = self._config.rate_limits.get(endpoint)
        if limit is None:
            return None
        time_now = time.monotonic()
        recent = [moment for moment in self._calls.get(endpoint, []) if time_now - moment < limit.seconds]
        self._calls[endpoint] = recent
        if len(recent) < limit.calls:
            recent.append(time_now)
            return None
        response, status = fail(429, "Too many requests")
        response.headers["Retry-After"] = str(max(1, round(recent[0] + limit.seconds - time_now)))
        return response, status


def _body() -> JsonObject:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _users(bp: Blueprint, store: Store) -> None:
    @bp.get("/me")
    def me() -> Response:
        return jsonify({"id": store.config.owner_id, "email": "owner@school.example", "org": g.workspace})

    @bp.get("/openapi")
    def openapi() -> Response:
        return jsonify(description())

    @bp.get("/student-levels")
    def levels() -> Response:
        return jsonify([{"id": key, "name": name} for key, name in LEVELS])

    @bp.post("/users")
    def create_user() -> Reply:
        body = _body()
        problem = user_problem(body)
        if problem:
            return fail(400, problem)
        user = store.add_user(str(body["email"]), body.get("name"), str(body.get("role", "teacher")), g.workspace)
        return (jsonify(user), 201) if user else fail(400, "A user with this email already exists.")


def _sessions(bp: Blueprint, store: Store) -> None:
    @bp.post("/embed-sessions")
    def create_session() -> Reply:
        body = _body()
        if not store.config.approved:
            return fail(403, "This workspace has not been approved for embed sessions.")
        problem = session_problem(body) or actor_problem(
            body.get("actor"), store.config.owner_id, store.users_of(g.workspace)
        )
        if problem:
            return fail(400, problem)
        if body["flow"] == "edit-exam":
            refused = _edit_refused(body, store)
            if refused is not None:
                return refused
        session = store.add_session(body)
        return jsonify(_session_json(session, store.config, str(body["flow"]))), 201

    @bp.get("/embed-sessions/<session_id>")
    def get_session(session_id: str) -> Reply:
        session = store.live_session(session_id)
        if session is None:
            return fail(404, "Embed session not found.")
        finish_if_ready(session, store)
        # Examplary's own example echoes this flow for a generate-exam session
        # (see docs/reference/examplary-api.md#request-and-response).
        return jsonify(_session_json(session, store.config, "generate-questions")), 200

    @bp.delete("/embed-sessions/<session_id>")
    def delete_session(session_id: str) -> Reply:
        session = store.sessions.pop(session_id, None)
        return (jsonify({}), 200) if session else fail(404, "Embed session not found.")


def _edit_refused(body: JsonObject, store: Store) -> Reply | None:
    """Return the error of a session that edits an exam: it needs the exam, and an actor who may edit it."""
    presets = body.get("presets")
    exam_id = presets.get("examId") if isinstance(presets, dict) else None
    if not isinstance(exam_id, str) or not exam_id.startswith("exam_"):
        return fail(400, "presets.examId: Required")
    if exam_id not in store.exams:
        return fail(404, "Exam not found.")
    if store.editors.get(exam_id, body["actor"]) != body["actor"]:
        return fail(403, "No access to this resource.")
    return None


def _session_json(session: StoredSession, config: ExamplaryConfig, flow: str) -> JsonObject:
    request_body = session.request
    modes = {"return_url": session.text("returnUrl"), "post_message": session.text("allowedOrigin")}
    return {
        "id": session.id,
        "status": session.status,
        "embedUrl": f"{browser_origin(config)}/embeds/{session.token}",
        "flow": flow,
        "actor": request_body["actor"],
        "enabledResponseModes": [mode for mode, address in modes.items() if address],
        "createdAt": iso_time(session.created),
        "expiresAt": iso_time(session.expires),
        "presets": request_body.get("presets", {}),
        "outputs": session.outputs,
        "theme": request_body.get("theme", {}),
        "metadata": request_body.get("metadata", {}),
    }


def browser_origin(config: ExamplaryConfig) -> str:
    """Return the embeds' origin for browsers: the configured host with the port of this request."""
    if config.public_url:
        return config.public_url.rstrip("/")
    port = re.search(r":\d+$", request.host)
    return f"{request.scheme}://{config.browser_host}{port[0] if port else ''}"


def _exams(bp: Blueprint, store: Store) -> None:
    @bp.get("/exams/<exam_id>")
    def get_exam(exam_id: str) -> Reply:
        exam = store.exams.get(exam_id)
        if exam is None:
            return fail(404, "Exam not found.")
        text = json.dumps(exam, ensure_ascii=False).replace(UPLOADS, request.host_url + "uploads/")
        return Response(text, mimetype="application/json"), 200

    @bp.delete("/exams/<exam_id>")
    def delete_exam(exam_id: str) -> Reply:
        exam = store.exams.pop(exam_id, None)
        return (jsonify({}), 200) if exam else fail(404, "Exam not found.")

    @bp.post("/exams/<exam_id>/export/qti3-zip")
    def export(exam_id: str) -> Reply:
        if exam_id not in store.exams:
            return fail(404, "Exam not found.")
        signature = secrets.token_hex(16)
        store.downloads[signature] = exam_id
        return jsonify({"url": f"{request.host_url}exports/{exam_id}.zip?X-Amz-Signature={signature}"}), 200
