"""Canvas's REST API: content migrations, their progress and issues, and the upload of their files.

See docs/reference/canvas-api.md#content-migrations.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from flask import Blueprint, abort, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response

from sandbox.lms.canvas_api import ADD_CONTENT, answer, api_blueprint, caller, denied, not_found, paged, require_course
from sandbox.lms.canvas_content import CanvasCourse, Migration
from sandbox.lms.canvas_ids import COURSE_ID, user_id
from sandbox.lms.canvas_queue import advance
from sandbox.lms.session import current_lms

bp = api_blueprint("canvas_api_migrations")
uploads = Blueprint("canvas_uploads", __name__)
TYPES = ("qti_converter",)
OTHER_TYPES = ("zip_file_importer", "course_copy_importer", "common_cartridge_importer", "canvas_cartridge_importer")
FIELD = re.compile(r"(\w+)\[(\w+)\]")
PART_NAME = re.compile(rb'Content-Disposition: form-data; name="([^"]*)"', re.IGNORECASE)
FOREIGN = "https://files.elsewhere.example/create_success"
TITLES = {"qti_converter": "QTI .zip file"}


@bp.post("/courses/<int:course_id>/content_migrations")
def create(course_id: int) -> Response:
    """Start a migration, with an address to fetch from or a file to come."""
    course, body = require_course(course_id, ADD_CONTENT), _body()
    kind, settings, attachment = (body.get(name) for name in ("migration_type", "settings", "pre_attachment"))
    settings = settings if isinstance(settings, dict) else {}
    if kind not in TYPES:
        text = "Unsupported migration_type for context" if kind in OTHER_TYPES else "Invalid migration_type"
        return make_response(jsonify(message=text), 400)
    if not settings.get("file_url") and not isinstance(attachment, dict):
        return make_response(jsonify(message="File upload, file_url, or content_export_id is required"), 400)
    with current_lms().canvas_lock:
        migration = _new(course, settings)
        uploaded = _expect_upload(course, migration, attachment) if isinstance(attachment, dict) else {}
    return answer(describe(migration) | uploaded | _without_progress(course))


def _body() -> Mapping[str, object]:
    """Return the request as JSON or as a form, whose values stay texts."""
    document = request.get_json(silent=True)
    if isinstance(document, dict):
        return document
    nested: dict[str, object] = {}
    for name, value in request.form.items():
        match = FIELD.fullmatch(name)
        if match is None:
            nested[name] = value
            continue
        part = nested.setdefault(match[1], {})
        if isinstance(part, dict):
            part[match[2]] = value
    return nested


def _new(course: CanvasCourse, settings: Mapping[str, object]) -> Migration:
    url = str(settings.get("file_url") or "")
    migration = Migration(
        course.first_id + len(course.migrations),
        url,
        "queued",
        owner=caller().key,
        settings=settings,
        file_name=PurePosixPath(urlsplit(url).path).name,
        created_at=current_lms().now(),
    )
    course.migrations.append(migration)
    return migration


def _expect_upload(course: CanvasCourse, migration: Migration, attachment: Mapping[str, object]) -> dict[str, object]:
    """Return the address and fields of the upload; over quota, the migration has failed although the status is 200."""
    size = str(attachment.get("size", "0"))
    if size.isdecimal() and int(size) > course.behaviour.quota_bytes:
        migration.state = "failed"
        refused = {"message": "file size exceeds quota", "error": True}
        return {"workflow_state": "failed", "pre_attachment": refused}
    migration.state = "pre_processing"
    migration.file_name = str(attachment.get("name", ""))
    migration.upload_token = secrets.token_urlsafe(24)
    parameters = {
        "filename": migration.file_name,
        "content_type": str(attachment.get("content_type", "")),
        "token": migration.upload_token,
    }
    url = f"{current_lms().uploads_url}/files_api"
    upload = {"upload_url": url, "upload_params": parameters, "file_param": "file"}
    return {"workflow_state": "pre_processing", "pre_attachment": upload}


def _without_progress(course: CanvasCourse) -> dict[str, object]:
    return {} if course.behaviour.has_progress_url else {"progress_url": None}


def describe(migration: Migration) -> dict[str, object]:
    """Return a migration as Canvas does: without its settings."""
    lms = current_lms()
    api = f"{lms.base_url}/api/v1"
    own = f"{api}/courses/{COURSE_ID}/content_migrations/{migration.ident}"
    owner = next((user_id(account) for account in lms.accounts if account.key == migration.owner), None)
    attachment = {"id": migration.ident, "display_name": migration.file_name, "filename": migration.file_name}
    return {
        "id": migration.ident,
        "user_id": owner,
        "workflow_state": migration.state,
        "started_at": _time(migration.created_at),
        "finished_at": None if migration.is_active else _time(lms.now()),
        "migration_type": "qti_converter",
        "migration_type_title": TITLES["qti_converter"],
        "created_at": _time(migration.created_at),
        "migration_issues_url": f"{own}/migration_issues",
        "migration_issues_count": len(migration.issues),
        "progress_url": f"{api}/progress/{migration.ident}",
        **({"attachment": attachment} if migration.data is not None else {}),
    }


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@bp.get("/courses/<int:course_id>/content_migrations")
def list_migrations(course_id: int) -> Response:
    """List the migrations, the newest first."""
    course = require_course(course_id, ADD_CONTENT)
    return paged([describe(migration) for migration in reversed(course.migrations)])


@bp.get("/courses/<int:course_id>/content_migrations/migrators")
def migrators(course_id: int) -> Response:
    """List the kinds of migrations."""
    require_course(course_id, ADD_CONTENT)
    return answer([{"type": kind, "requires_file_upload": True, "name": TITLES[kind]} for kind in TYPES])


@bp.get("/courses/<int:course_id>/content_migrations/<int:id>")
def show(course_id: int, id: int) -> Response:
    """Return a migration; the course's queue moves on."""
    migration = _find(require_course(course_id, ADD_CONTENT), id)
    advance(current_lms())
    return answer(describe(migration))


