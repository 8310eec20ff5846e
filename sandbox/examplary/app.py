"""The sandbox's Examplary as a Flask app: API, embeds, files and, for tests, control endpoints."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, request

from sandbox.examplary.api import api_blueprint
from sandbox.examplary.config import ExamplaryConfig
from sandbox.examplary.control import control_blueprint
from sandbox.examplary.embeds import embeds_blueprint
from sandbox.examplary.generate import picture
from sandbox.examplary.qti3 import package
from sandbox.examplary.store import Store
from sandbox.faults import FaultBook, apply_faults

MAX_REQUEST_BYTES = 6_000_000  # the gateway's limit (see docs/reference/examplary-api.md#base-and-authentication)


def create_examplary(config: ExamplaryConfig | None = None) -> Flask:
    """Return the Flask app; its store is ``app.extensions["examplary"]``, its faults ``["faults"]``."""
    config = config or ExamplaryConfig()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    store, book = Store(config, uploads=_uploads(config)), FaultBook()
    app.extensions["examplary"], app.extensions["faults"] = store, book
    apply_faults(app, lambda: book)
    app.register_blueprint(api_blueprint(store))
    app.register_blueprint(embeds_blueprint(store))
    if config.control:
        app.register_blueprint(control_blueprint(store, book))
    _files(app, store)
    return app


def _uploads(config: ExamplaryConfig) -> dict[str, bytes]:
    assets = config.assets_dir.iterdir() if config.assets_dir else ()
    return {file.name: file.read_bytes() for file in assets if file.is_file()}


def _files(app: Flask, store: Store) -> None:
    @app.get("/uploads/<name>")
    def upload(name: str) -> Response:
        content = store.uploads.get(name) or picture(name)
        if content is None:
            abort(404)
        return Response(content, mimetype="image/png" if name.endswith(".png") else "application/octet-stream")

    @app.get("/exports/<exam_id>.zip")
    def export(exam_id: str) -> Response:
        # Like Amazon S3, refuse a presigned URL with a second authorization.
        if request.authorization is not None or "Authorization" in request.headers:
            abort(400)
        signed_id = store.downloads.get(request.args.get("X-Amz-Signature", ""), "")
        exam = store.exams.get(exam_id)
        if exam is None or not secrets.compare_digest(signed_id.encode(), exam_id.encode()):
            abort(403)
        return Response(package(exam), mimetype="application/zip")
