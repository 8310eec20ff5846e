"""The review page of an exam: its questions, their conversion, "Add to course" and the downloads."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import exam as exams
from lti_tool import formats
from lti_tool.exam.changes.misfit import BY_CODE
from lti_tool.exam.remark import Remark
from lti_tool.formats import Report
from lti_tool.lms import LmsPlugin, Offer, OfferKind, plugin_for_family
from lti_tool.lms.direct_import import ACTIONS, OUTCOMES
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Exam, ImportState, new_id
from lti_tool.security.headers import PagePolicy
from lti_tool.services.exams import new_version
from lti_tool.services.exams.change_log import revisions
from lti_tool.services.exams.exam_labels import labelled
from lti_tool.services.exams.exam_reports import format_for
from lti_tool.services.launches.access import ItemNotFound
from lti_tool.services.launches.permissions import Action
from lti_tool.services.platforms.offers import offer_of
from lti_tool.services.platforms.settings import PlatformSettings, require_choice
from lti_tool.web import labels
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
from lti_tool.web.direct_import import STAGES, DirectImportView, direct_import_view, stage_of, ticked_options
from lti_tool.web.downloads import course_from, downloads
from lti_tool.web.edits import anchor, edits_of
from lti_tool.web.errors import wants_json
from lti_tool.web.exam_media import media_of
from lti_tool.web.files import send_asset, send_package
from lti_tool.web.locale import language_name
from lti_tool.web.main_action import main_action
from lti_tool.web.review import late_media, lms_views, missing_media, review_of
from lti_tool.web.sent_exams import sent_to_course
from lti_tool.web.starting_point import starting_point
from lti_tool.web.tabs import link_page

bp = Blueprint("exams", __name__, url_prefix="/l/<token>/exams/<exam_id>", template_folder="templates")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)


@dataclass(frozen=True, slots=True)
class ExamplaryView:
    """The review page's sentence about the exam at Examplary.

    ``can_edit``: it can be changed there; ``is_gone``: its author no longer can; ``is_duplicate``: it was never there.
    ``notes`` are about the version that just came; ``unchanged`` says that none came.
    """

    can_edit: bool
    is_gone: bool
    is_duplicate: bool
    notes: new_version.VersionNotes | None
    unchanged: bool


@bp.get("")
def show(exam_id: str) -> AnyResponse:
    """Show the review page."""
    row, launch = _exam(exam_id, Action.SEE), current_launch().launch
    plugin = plugin_for_family(launch.family)
    settings = PlatformSettings.of(launch.platform)
    offer, direct = offer_of(launch), direct_import_view(launch, row)
    format_name = format_for(
        plugin.ranked_formats(settings.formats),
        _sent_format(plugin, offer, direct),
        request.args.get("format", ""),
    )
    is_changeable = services().access.may(launch, row, Action.CHANGE)
    offered_files = downloads(row, launch, plugin)
    history = revisions(row)
    changed = services().exam_reader.changed(row, history)
    review = review_of(
        changed,
        services().exam_reports.report(row, format_name, labelled(changed.exam, launch.platform), history),
        page=request.args.get("page", 1, type=int),
        changed_only="changed" in request.args,
    )
    set_policy(PagePolicy(frame_ancestors=current_launch().frame_ancestors, data_images=True))
    page = render_template(
        "exam/show.html",
        row=row,
        review=review,
        direct=direct,
        examplary=_examplary(row),
        uses_direct=direct is not None and (direct.availability.available or direct.latest is not None),
        good_to_know=_exam_remarks(changed.exam, review.report, _settled_remarks(plugin, direct)),
        wish=new_id(),
        stages=STAGES,
        stage_of=stage_of,
        actions=ACTIONS,
        outcomes=OUTCOMES,
        format_name=format_name,
        format_label=formats.get(format_name).label,
        is_changeable=is_changeable,
        plugin=plugin,
        offer=offer,
        action=main_action(current_launch(), row, offer, direct, has_download=bool(offered_files)),
        sending=offer.kind is not OfferKind.NOTHING,
        start=starting_point(),
        sent=sent_to_course(row, launch, plugin),
        steps_sent=plugin.next_steps(course_from(launch), format_name, OfferKind.FILE),
        steps_after=plugin.next_steps(course_from(launch), format_name, offer.kind),
        downloads=offered_files,
        may_print=settings.allows(TeacherChoice.PRINT),
        may_download=settings.allows(TeacherChoice.DOWNLOAD),
        requires_review=settings.requires_review,
        media=media_of(row),
        lms_views=lms_views(row, review, format_name),
        edits=edits_of(
            row,
            changed,
            history,
            may_change=is_changeable and settings.allows(TeacherChoice.CHANGE),
            saved=request.args.get("saved", 0, type=int),
        ),
        anchor=anchor,
        refused=BY_CODE.get(request.args.get("refused", "")),
        missing=missing_media(row),
        late=late_media(row),
        active_links=services().package_links.count_active(row, launch),
        labels=labels,
        language_name=language_name,
    )
    return make_response(page)


@bp.post("/add")
def add(exam_id: str) -> Response:
    """Return a deep linking response with the exam."""
    require_lms_frame()
    row, launch = _exam(exam_id, Action.SEND), current_launch().launch
    return response_page(services().deep_linking.add(launch, row, reviewed="reviewed" in request.form))


@bp.post("/tab")
def open_tab(exam_id: str) -> Response:
    """Return a one-time link that opens this exam, and nothing else, in a tab of its own."""
    row = _exam(exam_id, Action.HAND_ON)
    return link_page(f"exams/{row.id}", only_exam_id=row.id)


@bp.post("/import")
def start_import(exam_id: str) -> AnyResponse:
    """Add the exam to the course by the LMS's own API; the same form sent twice starts only one import."""
    form_id = request.form.get("wish", "")[:100]
    row, launch = _exam(exam_id, Action.SEND), current_launch().launch
    services().direct_imports.start(launch, row, form_id, ticked_options(), reviewed="reviewed" in request.form)
    return redirect(url_for("exams.show", exam_id=exam_id, _anchor="import"), 303)


