"""A direct import: its state for the page's script, and the teacher's decision."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.models import Import
from lti_tool.services.delivery.direct_imports import ACTIVE_STATES
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_same_origin,
    require_teacher,
    services,
)
from lti_tool.web.errors import as_json
from lti_tool.web.locale import localize
from lti_tool.web.review.direct_import import error_of, stage_of

bp = Blueprint("imports", __name__, url_prefix="/l/<token>/imports/<import_id>")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)


@bp.get("/state")
def state(import_id: str) -> Response:
    """Return the state and the error, and where to go when the state changes."""
    row = _import(import_id)
    services().direct_imports.poll(row)
    # The page itself shows an error that ended something.
    error = error_of(row) if row.state in ACTIVE_STATES else None
    return jsonify(
        state=stage_of(row),
        error=as_json(error) if error else None,
        note=localize(row.note) if row.note else "",
        next=url_for("exams.show", exam_id=row.exam_id),
    )


@bp.post("/look")
def check_again(import_id: str) -> AnyResponse:
    """Ask the LMS at once how far it is."""
    row = _import(import_id)
    services().direct_imports.check_again(row)
    return redirect(url_for("exams.show", exam_id=row.exam_id), 303)


@bp.post("/decide")
def decide(import_id: str) -> AnyResponse:
    """Continue with the teacher's choice; without one, end the import."""
    row = _import(import_id)
    services().direct_imports.decide(row, current_launch().launch, request.form.get("choice", "")[:100])
    return redirect(url_for("exams.show", exam_id=row.exam_id), 303)


def _import(import_id: str) -> Import:
    return services().access.own_import(current_launch().launch, import_id)
