"""The review page of an exam, and what it does: "Add to course", the downloads, consent and links."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Exam, ImportState
from lti_tool.security.headers import PagePolicy
from lti_tool.services.generations import new_version
from lti_tool.services.launches.access import ItemNotFound
from lti_tool.services.launches.permissions import Action
from lti_tool.services.platform_settings import require_choice
from lti_tool.web.consent import consent_link
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_lms_frame,
    require_same_origin,
    require_teacher,
    services,
    set_policy,
)
from lti_tool.web.deep_linking_response import response_page
from lti_tool.web.errors import wants_json
from lti_tool.web.files import send_asset, send_package
from lti_tool.web.form_id import submitted_form_id
from lti_tool.web.review.direct_import import ticked_options
from lti_tool.web.review.page import review_page
from lti_tool.web.tabs import link_page

bp = Blueprint("exams", __name__, url_prefix="/l/<token>/exams/<exam_id>")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)


@bp.get("")
def show(exam_id: str) -> AnyResponse:
    """Show the review page."""
    row = _exam(exam_id, Action.SEE)
    set_policy(PagePolicy(frame_ancestors=current_launch().frame_ancestors, data_images=True))
    return make_response(render_template("exam/show.html", row=row, **review_page(row)))


@bp.post("/add")
def add(exam_id: str) -> Response:
    """Return a deep linking response with the exam."""
    require_lms_frame()
    row, launch = _exam(exam_id, Action.SEND), current_launch().launch
    return response_page(services().deep_linking.add(launch, row, reviewed="reviewed" in request.form))


@bp.post("/tab")
def open_tab(exam_id: str) -> Response:
    """Return a one-time link that opens this exam, and nothing else, in a tab of its own."""
    row = _exam(exam_id, Action.SHARE)
    return link_page(f"exams/{row.id}", only_exam_id=row.id)


@bp.post("/import")
def start_import(exam_id: str) -> AnyResponse:
    """Add the exam to the course by the LMS's own API; the same form sent twice starts only one import."""
    row, launch = _exam(exam_id, Action.SEND), current_launch().launch
    services().direct_imports.start(
        launch, row, submitted_form_id(), ticked_options(), reviewed="reviewed" in request.form
    )
    return redirect(url_for("exams.show", exam_id=exam_id, _anchor="import"), 303)


@bp.post("/edit")
def edit_in_examplary(exam_id: str) -> AnyResponse:
    """Open the exam in Examplary's editor; the same form sent twice opens it once."""
    launch = current_launch().launch
    services().access.require_whole_launch(launch)
    require_choice(launch, TeacherChoice.EXAMPLARY)
    row = _exam(exam_id, Action.CHANGE)
    generation = services().generations.edit(launch, row, submitted_form_id())
    return redirect(url_for("generations.show", generation_id=generation.id), 303)


@bp.post("/notes/read")
def forget_notes(exam_id: str) -> AnyResponse:
    """Remove the sentences about the last new version, because the teacher has read them."""
    new_version.forget_notes(_exam(exam_id, Action.CHANGE))
    return redirect(url_for("exams.show", exam_id=exam_id), 303)


@bp.post("/close")
def close_dialog(exam_id: str) -> Response:
    """Return an empty deep linking response after the quiz was made: the LMS closes its dialog."""
    require_lms_frame()
    _exam(exam_id, Action.SEND)
    response = services().deep_linking.cancel(current_launch().launch, str(gettext("The quiz is in your course.")))
    return response_page(response, cancelled=True)


@bp.post("/consent")
def ask_consent(exam_id: str) -> AnyResponse:
    """Add the exam once the teacher has consented: return a one-time link to the window in which the LMS asks."""
    row = _exam(exam_id, Action.SEND)
    launch = current_launch().launch
    started = services().direct_imports.start(
        launch, row, submitted_form_id(), ticked_options(), reviewed="reviewed" in request.form
    )
    if started.state != ImportState.WAITING_FOR_CONSENT and not wants_json():
        return redirect(url_for("exams.show", exam_id=exam_id), 303)
    return consent_link(row, started)


@bp.post("/disconnect")
def disconnect(exam_id: str) -> AnyResponse:
    """End the teacher's consent to the use of their LMS's API."""
    _exam(exam_id, Action.SEND)
    services().lms_accounts.disconnect(current_launch().launch.lms_user_id)
    return redirect(url_for("exams.show", exam_id=exam_id), 303)


@bp.post("/links/revoke")
def revoke_links(exam_id: str) -> AnyResponse:
    """Revoke the links by which the LMS fetches this exam, as far as they come from this course or this teacher."""
    row = _exam(exam_id, Action.SHARE)
    services().package_links.revoke_for_teacher(row, current_launch().launch)
    return redirect(url_for("exams.show", exam_id=exam_id), 303)


@bp.get("/download/<format_name>")
def download(exam_id: str, format_name: str) -> Response:
    """Download the exam in one format."""
    row = _exam(exam_id, Action.SHARE)
    return send_package(services().packages.download(current_launch().launch, row, format_name))


@bp.get("/media/<sha256>")
def media(exam_id: str, sha256: str) -> Response:
    """Send an image or a file of this exam."""
    for file in _exam(exam_id, Action.SEE).media:
        if file.asset_sha256 == sha256 and file.asset is not None:
            return send_asset(file.asset)
    raise ItemNotFound


def _exam(exam_id: str, action: Action) -> Exam:
    return services().access.exam(current_launch().launch, exam_id, action)
