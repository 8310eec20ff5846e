"""``/_control``: how tests and the demo steer a stand-in over HTTP. Only there with ``config.control``.

==========================================  ====================================================================
``GET  /_control/journal``                  ``[{"method", "path", "status"}]``, status 0 for an answer that was lost
``GET  /_control/count?endpoint=``          ``{"count"}`` of ``"POST /users"``
``POST /_control/faults``                   ``{"endpoint", "faults": [{"delay", "status", "lost", …}]}``
``POST /_control/reset``                    forget faults and journal
``POST /_control/sessions/<id>``            ``{"status"?, "expired"?: true, "outputs"?}``
``DELETE /_control/users/<id>``             forget a user
==========================================  ====================================================================
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.examplary.faults import Fault, FaultBook
from sandbox.examplary.store import Store


def control_blueprint(store: Store, book: FaultBook) -> Blueprint:
    """The control endpoints of one stand-in."""
    bp = Blueprint("control", __name__, url_prefix="/_control")

    @bp.get("/journal")
    def journal() -> Response:
        return jsonify([asdict(call) for call in book.journal])

    @bp.get("/count")
    def count() -> Response:
        return jsonify({"count": book.count(request.args["endpoint"])})

    @bp.post("/faults")
    def faults() -> Response:
        asked = request.get_json()
        try:
            book.script(asked["endpoint"], *(Fault(**fault) for fault in asked["faults"]))
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
        asked = request.get_json()
        session.status = asked.get("status", session.status)
        session.outputs = asked.get("outputs", session.outputs)
        if asked.get("expired"):
            session.expires = store.config.clock()
        return jsonify({})

    @bp.delete("/users/<user_id>")
    def forget_user(user_id: str) -> Response:
        store.users.pop(user_id, None)
        return jsonify({})

    return bp
