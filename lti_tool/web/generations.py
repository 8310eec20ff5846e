"""The page with Examplary's embed, and the progress pages of a generation."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import ToolError, error_by_code
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.models import Flow, Generation, GenerationState, new_id
from lti_tool.security.headers import PagePolicy
from lti_tool.services.generations.generations import StillOpen, can_retry
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_same_origin,
    require_teacher,
    services,
    set_policy,
)
from lti_tool.web.errors import as_json, wants_json
from lti_tool.web.form_id import submitted_form_id
from lti_tool.web.locale import localize
from lti_tool.web.tabs import link_page

bp = Blueprint("generations", __name__, url_prefix="/l/<token>/generations")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)

READY = (GenerationState.READY, GenerationState.RETURNED)
IN_PROGRESS = (GenerationState.OPENING, GenerationState.COLLECTING)


@bp.post("")
def begin() -> AnyResponse:
    """Start a generation; the same form sent twice starts only one."""
    services().access.require_whole_launch(current_launch().launch)
    return _redirect_to(services().generations.start(current_launch().launch, submitted_form_id()))


@bp.get("/<generation_id>")
def show(generation_id: str) -> AnyResponse:
    """Show the embed, the progress, the result or the end of a generation."""
    generation = _generation(generation_id)
    if generation.state in READY and generation.exam_id:
        edited = 1 if generation.flow == Flow.EDIT_EXAM else None
        # The fragment moves the focus to the exam's title, where the embed had it.
        address = url_for("exams.show", exam_id=generation.exam_id, edited=edited, _anchor="title")
        return redirect(address, 303)
    services().generations.poll(generation)
    if generation.state == GenerationState.OPEN:
        return _embed(generation)
    error = _current_error(generation)
    name = generation.state if generation.state in IN_PROGRESS else "over"
    page = render_template(
        f"generation/{name}.html",
        generation=generation,
        error=error,
        doing=_doing(generation),
        form_id=new_id(),
        can_retry=can_retry(generation.error_code),
    )
    return make_response(page)


@bp.post("/<generation_id>/hint")
def hint(generation_id: str) -> AnyResponse:
    """Check the generation soon: the browser has noticed a change."""
    generation = _generation(generation_id)
    services().generations.hint(generation)
    if wants_json():
        return make_response(jsonify(state=generation.state), 202)
    return redirect(url_for("generations.show", generation_id=generation.id, asked=1), 303)


@bp.post("/<generation_id>/cancel")
def cancel(generation_id: str) -> AnyResponse:
    """Cancel a generation."""
    generation = _generation(generation_id)
    services().generations.cancel(generation)
    if generation.revises_id:
        return redirect(url_for("exams.show", exam_id=generation.revises_id), 303)
    return redirect(url_for("home.show"), 303)


@bp.post("/<generation_id>/use")
def use_version(generation_id: str) -> AnyResponse:
    """Store the exam edited at Examplary as its new version."""
    generation = _generation(generation_id)
    services().generations.use_version(generation)
    return _redirect_to(generation)


@bp.post("/<generation_id>/write")
def write_questions(generation_id: str) -> AnyResponse:
    """Open an exam that came without questions in Examplary's editor."""
    generation = _generation(generation_id)
    services().generations.write_questions(generation)
    return _redirect_to(generation)


@bp.post("/<generation_id>/retry")
def retry(generation_id: str) -> AnyResponse:
    """Retry a failed generation."""
    generation = _generation(generation_id)
    services().generations.retry(generation)
    return _redirect_to(generation)


@bp.post("/<generation_id>/tab")
def open_tab(generation_id: str) -> Response:
    """Return a one-time link that opens the generation in a window of its own; the frame keeps polling its state."""
    return link_page(f"generations/{_generation(generation_id).id}")


@bp.get("/<generation_id>/state")
def state(generation_id: str) -> Response:
    """Return the state, the error and the next page for the page's script."""
    generation = _generation(generation_id)
    services().generations.poll(generation)
    error = _current_error(generation)
    waiting = generation.state == GenerationState.OPEN
    return jsonify(
        state=generation.state,
        error=as_json(error) if error else None,
        next=None if waiting else url_for("generations.show", generation_id=generation.id),
        note=_note(error) if waiting else "",
        doing=_doing(generation),
    )


def _generation(generation_id: str) -> Generation:
    return services().access.generation(current_launch().launch, generation_id)


def _current_error(generation: Generation) -> ToolError | None:
    """Return the generation's error.

    While a request to open Examplary is under way, a code is stored already, in case a crash loses the answer.
    """
    is_being_opened = generation.state == GenerationState.OPENING and generation.look_after is None
    return error_by_code(generation.error_code) if generation.error_code and not is_being_opened else None


def _doing(generation: Generation) -> str:
    """Return how many of the exam's files are downloaded, in words; empty before that begins."""
    done, total = generation.files_done, generation.files_total
    if generation.state != GenerationState.COLLECTING or not total:
        return ""
    return str(ngettext("(%(done)s of %(num)s file)", "(%(done)s of %(num)s files)", total, done=done))


def _note(error: ToolError | None) -> str:
    """Return the message for a teacher who has finished before Examplary reports it."""
    if error is None:
        return f"{localize(StillOpen.sentence)} {localize(StillOpen.advice)}"
    return " ".join((localize(error.sentence, error.facts), str(gettext("We'll keep trying. Nothing is lost."))))


def _redirect_to(generation: Generation) -> AnyResponse:
    return redirect(url_for("generations.show", generation_id=generation.id), 303)


def _embed(generation: Generation) -> Response:
    """Show Examplary in a full-size frame, with camera and microphone for scans and recordings."""
    settings = services().settings
    embed_url = services().generations.embed_url(generation)
    origin = origin_of(embed_url)
    set_policy(
        PagePolicy(
            frame_ancestors=current_launch().frame_ancestors,
            keeps_opener=current_launch().is_tab,
            # Examplary sends the frame back to our return page.
            frame_sources=(origin, f"{settings.base_url}/embed/return/"),
            device_origin=origin,
        )
    )
    note = _note(_current_error(generation)) if "asked" in request.args else ""
    page = render_template(
        "generation/embed.html",
        generation=generation,
        embed_url=embed_url,
        embed_origin=origin,
        embed_host=urlsplit(origin).netloc,
        note=note,
    )
    return make_response(page)
