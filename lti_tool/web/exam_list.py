"""The list of exams, with its filters and its search."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lti_tool.services.exams.exam_list import Scope, list_exams
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_same_origin,
    require_teacher,
    services,
)

bp = Blueprint("exam_list", __name__, url_prefix="/l/<token>/exams")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)

MAX_QUERY = 200
"""Characters of a search."""


@bp.get("")
def show() -> str:
    """Show one page of the exams that this teacher may use."""
    launch = current_launch().launch
    services().access.require_whole_launch(launch)
    scope_name = request.args.get("show", "")
    query = request.args.get("q", "")[:MAX_QUERY].strip()
    scope = Scope(scope_name) if scope_name in tuple(Scope) else Scope.ALL
    before, after = request.args.get("before", ""), request.args.get("after", "")
    return render_template(
        "exam/list.html",
        page=list_exams(launch, scope, query, before=before, after=after),
        scope=scope,
        query=query,
        is_first=not (before or after),
        has_course=bool(launch.context_id),
    )
