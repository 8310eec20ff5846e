"""Login, launch and public keys: what LMSs are told about this tool at registration.

A login in a frame leaves its proof where this browser may keep it, and goes to the LMS only when it knows that it was
kept: first the LMS's own storage, then a cookie, then one of the ways in :mod:`lti_tool.web.browser_proof`. The LMS
gives a launch only once.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import LaunchError
from lti_tool.lti import LoginRedirect, StorageLookup, storage_lookup, waiting_handover
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.services.launches.launch_intake import AcceptedLaunch, LaunchPolicy
from lti_tool.web.browser_proof_cookie import set_proof, take_back_proof
from lti_tool.web.current_launch import in_a_frame, services, set_policy
from lti_tool.web.http import redirect, the
from lti_tool.web.login_steps import begin, check_address, login_fields, to_the_lms

bp = Blueprint("lti", __name__, url_prefix="/lti", template_folder="templates")

OPEN = PagePolicy(frame_ancestors=(ANY_ORIGIN,))
KEYS_SECONDS = 300
"""How long an LMS may keep our keys; a new one is published a day before it signs."""


@bp.route("/login", methods=["GET", "POST"])
def login() -> AnyResponse:
    """Begin a login (Security Framework 1.0 §5.1.1): to the LMS, with a proof left in this browser."""
    _open_to_every_lms()
    parameters = the(request).values.to_dict()
    g.issuer_host = _host_of(parameters.get("iss", ""))
    begun = begin(parameters)
    response = _on_from_login(begun, parameters)
    set_proof(response, begun.cookie)
    return response


@bp.post("/launch")
def launch() -> AnyResponse:
    """Verify the launch, once, and go to its page."""
    _open_to_every_lms()
    form = request.form.to_dict()
    lookup = storage_lookup(form, request.cookies) if in_a_frame() and "stored_proof" not in form else None
    if lookup is not None:
        return _ask_browser(lookup, form)
    response = _on_from_launch(_opened(form))
    take_back_proof(response, form["state"])
    g.launch_outcome = "accepted"
    return response


@bp.get("/launch")
def launched_by_hand() -> str:
    """Somebody pasted the launch address into a browser; or an LMS leads back to it with its no, instead of posting."""
    _open_to_every_lms()
    if "error" in request.args:
        # Nothing else of a launch is taken from an address: it would stand in logs and histories.
        _opened({name: request.args.get(name, "") for name in ("error", "error_description", "state")})
    return render_template("lti/by_hand.html")


@bp.get("/jwks.json")
def jwks() -> Response:
    """Publish the tool's keys, to anybody."""
    response = jsonify(services().tool_keys.jwks())
    response.headers["Cache-Control"] = f"public, max-age={KEYS_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _open_to_every_lms() -> None:
    """Who frames these pages is known for sure only after the launch. They show nothing private."""
    set_policy(OPEN)


def _host_of(address: str) -> str:
    """Return the host of an address that a stranger gave; nothing if it has none."""
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""


def _on_from_login(begun: LoginRedirect, parameters: dict[str, str]) -> AnyResponse:
    """To the LMS; in a frame, first to where it shows whether the proof was kept."""
    if not in_a_frame():
        return to_the_lms(begun.url)
    if not begun.storage_target:
        # With its form, if it has one.
        return redirect(check_address(begun.state, request.args.to_dict()), 307)
    page = render_template(
        "lti/keep.html", begun=begun, check=check_address(begun.state), fields=login_fields(parameters)
    )
    return make_response(page)


def _ask_browser(lookup: StorageLookup, form: dict[str, str]) -> Response:
    """Look for the proof where only a script can, then send the launch again from our own page."""
    g.launch_outcome = "asked_browser"
    return make_response(render_template("lti/ask.html", lookup=lookup, form=form))


def _opened(form: dict[str, str]) -> AcceptedLaunch:
    """Return the launch; if it is refused, a frame that waits for it must hear of it."""
    asked, settings = the(request), services().settings
    own_page = asked.headers.get("Origin") == settings.origin
    try:
        return services().launch_intake.accept(
            form,
            asked.cookies,
            LaunchPolicy(settings.trust_first_deployment, settings.administrators_may_author),
            stored_proof=form.get("stored_proof", "") if own_page else "",
            framed=in_a_frame(),
        )
    except LaunchError as refusal:
        waiting = waiting_handover(form, refusal)
        if waiting:
            services().handovers.refuse(waiting, refusal.code)
        raise


def _on_from_launch(opened: AcceptedLaunch) -> AnyResponse:
    if not opened.handover_id:
        return redirect(url_for("home.show", token=services().access.link_to(opened.launch_id)), 303)
    services().handovers.complete(opened.handover_id, opened.launch_id)
    set_policy(PagePolicy(keeps_opener=True))
    return make_response(render_template("lti/window_done.html"))
