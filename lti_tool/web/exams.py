"""The page of an exam: what arrives, the way into the course, and everything that can be downloaded."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.lms import OfferKind, plugin_for_family
from lti_tool.models import Exam
from lti_tool.security.headers import PagePolicy
from lti_tool.services.launches.access import ItemNotFound
from lti_tool.web import labels
from lti_tool.web.current_launch import (
    begin_visit,
    in_its_own_frame,
    own_posts_only,
    services,
    set_policy,
    teachers_only,
    visit,
)
from lti_tool.web.deep_linking_response import answer_page
from lti_tool.web.downloads import course_of, downloads
from lti_tool.web.files import INLINE, send_asset, send_package
from lti_tool.web.locale import language_name
from lti_tool.web.review import format_for, missing_media, review_of
from lti_tool.web.rich_text import Held

bp = Blueprint("exams", __name__, url_prefix="/l/<token>/exams/<exam_id>", template_folder="templates")
bp.url_value_preprocessor(begin_visit)
bp.before_request(own_posts_only)
bp.before_request(teachers_only)


@bp.get("")
def show(exam_id: str) -> AnyResponse:
    """Every question, its key, and what this LMS makes of it; the button; the downloads."""
    row, launch = _own(exam_id), visit().launch
    plugin = plugin_for_family(launch.family)
    offer = plugin.offer(visit().deep_linking)
    format_name = format_for(plugin.formats, offer.format_name, request.args.get("format", ""))
    value = services().exam_reader.value(row)
    review = review_of(
        value,
        services().exam_reader.report(row, format_name),
        page=request.args.get("page", 1, type=int),
        changed_only="changed" in request.args,
    )
    set_policy(PagePolicy(frame_ancestors=visit().origins, data_images=True))
    page = render_template(
        "exam/show.html",
        row=row,
        review=review,
        format_name=format_name,
        plugin=plugin,
        offer=offer,
        sending=offer.kind is not OfferKind.NOTHING and "tab" not in request.args,
        steps_after=plugin.next_steps(course_of(launch), format_name, offer.kind),
        downloads=downloads(row, launch, plugin),
        media=_media(row),
        missing=missing_media(row),
        labels=labels,
        language_name=language_name,
    )
    return make_response(page)


@bp.post("/add")
def add(exam_id: str) -> Response:
    """Send the exam into the course."""
    in_its_own_frame()
    return answer_page(services().deep_linking.add(visit().launch, _own(exam_id)))


@bp.get("/download/<format_name>")
def download(exam_id: str, format_name: str) -> Response:
    """Send the exam in one format."""
    return send_package(services().packages.download(visit().launch, _own(exam_id), format_name))


@bp.get("/media/<sha256>")
def media(exam_id: str, sha256: str) -> Response:
    """Send an image or a file of this exam, and of no other."""
    for held in _own(exam_id).media:
        if held.asset_sha256 == sha256 and held.asset is not None:
            return send_asset(held.asset)
    raise ItemNotFound


def _own(exam_id: str) -> Exam:
    return services().access.exam(visit().launch, exam_id)


def _media(row: Exam) -> dict[str, Held]:
    return {
        held.url: Held(
            url_for("exams.media", exam_id=row.id, sha256=held.asset.sha256), held.asset.media_type in INLINE
        )
        for held in row.media
        if held.asset is not None
    }
