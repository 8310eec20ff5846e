"""Pages of the embed. All of them work without JavaScript.

=====================================  =========================================================================
``GET  /embeds/<token>``               1 "New test": title, studentLevel, sourceText; posts to ``/details``
``GET  /embeds/<token>/context``       2 "Test context": duration, questionTypes, subject, language,
                                       numberOfQuestions, instructions; posts to the same address
``GET  /embeds/<token>/outline``       3 the outline: a ``row`` (question type) for each question
``POST /embeds/<token>/generate``      4 starts; accepts all fields above, so a script needs one POST
``GET  /embeds/<token>/generating``    progress; redirects to ``/done``
``GET  /embeds/<token>/done``          posts a message to allowedOrigin, or redirects to returnUrl
``POST /embeds/<token>/cancel``        on every page; redirects to ``/done``
``GET, POST /embeds/<token>/edit``     the editor of the flow edit-exam: a ``title``, for each question a
                                       ``title-<id>`` and a ``delete-<id>``; ``add`` adds one. Each POST saves
=====================================  =========================================================================

``<token>`` is the session id without its prefix; there is no cookie. With both allowedOrigin and returnUrl, the page
posts the message first and opens returnUrl half a second later.

See docs/reference/examplary-api.md#the-generate-exam-pages.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.examplary.edit_exam import edit, edited_exam
from sandbox.examplary.embed_session import (
    FIELDS,
    LEVELS,
    cancel,
    draft_of,
    edits_exam,
    finish_if_ready,
    options_of,
    progress,
    return_url,
    start,
)
from sandbox.examplary.generate import MAX_QUESTIONS, outline
from sandbox.examplary.phrases import LANGUAGES
from sandbox.examplary.question_builders import BUILDERS
from sandbox.examplary.store import Store, StoredSession

_STAGES = (
    "Analyzing source materials",
    "Constructing test structure",
    "Determining scoring criteria",
    "Creating questions",
)
_LISTS = ("questionTypes", "row")


def embeds_blueprint(store: Store) -> Blueprint:
    """Return the pages over ``store``."""
    bp = Blueprint("embeds", __name__, url_prefix="/embeds/<token>")
    _steps(bp, store)
    _generation(bp, store)
    _editor(bp, store)
    return bp


def _session(store: Store, token: str) -> StoredSession:
    session = store.live_session(f"embed_session_{token}")
    if session is None:
        abort(_secured(Response(render_template("gone.html"), status=404), ""))
    return session


def _save_form(session: StoredSession) -> None:
    """Add the fields of the submitted form to the draft."""
    for name in request.form:
        if name in FIELDS or name in _LISTS:
            session.draft[name] = ",".join(request.form.getlist(name))


def _page(name: str, session: StoredSession, **values: object) -> Response:
    text = render_template(
        name, token=session.token, draft=draft_of(session), levels=LEVELS, languages=LANGUAGES, **values
    )
    return _secured(Response(text), session.text("returnUrl"))


def _secured(response: Response, redirect_url: str) -> Response:
    # Chromium applies form-action to redirects too, and a form may redirect to returnUrl.
    target = urlsplit(redirect_url)
    form_target = f" {target.scheme}://{target.netloc}" if target.netloc else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'{form_target}; "
        "base-uri 'none'; frame-ancestors *"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _to(session: StoredSession, step: str) -> AnyResponse:
    return redirect(f"/embeds/{session.token}/{step}", 303)


def _steps(bp: Blueprint, store: Store) -> None:
    @bp.get("")
    def details(token: str) -> AnyResponse:
        session = _session(store, token)
        if finish_if_ready(session, store):
            return _to(session, "done")
        if edits_exam(session):
            return _to(session, "edit")
        return _to(session, "generating") if session.ready_at else _page("details.html", session)

    @bp.post("/details")
    def save_details(token: str) -> AnyResponse:
        session = _session(store, token)
        _save_form(session)
        return _to(session, "context")

    @bp.get("/context")
    def context(token: str) -> AnyResponse:
        session = _session(store, token)
        selected = options_of(session).types
        return _page("context.html", session, kinds=list(BUILDERS), selected=selected, max_questions=MAX_QUESTIONS)

    @bp.post("/context")
    def save_context(token: str) -> AnyResponse:
        session = _session(store, token)
        session.draft.pop("row", None)
        _save_form(session)
        return _to(session, "outline")

    @bp.get("/outline")
    def show_outline(token: str) -> AnyResponse:
        session = _session(store, token)
        return _page("outline.html", session, rows=outline(options_of(session)), kinds=list(BUILDERS))

    @bp.get("/theme.css")
    def theme_css(token: str) -> AnyResponse:
        theme = _session(store, token).request.get("theme")
        colour = str(theme.get("primaryColor", "")) if isinstance(theme, dict) else ""
        valid_colour = colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else "#4f46e5"
        return Response(f":root {{ --primary: {valid_colour}; }}\n", mimetype="text/css")


def _generation(bp: Blueprint, store: Store) -> None:
    @bp.post("/generate")
    def begin(token: str) -> AnyResponse:
        session = _session(store, token)
        _save_form(session)
        start(session, store)
        return _to(session, "generating")

    @bp.get("/generating")
    def generating(token: str) -> AnyResponse:
        session = _session(store, token)
        if finish_if_ready(session, store):
            return _to(session, "done")
        if session.ready_at is None:
            return redirect(f"/embeds/{token}", 303)
        share = progress(session, store)
        stage = _STAGES[min(int(share * len(_STAGES)), len(_STAGES) - 1)]
        return _page("generating.html", session, percent=int(share * 100), stage=stage)

    @bp.post("/cancel")
    def stop(token: str) -> AnyResponse:
        session = _session(store, token)
        cancel(session, store)
        return _to(session, "done")

    @bp.get("/done")
    def done(token: str) -> AnyResponse:
        session = _session(store, token)
        if not finish_if_ready(session, store):
            return redirect(f"/embeds/{token}", 303)
        origin, url = session.text("allowedOrigin"), return_url(session)
        if url and not origin:
            return redirect(url, 303)
        exam_id = session.outputs.get("examId", "")
        return _page("done.html", session, status=session.status, exam_id=exam_id, origin=origin, return_url=url)


def _editor(bp: Blueprint, store: Store) -> None:
    @bp.get("/edit")
    def editor(token: str) -> AnyResponse:
        session = _session(store, token)
        exam = edited_exam(session, store)
        if exam is None:
            return _secured(Response(render_template("gone.html"), status=404), "")
        return _page("edit.html", session, exam=exam, saved="saved" in request.args)

    @bp.post("/edit")
    def save(token: str) -> AnyResponse:
        session = _session(store, token)
        edit(session, store, request.form)
        return _to(session, "edit?saved")