@bp.post("/edit")
def edit_in_examplary(exam_id: str) -> AnyResponse:
    """Open the exam in Examplary's editor; the same form sent twice opens it once."""
    launch = current_launch().launch
    services().access.require_whole_launch(launch)
    require_choice(launch, TeacherChoice.EXAMPLARY)
    row, form_id = _exam(exam_id, Action.CHANGE), request.form.get("wish", "")[:100]
    generation = services().generations.edit(launch, row, form_id)
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
    answer = services().deep_linking.cancel(current_launch().launch, str(gettext("The quiz is in your course.")))
    return response_page(answer, cancelled=True)


@bp.post("/consent")
def ask_consent(exam_id: str) -> AnyResponse:
    """Add the exam once the teacher has consented: return a one-time link to the window in which the LMS asks."""
    row = _exam(exam_id, Action.SEND)
    form_id, reviewed = request.form.get("wish", "")[:100], "reviewed" in request.form
    launch = current_launch().launch
    started = services().direct_imports.start(launch, row, form_id, ticked_options(), reviewed=reviewed)
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
    row = _exam(exam_id, Action.HAND_ON)
    services().package_links.revoke_for_teacher(row, current_launch().launch)
    return redirect(url_for("exams.show", exam_id=exam_id), 303)


@bp.get("/download/<format_name>")
def download(exam_id: str, format_name: str) -> Response:
    """Download the exam in one format."""
    row = _exam(exam_id, Action.HAND_ON)
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


def _examplary(row: Exam) -> ExamplaryView:
    """Return what the page says about the exam at Examplary; only its author can change it there."""
    launch = current_launch().launch
    is_author = services().access.may(launch, row, Action.CHANGE) and not launch.only_exam_id
    can_edit, may_edit = services().generations.can_edit(row), _allows(TeacherChoice.EXAMPLARY)
    return ExamplaryView(
        can_edit=is_author and can_edit and may_edit,
        is_gone=is_author and not can_edit and not row.duplicate_id,
        is_duplicate=is_author and bool(row.duplicate_id),
        notes=new_version.notes_of(row) if is_author else None,
        unchanged=row.version_notes is None and "edited" in request.args,
    )


def _allows(choice: TeacherChoice) -> bool:
    return PlatformSettings.of(current_launch().launch.platform).allows(choice)


def _sent_format(plugin: LmsPlugin, offer: Offer, direct: DirectImportView | None) -> str:
    """Return the format that the main button sends; empty if it sends none, or a link."""
    if direct is not None and direct.availability.available and plugin.direct_import is not None:
        return plugin.direct_import.format_name
    return offer.format_name


def _settled_remarks(plugin: LmsPlugin, direct: DirectImportView | None) -> frozenset[str]:
    """Return the codes of remarks about work that the direct import does itself."""
    can_import = direct is not None and direct.availability.available
    return plugin.direct_import.settled_remarks if can_import and plugin.direct_import else frozenset()


def _exam_remarks(exam: exams.Exam, report: Report, settled: frozenset[str]) -> list[Remark]:
    """Return the remarks on the exam as a whole: the report's, without the ``settled`` ones, and the exam's own."""
    return list(dict.fromkeys([*(each for each in report.remarks if each.code not in settled), *exam.remarks]))
