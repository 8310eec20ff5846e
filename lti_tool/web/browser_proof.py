"""Browsers that keep nothing for us inside the LMS's page: access to storage on a click, else a window of its own."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import LaunchError
from lti_tool.lti.protocol.errors import LaunchUsed, ProofMissing
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.services.launches.browser_handover import HandoverStage, HandoverStatus
from lti_tool.web.browser_proof_cookie import set_proof
from lti_tool.web.current_launch import ForeignPost, services, set_policy
from lti_tool.web.errors import as_json, error_by_code, wants_json
from lti_tool.web.login_steps import BEGUN, begin, login_fields, resume, to_the_lms

bp = Blueprint("proof", __name__, url_prefix="/lti", template_folder="templates")

CODE = "handover"
"""The form field with which a frame asks for its launch."""


@bp.route("/login/check", methods=["GET", "POST"])
def check() -> AnyResponse:
    """Go on to the LMS if the browser kept the proof of its login a moment ago; if not, say what to do."""
    set_policy(PagePolicy(frame_ancestors=(ANY_ORIGIN,)))
    parameters = request.values.to_dict()
    state = parameters.pop(BEGUN, "")
    try:
        return to_the_lms(resume(parameters, request.cookies, state))
    except ProofMissing:
        return _waiting_page(services().handovers.code())
    except LaunchUsed:
        # The page was open for too long, or is shown again: the same login, anew.
        query = {name: value for name, value in request.args.items() if name != BEGUN}
        return redirect(f"{url_for('lti.login')}?{urlencode(query, errors='replace')}", 307)


@bp.post("/login/window")
def window() -> AnyResponse:
    """Begin the login of a frame in a window of its own, where the browser keeps our cookie."""
    set_policy(PagePolicy(keeps_opener=True))
    _own_page_only()
    handover_id = services().handovers.open(request.form.get(CODE, ""))
    try:
        begun = begin(request.form.to_dict(), handover_id)
    except LaunchError as refusal:
        services().handovers.refuse(handover_id, refusal.code)
        raise
    response = to_the_lms(begun.url)
    set_proof(response, begun.cookie)
    return response


@bp.post("/handover")
def take() -> AnyResponse:
    """Give the frame the launch of its window, once; until then say how far that is."""
    set_policy(PagePolicy(frame_ancestors=(ANY_ORIGIN,)))
    _own_page_only()
    code = request.form.get(CODE, "")
    outcome = services().handovers.take(code)
    if wants_json():
        return _as_json(outcome)
    if outcome.stage is HandoverStage.READY:
        return redirect(_link_to(outcome), 303)
    return _waiting_page(code, outcome)


def _own_page_only() -> None:
    """Nobody else may open a window for a frame, or put a code of their own into our page that opens one.

    What happens in the window happens in this teacher's name, and its launch goes to whoever holds the code.
    """
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "same-origin")
    if origin != services().settings.origin or site != "same-origin":
        raise ForeignPost(f"site {site[:20]!r}, origin {origin[:100]!r}")


def _waiting_page(code: str, outcome: HandoverStatus | None = None) -> Response:
    error = error_by_code(outcome.error_code) if outcome and outcome.error_code else None
    page = render_template(
        "lti/prove.html",
        fields=login_fields(request.values.to_dict()),
        code=code,
        stage=outcome.stage if outcome else "",
        error=error,
    )
    return make_response(page)


def _as_json(outcome: HandoverStatus) -> Response:
    return jsonify(
        stage=outcome.stage,
        next=_link_to(outcome) if outcome.stage is HandoverStage.READY else None,
        error=as_json(error_by_code(outcome.error_code)) if outcome.error_code else None,
    )


def _link_to(outcome: HandoverStatus) -> str:
    return url_for("home.show", token=services().access.link_to(outcome.launch_id))
