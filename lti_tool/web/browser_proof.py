"""Logins in browsers that block storage in the LMS's page: ask for storage access, else use a separate window."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import LaunchError, error_by_code
from lti_tool.lti.protocol.errors import LaunchUsed, ProofMissing
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.services.launches.browser_handover import HandoverStage, HandoverStatus
from lti_tool.web.current_launch import CrossSitePost, services, set_policy
from lti_tool.web.errors import as_json, wants_json
from lti_tool.web.limits import limit_failures
from lti_tool.web.login_flow import (
    STATE_PARAMETER,
    continue_login,
    login_fields,
    redirect_to_lms,
    set_proof,
    start_login,
)

bp = Blueprint("browser_proof", __name__, url_prefix="/lti")

HANDOVER_FIELD = "handover"
"""Form field with the code by which a frame asks for its launch."""


@bp.route("/login/check", methods=["GET", "POST"])
def check() -> AnyResponse:
    """Continue to the LMS if the browser has kept the login's proof; otherwise explain what to do."""
    set_policy(PagePolicy(frame_ancestors=(ANY_ORIGIN,)))
    parameters = request.values.to_dict()
    state = parameters.pop(STATE_PARAMETER, "")
    try:
        return redirect_to_lms(continue_login(parameters, request.cookies, state))
    except ProofMissing:
        return _proof_page(services().handovers.code())
    except LaunchUsed:
        # The page was open for too long or is shown again, so start the same login once more.
        query = {name: value for name, value in request.args.items() if name != STATE_PARAMETER}
        return redirect(f"{url_for('lti.login')}?{urlencode(query, errors='replace')}", 307)


@bp.post("/login/window")
@limit_failures
def open_window() -> AnyResponse:
    """Start a frame's login in a separate window, where the browser keeps our cookie."""
    set_policy(PagePolicy(keeps_opener=True))
    _require_own_page()
    handover_id = services().handovers.open(request.form.get(HANDOVER_FIELD, ""))
    try:
        login_redirect = start_login(request.form.to_dict(), handover_id)
    except LaunchError as error:
        services().handovers.refuse(handover_id, error.code)
        raise
    response = redirect_to_lms(login_redirect.url)
    set_proof(response, login_redirect.cookie)
    return response


@bp.post("/handover")
@limit_failures
def take_handover() -> AnyResponse:
    """Give the frame its window's launch, once; until then, report the progress."""
    set_policy(PagePolicy(frame_ancestors=(ANY_ORIGIN,)))
    _require_own_page()
    code = request.form.get(HANDOVER_FIELD, "")
    status = services().handovers.take(code)
    if wants_json():
        return _status_json(status)
    if status.stage is HandoverStage.READY:
        return redirect(_launch_url(status), 303)
    return _proof_page(code, status)


def _require_own_page() -> None:
    """Raise :class:`CrossSitePost` for any other page: it could open the window with a code of its choice.

    The window acts for this teacher, and its launch goes to the holder of the code.
    """
    origin = request.headers.get("Origin", "")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if origin != services().settings.origin or site != "same-origin":
        raise CrossSitePost(f"site {site[:20]!r}, origin {origin[:100]!r}")


def _proof_page(code: str, status: HandoverStatus | None = None) -> Response:
    error = error_by_code(status.error_code) if status and status.error_code else None
    page = render_template(
        "lti/browser_proof.html",
        fields=login_fields(request.values.to_dict()),
        code=code,
        stage=status.stage if status else "",
        error=error,
    )
    return make_response(page)


def _status_json(status: HandoverStatus) -> Response:
    return jsonify(
        stage=status.stage,
        next=_launch_url(status) if status.stage is HandoverStage.READY else None,
        error=as_json(error_by_code(status.error_code)) if status.error_code else None,
    )


def _launch_url(status: HandoverStatus) -> str:
    return url_for("home.show", token=services().access.link_to(status.launch_id))
