"""``/_control``: control over HTTP, if ``config.control`` is set.

==========================================  ====================================================================
``GET  /_control/journal``                  ``[{"method", "path", "status"}]``, status 0 for a lost response
``GET  /_control/count?endpoint=``          ``{"count"}`` of ``"POST /users"``
``POST /_control/faults``                   ``{"endpoint", "faults": [{"delay", "status", "lost", …}]}``
``POST /_control/reset``                    remove all faults, clear the journal
``POST /_control/sessions/<id>``            ``{"status"?, "expired"?: true, "outputs"?}``
``DELETE /_control/users/<id>``             delete a user
==========================================  ====================================================================
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.examplary.store import Store
from sandbox.faults import Fault, FaultBook


def control_blueprint(store: Store, book: FaultBook) -> Blueprint:
    """Return the control endpoints."""
    bp = Blueprint("control", __name__, url_prefix="/_control")

    @bp.get("/journal")
    def journal() -> Response:
        return jsonify([asdict(call) for call in book.journal])

    @bp.get("/count")
    def count() -> Response:
        return jsonify({"count": book.count(request.args["endpoint"])})

    @bp.post("/faults")
    def faults() -> Response:
        body = request.get_json()
        try:
            book.script(body["endpoint"], *(Fault(**fault) for fault in body["faults"]))
        except (KeyError, TypeError):
            abort(400)
        return jsonify({})

    @bp.post("/reset")
    def reset() -> Response:
        book.clear()
        return jsonify({})

    @bp.post("/sessions/<session_id>")
    def change_session(session_id: str) -> Response:
        session = store.sessions.get(session_id) or abort(404)
        body = request.get_json()
        session.status = body.get("status", session.status)
        session.outputs = body.get("outputs", session.outputs)
        if body.get("expired"):
            session.expires = store.config.clock()
        return jsonify({})

    @bp.delete("/users/<user_id>")
    def forget_user(user_id: str) -> Response:
        store.users.pop(user_id, None)
        return jsonify({})

    return bp
