"""The stand-in Examplary as a Flask app: API, embeds, files and, where it is wanted, the control endpoints."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, request

from sandbox.examplary.api import api_blueprint
from sandbox.examplary.config import ExamplaryConfig
from sandbox.examplary.control import control_blueprint
from sandbox.examplary.embeds import embeds_blueprint
from sandbox.examplary.faults import FaultBook, meet_faults
from sandbox.examplary.generate import drawn_pictures
from sandbox.examplary.qti3 import package
from sandbox.examplary.store import Store

MOST_BYTES = 6_000_000  # a gateway's ceiling (facts: examplary-api §1)


def create_examplary(config: ExamplaryConfig | None = None) -> Flask:
    """A stand-in Examplary. In the same process its store and faults are ``app.extensions["examplary"]``."""
    config = config or ExamplaryConfig()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    store, book = Store(config, uploads=_uploads(config)), FaultBook()
    app.extensions["examplary"], app.extensions["faults"] = store, book
    meet_faults(app, book)
    app.register_blueprint(api_blueprint(store))
    app.register_blueprint(embeds_blueprint(store))
    if config.control:
        app.register_blueprint(control_blueprint(store, book))
    _files(app, store)
    return app


def _uploads(config: ExamplaryConfig) -> dict[str, bytes]:
    given = config.assets_dir.iterdir() if config.assets_dir else ()
    return {**drawn_pictures()} | {file.name: file.read_bytes() for file in given if file.is_file()}


def _files(app: Flask, store: Store) -> None:
    @app.get("/uploads/<name>")
    def upload(name: str) -> Response:
        content = store.uploads.get(name)
        if content is None:
            abort(404)
        return Response(content, mimetype="image/png" if name.endswith(".png") else "application/octet-stream")

    @app.get("/exports/<exam_id>.zip")
    def export(exam_id: str) -> Response:
        # A presigned address refuses a second kind of authorization, as Amazon's storage does.
        if request.authorization is not None or "Authorization" in request.headers:
            abort(400)
        known = store.downloads.get(request.args.get("X-Amz-Signature", ""), "")
        exam = store.exams.get(exam_id)
        if exam is None or not secrets.compare_digest(known.encode(), exam_id.encode()):
            abort(403)
        return Response(package(exam), mimetype="application/zip")
