"""Login, launch and public keys: the endpoints that LMSs know from the registration.

A login in a frame first stores its proof where this browser may keep it, and continues to the LMS only once that has
worked: in the LMS's platform storage, else in a cookie, else as :mod:`lti_tool.web.browser_proof` describes. The LMS
sends a launch only once, so a lost proof would be found too late.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import LaunchError
from lti_tool.lti import (
    LoginRedirect,
    StorageLookup,
    describe_launch,
    describe_login,
    proof_name,
    storage_lookup,
    waiting_handover,
)
from lti_tool.net.connections import host_of
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.services.launches.launch_intake import AcceptedLaunch, LaunchPolicy, TestedLaunch
from lti_tool.web.current_launch import opened_in_frame, services, set_policy
from lti_tool.web.launch_cookie import redirect_to_launch
from lti_tool.web.launch_tests import test_page
from lti_tool.web.limits import limit_failures
from lti_tool.web.login_flow import check_url, clear_proof, login_fields, redirect_to_lms, set_proof, start_login

bp = Blueprint("lti", __name__, url_prefix="/lti")

ANY_LMS = PagePolicy(frame_ancestors=(ANY_ORIGIN,))
"""The framing origins are known only after the launch; these pages show nothing private."""

KEYS_MAX_AGE = 300
"""Seconds for which an LMS may cache our keys; a new key is published a day before it signs."""


@bp.route("/login", methods=["GET", "POST"])
@limit_failures
def login() -> AnyResponse:
    """Start a login (Security Framework 1.0 §5.1.1): redirect to the LMS and leave a proof in this browser."""
    set_policy(ANY_LMS)
    parameters = request.args.to_dict()
    if request.method == "POST":
        parameters = request.form.to_dict() | parameters
    g.issuer_host = host_of(parameters.get("iss", ""))
    login_redirect = _begin(parameters)
    response = _continue_login(login_redirect, parameters)
    set_proof(response, login_redirect.cookie)
    return response


@bp.post("/launch")
@limit_failures
def launch() -> AnyResponse:
    """Verify a launch and redirect to its page."""
    set_policy(ANY_LMS)
    form = request.form.to_dict()
    lookup = None
    if opened_in_frame() and "stored_proof" not in form:
        lookup = storage_lookup(form, request.cookies, services().login_states)
    if lookup is not None:
        return _look_up_proof(lookup, form)
    accepted = _accept(form)
    g.launch_outcome = "tested" if isinstance(accepted, TestedLaunch) else "accepted"
    response: AnyResponse = test_page(accepted) if isinstance(accepted, TestedLaunch) else _continue_launch(accepted)
    clear_proof(response, form["state"])
    return response


@bp.get("/launch")
@limit_failures
def launch_by_get() -> str:
    """Handle a GET: an LMS's error redirect, or a launch URL pasted into a browser."""
    set_policy(ANY_LMS)
    if "error" in request.args:
        # No other part of a launch is read from a query string, which ends up in logs and browser histories.
        _accept({name: request.args.get(name, "") for name in ("error", "error_description", "state")})
    return render_template("lti/opened_directly.html")


@bp.get("/jwks.json")
def jwks() -> Response:
    """Publish the tool's public keys."""
    response = jsonify(services().tool_keys.jwks())
    response.headers["Cache-Control"] = f"public, max-age={KEYS_MAX_AGE}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _begin(parameters: dict[str, str]) -> LoginRedirect:
    """Begin a login; keep a refusal for the administrator."""
    try:
        return start_login(parameters)
    except LaunchError as error:
        services().refusals.record(g.request_id, error, describe_login(parameters), address=request.remote_addr or "")
        raise


def _continue_login(login_redirect: LoginRedirect, parameters: dict[str, str]) -> AnyResponse:
    """Redirect to the LMS; in a frame, first check whether the browser keeps the proof."""
    if not opened_in_frame():
        return redirect_to_lms(login_redirect.url)
    if not login_redirect.storage_target:
        # 307 keeps the method, and with it the form's parameters.
        return redirect(check_url(login_redirect.state, request.args.to_dict()), 307)
    page = render_template(
        "lti/storage_save.html",
        login=login_redirect,
        check_url=check_url(login_redirect.state),
        fields=login_fields(parameters),
    )
    return make_response(page)


def _look_up_proof(lookup: StorageLookup, form: dict[str, str]) -> Response:
    """Return a page whose script reads the proof from platform storage and sends the launch again."""
    g.launch_outcome = "asked_browser"
    return make_response(render_template("lti/storage_lookup.html", lookup=lookup, form=form))


def _accept(form: dict[str, str]) -> AcceptedLaunch | TestedLaunch:
    """Return the verified launch; report a refusal to the frame that is waiting for it."""
    settings = services().settings
    from_own_page = request.headers.get("Origin") == settings.origin
    try:
        return services().launch_intake.accept(
            form,
            request.cookies,
            LaunchPolicy(settings.trust_first_deployment, settings.administrators_may_author),
            stored_proof=form.get("stored_proof", "") if from_own_page else "",
            framed=opened_in_frame(),
        )
    except LaunchError as error:
        services().launch_failures.record(form, error)
        services().refusals.record(
            g.request_id,
            error,
            describe_launch(form) | {"cookie": "came back" if _has_proof(form) else "did not come back"},
            state=form.get("state", ""),
            address=request.remote_addr or "",
        )
        handover_id = waiting_handover(form, error, services().login_states)
        if handover_id:
            services().handovers.refuse(handover_id, error.code)
        raise


def _has_proof(form: dict[str, str]) -> bool:
    return bool(request.cookies.get(proof_name(form.get("state", "")))) or "stored_proof" in form


def _continue_launch(accepted: AcceptedLaunch) -> AnyResponse:
    if not accepted.handover_id:
        return redirect_to_launch(accepted.launch_id, accepted.binding)
    services().handovers.complete(accepted.handover_id, accepted.launch_id)
    set_policy(PagePolicy(keeps_opener=True))
    return make_response(render_template("lti/window_done.html"))
