"""Examplary's frame, and the pages while an exam is taken home."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import ToolError
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.models import Generation, GenerationState, new_id
from lti_tool.security.headers import PagePolicy
from lti_tool.services.generations.generations import StillOpen
from lti_tool.web.current_launch import begin_visit, own_posts_only, services, set_policy, teachers_only, visit
from lti_tool.web.errors import as_json, error_by_code, wants_json
from lti_tool.web.locale import say

bp = Blueprint("generations", __name__, url_prefix="/l/<token>/generations", template_folder="templates")
bp.url_value_preprocessor(begin_visit)
bp.before_request(own_posts_only)
bp.before_request(teachers_only)

READY = (GenerationState.READY, GenerationState.RETURNED)
ON_THE_WAY = (GenerationState.OPENING, GenerationState.COLLECTING)


@bp.post("")
def begin() -> AnyResponse:
    """Open Examplary's generator for a new exam; the same form sent twice opens one."""
    return _to(services().generations.start(visit().launch, request.form.get("wish", "")[:100]))


@bp.get("/<generation_id>")
def show(generation_id: str) -> AnyResponse:
    """Where this generation is: in the frame, on its way, ready, or over."""
    generation = _own(generation_id)
    if generation.state in READY and generation.exam_id:
        return redirect(url_for("exams.show", exam_id=generation.exam_id), 303)
    services().generations.poll(generation)
    if generation.state == GenerationState.OPEN:
        return _embed(generation)
    error = _trouble(generation)
    name = generation.state if generation.state in ON_THE_WAY else "over"
    page = render_template(f"generation/{name}.html", generation=generation, error=error, wish=new_id())
    return make_response(page)


@bp.post("/<generation_id>/hint")
def hint(generation_id: str) -> AnyResponse:
    """The browser believes that something has happened."""
    generation = _own(generation_id)
    services().generations.hint(generation)
    if wants_json():
        return make_response(jsonify(state=generation.state), 202)
    return redirect(url_for("generations.show", generation_id=generation.id, asked=1), 303)


@bp.post("/<generation_id>/cancel")
def cancel(generation_id: str) -> AnyResponse:
    """Give it up."""
    services().generations.cancel(_own(generation_id))
    return redirect(url_for("home.show"), 303)


@bp.post("/<generation_id>/retry")
def retry(generation_id: str) -> AnyResponse:
    """Take up a generation that failed."""
    generation = _own(generation_id)
    services().generations.retry(generation)
    return _to(generation)


@bp.get("/<generation_id>/state")
def state(generation_id: str) -> Response:
    """For the page's script: where it is, what is wrong, where to go next."""
    generation = _own(generation_id)
    services().generations.poll(generation)
    error = _trouble(generation)
    waiting = generation.state == GenerationState.OPEN
    return jsonify(
        state=generation.state,
        error=as_json(error) if error else None,
        next=None if waiting else url_for("generations.show", generation_id=generation.id),
        note=_note(error) if waiting else "",
    )


def _own(generation_id: str) -> Generation:
    return services().access.generation(visit().launch, generation_id)


def _trouble(generation: Generation) -> ToolError | None:
    """Return what is in the way, if anything is; what an opening may run into is noted before it has."""
    under_way = generation.state == GenerationState.OPENING and generation.look_after is None
    return error_by_code(generation.error_code) if generation.error_code and not under_way else None


def _note(error: ToolError | None) -> str:
    """Return what the teacher reads who says that it is finished, while it is not known to be."""
    if error is None:
        return f"{say(StillOpen.sentence)} {say(StillOpen.advice)}"
    return f"{say(error.sentence, error.facts)} {gettext('We keep trying; nothing is lost.')}"


def _to(generation: Generation) -> AnyResponse:
    return redirect(url_for("generations.show", generation_id=generation.id), 303)


def _embed(generation: Generation) -> Response:
    """Examplary in a frame that fills ours; it may use camera and microphone for scans and recordings."""
    settings = services().settings
    embed_url = services().generations.embed_url(generation)
    origin = origin_of(embed_url)
    set_policy(
        PagePolicy(
            frame_ancestors=visit().origins,
            # The frame ends at our own page, to which Examplary sends it back.
            frame_sources=(origin, f"{settings.base_url}/embed/return/"),
            device_origin=origin,
        )
    )
    note = _note(_trouble(generation)) if "asked" in request.args else ""
    page = render_template(
        "generation/embed.html", generation=generation, embed_url=embed_url, embed_origin=origin, note=note
    )
    return make_response(page)