@bp.get("/courses/<int:course_id>/content_migrations/<int:content_migration_id>/migration_issues")
def issues(course_id: int, content_migration_id: int) -> Response:
    """List the issues."""
    course = require_course(course_id, ADD_CONTENT)
    migration = _find(course, content_migration_id)
    own = f"{current_lms().base_url}/api/v1/courses/{course_id}/content_migrations/{migration.ident}"
    kind = "error" if migration.state == "failed" else "warning"
    moment = _time(migration.created_at)
    return paged(
        [
            {
                "id": number,
                "content_migration_url": own,
                "description": text,
                "workflow_state": "active",
                "fix_issue_html_url": f"{current_lms().base_url}/courses/{course_id}/quizzes",
                "issue_type": kind,
                "created_at": moment,
                "updated_at": moment,
            }
            for number, text in enumerate(migration.issues, 1)
        ]
    )


@bp.get("/progress/<int:id>")
def progress(id: int) -> Response:
    """Return the progress of a migration; the course's queue moves on."""
    migration = _find(require_course(COURSE_ID), id)
    if migration.owner != caller().key:
        return denied()
    advance(current_lms())
    state = migration.state if migration.state in ("running", "completed", "failed") else "queued"
    return answer(
        {
            "id": migration.ident,
            "context_id": migration.ident,
            "context_type": "ContentMigration",
            "user_id": user_id(caller()),
            "tag": "content_migration",
            "completion": migration.completion,
            "workflow_state": state,
            "message": None,
            "created_at": _time(migration.created_at),
            "updated_at": _time(current_lms().now()),
            "url": f"{current_lms().base_url}/api/v1/progress/{migration.ident}",
        }
    )


def _find(course: CanvasCourse, ident: int) -> Migration:
    migration = next((migration for migration in course.migrations if migration.ident == ident), None)
    if migration is None:
        abort(not_found())
    return migration


@uploads.post("/files_api")
def upload() -> Response:
    """Take a file on the second origin, which refuses Canvas's own credentials."""
    lms = current_lms()
    parts = PART_NAME.findall(request.get_data(cache=True, parse_form_data=False))
    if request.host != urlsplit(lms.uploads_url).netloc:
        abort(404)
    if "Authorization" in request.headers:
        return make_response(jsonify(message="Only one auth mechanism allowed"), 400)
    migration = _awaiting_upload(lms.canvas, request.form.get("token", ""))
    file = request.files.get("file")
    if migration is None or file is None or parts[-1:] != [b"file"]:
        return make_response(jsonify(message="Invalid upload: the file must be the last field"), 400)
    return _take(migration, file.read(), lms.canvas.behaviour.upload)


def _awaiting_upload(course: CanvasCourse, token: str) -> Migration | None:
    for migration in course.migrations:
        if migration.state == "pre_processing" and migration.upload_token and migration.upload_token == token:
            return migration
    return None


def _take(migration: Migration, data: bytes, manner: str) -> Response:
    """Store an upload, and answer in one of the manners of ``Behaviour.upload``."""
    if manner == "403":
        return make_response("<Error><Code>AccessDenied</Code></Error>", 403)
    location = f"{current_lms().base_url}/api/v1/files/{migration.ident}/create_success?token={migration.upload_token}"
    migration.data = data
    if manner in ("303", "foreign"):
        return make_response(redirect(location if manner == "303" else FOREIGN, 303))
    migration.state = "queued"
    response = make_response(jsonify(id=migration.ident, size=len(data)), 201)
    if manner == "201_location":
        response.headers["Location"] = location
    return response


@bp.get("/files/<int:id>/create_success")
def create_success(id: int) -> Response:
    """Confirm an upload that was redirected."""
    migration = _find(require_course(COURSE_ID), id)
    if migration.data is None or request.args.get("token") != migration.upload_token:
        return not_found()
    if migration.state == "pre_processing":
        migration.state = "queued"
    return answer({"id": migration.ident, "filename": migration.file_name, "size": len(migration.data)})
