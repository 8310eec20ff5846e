"""The pages that a teacher clicks through (facts: examplary-api §4.5). All of them work without JavaScript.

=====================================  =========================================================================
``GET  /embeds/<token>``               1 "New test": title, studentLevel, sourceText; posts to ``/details``
``GET  /embeds/<token>/context``       2 "Test context": duration, questionTypes, subject, language,
                                       numberOfQuestions, instructions; posts to the same address
``GET  /embeds/<token>/outline``       3 the outline: a ``row`` (question type) for each question
``POST /embeds/<token>/generate``      4 starts. Takes every field above, so one POST is enough for a script
``GET  /embeds/<token>/generating``    progress; leads to ``/done`` by itself
``GET  /embeds/<token>/done``          tells the parent frame (allowedOrigin), or goes to returnUrl
``POST /embeds/<token>/cancel``        from every page; leads to ``/done``
=====================================  =========================================================================

``<token>`` is the session id without its prefix; there is no cookie. When both ways back were asked for, the page
tells the parent first and goes to returnUrl half a second later.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.examplary.content import LANGUAGES
from sandbox.examplary.embed_session import (
    FIELDS,
    LEVELS,
    cancel,
    draft_of,
    finish_if_ready,
    progress,
    return_address,
    start,
    wishes_of,
)
from sandbox.examplary.generate import MOST_QUESTIONS, outline
from sandbox.examplary.questions import MAKERS
from sandbox.examplary.store import Store, StoredSession

_STAGES = (
    "Analyzing source materials",
    "Constructing test structure",
    "Determining scoring criteria",
    "Creating questions",
)
_LISTS = ("questionTypes", "row")


def embeds_blueprint(store: Store) -> Blueprint:
    """The pages over ``store``."""
    bp = Blueprint("embeds", __name__, url_prefix="/embeds/<token>")
    _steps(bp, store)
    _generation(bp, store)
    return bp


def _session(store: Store, token: str) -> StoredSession:
    session = store.live_session(f"embed_session_{token}")
    if session is None:
        abort(_secured(Response(render_template("gone.html"), status=404), ""))
    return session


def _keep(session: StoredSession) -> None:
    """Take over the fields of this form."""
    for name in request.form:
        if name in FIELDS or name in _LISTS:
            session.draft[name] = ",".join(request.form.getlist(name))


def _page(name: str, session: StoredSession, **values: object) -> Response:
    text = render_template(
        name, token=session.token, draft=draft_of(session), levels=LEVELS, languages=LANGUAGES, **values
    )
    return _secured(Response(text), session.wish("returnUrl"))


def _secured(response: Response, return_url: str) -> Response:
    # A form may end in a redirect to returnUrl, which Chromium holds against form-action.
    back = urlsplit(return_url)
    ends = f" {back.scheme}://{back.netloc}" if back.netloc else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'{ends}; "
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
        return _to(session, "generating") if session.ready_at else _page("details.html", session)

    @bp.post("/details")
    def save_details(token: str) -> AnyResponse:
        session = _session(store, token)
        _keep(session)
        return _to(session, "context")

    @bp.get("/context")
    def context(token: str) -> AnyResponse:
        session = _session(store, token)
        chosen = wishes_of(session).types
        return _page("context.html", session, kinds=list(MAKERS), chosen=chosen, most=MOST_QUESTIONS)

    @bp.post("/context")
    def save_context(token: str) -> AnyResponse:
        session = _session(store, token)
        session.draft.pop("row", None)
        _keep(session)
        return _to(session, "outline")

    @bp.get("/outline")
    def show_outline(token: str) -> AnyResponse:
        session = _session(store, token)
        return _page("outline.html", session, rows=outline(wishes_of(session)), kinds=list(MAKERS))

    @bp.get("/theme.css")
    def theme(token: str) -> AnyResponse:
        wished = _session(store, token).request.get("theme")
        colour = str(wished.get("primaryColor", "")) if isinstance(wished, dict) else ""
        safe = colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else "#4f46e5"
        return Response(f":root {{ --primary: {safe}; }}\n", mimetype="text/css")


def _generation(bp: Blueprint, store: Store) -> None:
    @bp.post("/generate")
    def begin(token: str) -> AnyResponse:
        session = _session(store, token)
        _keep(session)
        start(session, store)
        return _to(session, "generating")

    @bp.get("/generating")
    def generating(token: str) -> AnyResponse:
        session = _session(store, token)
        if finish_if_ready(session, store):
            return _to(session, "done")
        if session.ready_at is None:
            return redirect(f"/embeds/{token}", 303)
        done = progress(session, store)
        stage = _STAGES[min(int(done * len(_STAGES)), len(_STAGES) - 1)]
        return _page("generating.html", session, percent=int(done * 100), stage=stage)

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
        origin, back = session.wish("allowedOrigin"), return_address(session)
        if back and not origin:
            return redirect(back, 303)
        exam_id = session.outputs.get("examId", "")
        return _page("done.html", session, status=session.status, exam_id=exam_id, origin=origin, back=back)
