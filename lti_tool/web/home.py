"""The start page of a launch."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import error_by_code
from lti_tool.models import new_id
from lti_tool.services.exams.exam_list import list_exams
from lti_tool.services.generations.generations import can_retry
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_lms_frame,
    require_same_origin,
    services,
)
from lti_tool.web.deep_linking_response import response_page
from lti_tool.web.review.starting_point import starting_point

SHOWN_FIRST = 8
"""Exams on the start page; the list has them all."""

bp = Blueprint("home", __name__, url_prefix="/l/<token>")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)


@bp.get("/")
def show() -> AnyResponse:
    """Show the student page, the exam that the link names, or the teacher's start page."""
    launch = current_launch().launch
    if launch.only_exam_id:
        return redirect(url_for("exams.show", exam_id=launch.only_exam_id), 303)
    exam = services().access.linked_exam(launch)
    if not current_launch().is_teacher:
        awaits_test_code = services().launch_tests.awaits_code(launch)
        page = render_template("student.html", title=exam.title if exam else "", awaits_test_code=awaits_test_code)
        return make_response(page)
    if exam is not None:
        return redirect(url_for("exams.show", exam_id=exam.id), 303)
    return _start_page()


@bp.post("/cancel")
def cancel() -> AnyResponse:
    """Return an empty deep linking response to the LMS."""
    launch = current_launch().launch
    services().access.require_whole_launch(launch)
    require_lms_frame()
    response = services().deep_linking.cancel(launch, str(gettext("Nothing was added.")))
    return response_page(response, cancelled=True)


def _start_page() -> Response:
    launch = current_launch().launch
    page = render_template(
        "start.html",
        unfinished=services().generations.unfinished(launch),
        page=list_exams(launch, per_page=SHOWN_FIRST),
        link_is_broken=bool(launch.exam_id),
        link_is_foreign=services().access.names_exam_of_another_course(launch),
        start=starting_point(),
        error_by_code=error_by_code,
        can_retry=can_retry,
        is_deleted="deleted" in request.args,
        form_id=new_id(),
        awaits_test_code=services().launch_tests.awaits_code(launch),
    )
    return make_response(page)
