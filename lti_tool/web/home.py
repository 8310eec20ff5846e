"""The first page of a launch."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import AccessError
from lti_tool.models import Exam, new_id
from lti_tool.web.current_launch import begin_visit, in_its_own_frame, own_posts_only, services, teachers_only, visit
from lti_tool.web.deep_linking_response import answer_page
from lti_tool.web.errors import error_by_code

bp = Blueprint("home", __name__, url_prefix="/l/<token>", template_folder="templates")
bp.url_value_preprocessor(begin_visit)
bp.before_request(own_posts_only)


@bp.get("/")
def show() -> AnyResponse:
    """A student's friendly page, the exam that the link names, or the teacher's start page."""
    exam = _named_exam()
    if not visit().teaches:
        return make_response(render_template("student.html", title=exam.title if exam else ""))
    if exam is not None:
        return redirect(url_for("exams.show", exam_id=exam.id), 303)
    return _start_page()


@bp.post("/cancel")
def cancel() -> AnyResponse:
    """Tell the LMS that nothing comes."""
    teachers_only()
    in_its_own_frame()
    answer = services().deep_linking.cancel(visit().launch, str(gettext("Nothing was added.")))
    return answer_page(answer, cancelled=True)


def _start_page() -> Response:
    launch = visit().launch
    page = render_template(
        "start.html",
        unfinished=services().generations.unfinished(launch),
        exams=services().access.exams(launch),
        link_is_broken=bool(launch.exam_id),
        link_is_foreign=services().access.names_exam_of_another_course(launch),
        error_by_code=error_by_code,
        wish=new_id(),
    )
    return make_response(page)


def _named_exam() -> Exam | None:
    """Return the exam that the launched link names; none if it names none, or one that is gone."""
    launch = visit().launch
    if not launch.exam_id:
        return None
    try:
        return services().access.exam(launch, launch.exam_id)
    except AccessError:
        return None
