"""The API of a stand-in Examplary (facts: examplary-api §1 to §4)."""

from __future__ import annotations

import json
import re
import secrets
import time
from datetime import datetime

from flask import Blueprint, Response, g, jsonify, request

from sandbox.examplary.config import ExamplaryConfig
from sandbox.examplary.embed_session import LEVELS, finish_if_ready
from sandbox.examplary.faults import path_template
from sandbox.examplary.rules import actor_problem, session_problem, user_problem
from sandbox.examplary.store import UPLOADS, JsonObject, Store, StoredSession

Reply = tuple[Response, int]


def fail(status: int, message: str) -> Reply:
    """An error as a gateway writes it; which key holds the text is not published."""
    return jsonify({"message": message}), status


def api_blueprint(store: Store) -> Blueprint:
    """The API endpoints over ``store``."""
    bp = Blueprint("api", __name__)
    bp.before_request(_guard(store.config))
    _users(bp, store)
    _sessions(bp, store)
    _exams(bp, store)
    return bp


class _Guard:
    """Key and rate limits, before anything is done."""

    def __init__(self, config: ExamplaryConfig) -> None:
        self._config = config
        self._workspaces = {config.api_key: config.workspace_id, **config.further_keys}
        self._calls: dict[str, list[float]] = {}

    def __call__(self) -> Reply | None:
        g.workspace = self._workspaces.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if g.workspace is None:
            return fail(401, "Unauthorized")
        return self._limited(f"{request.method} {path_template()}")

    def _limited(self, endpoint: str) -> Reply | None:
        limit = self._config.rate_limits.get(endpoint)
        if limit is None:
            return None
        present = time.monotonic()
        recent = [moment for moment in self._calls.get(endpoint, []) if present - moment < limit.seconds]
        self._calls[endpoint] = recent
        if len(recent) < limit.calls:
            recent.append(present)
            return None
        response, status = fail(429, "Too many requests")
        response.headers["Retry-After"] = str(max(1, round(recent[0] + limit.seconds - present)))
        return response, status


def _guard(config: ExamplaryConfig) -> _Guard:
    return _Guard(config)


def _body() -> JsonObject:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _users(bp: Blueprint, store: Store) -> None:
    @bp.get("/me")
    def me() -> Response:
        return jsonify({"id": store.config.owner_id, "email": "owner@school.example", "org": g.workspace})

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
        session = store.add_session(body)
        return jsonify(_session_json(session, store.config, str(body["flow"]))), 201

    @bp.get("/embed-sessions/<session_id>")
    def get_session(session_id: str) -> Reply:
        session = store.live_session(session_id)
        if session is None:
            return fail(404, "Embed session not found.")
        finish_if_ready(session, store)
        # Examplary's own example echoes this flow for a generate-exam session (facts: examplary-api §4.1).
        return jsonify(_session_json(session, store.config, "generate-questions")), 200

    @bp.delete("/embed-sessions/<session_id>")
    def delete_session(session_id: str) -> Reply:
        gone = store.sessions.pop(session_id, None)
        return (jsonify({}), 200) if gone else fail(404, "Embed session not found.")


def _session_json(session: StoredSession, config: ExamplaryConfig, flow: str) -> JsonObject:
    modes = {"return_url": session.wish("returnUrl"), "post_message": session.wish("allowedOrigin")}
    asked = session.request
    return {
        "id": session.id,
        "status": session.status,
        "embedUrl": f"{browser_origin(config)}/embeds/{session.token}",
        "flow": flow,
        "actor": asked["actor"],
        "enabledResponseModes": [mode for mode, wanted in modes.items() if wanted],
        "createdAt": _iso(session.created),
        "expiresAt": _iso(session.expires),
        "presets": asked.get("presets", {}),
        "outputs": session.outputs,
        "theme": asked.get("theme", {}),
        "metadata": asked.get("metadata", {}),
    }


def browser_origin(config: ExamplaryConfig) -> str:
    """Where a browser finds the embeds: the configured host on the port of this call."""
    if config.public_url:
        return config.public_url.rstrip("/")
    port = re.search(r":\d+$", request.host)
    return f"{request.scheme}://{config.browser_host}{port[0] if port else ''}"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
        gone = store.exams.pop(exam_id, None)
        return (jsonify({}), 200) if gone else fail(404, "Exam not found.")

    @bp.post("/exams/<exam_id>/export/qti3-zip")
    def export(exam_id: str) -> Reply:
        if exam_id not in store.exams:
            return fail(404, "Exam not found.")
        signature = secrets.token_hex(16)
        store.downloads[signature] = exam_id
        return jsonify({"url": f"{request.host_url}exports/{exam_id}.zip?X-Amz-Signature={signature}"}), 200
