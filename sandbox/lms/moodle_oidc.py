"""Moodle's side of the OIDC login: ``mod/lti/auth.php`` (see docs/reference/moodle.md#launch)."""

from __future__ import annotations

import json

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from sandbox.lms.claims import id_token
from sandbox.lms.session import current_account, current_lms, message_page, posting_page, require_account
from sandbox.lms.state import Launch, Lms

bp = Blueprint("moodle_oidc", __name__, url_prefix="/moodle")
REPOST = "repost"


def login_page(lms: Lms, launch: Launch, cmid: int = 0) -> Response:
    """Return the page that starts the login at the tool. Moodle has no platform storage."""
    registration = lms.registrations["moodle"]
    return posting_page(
        registration.initiate_login_uri,
        {
            "iss": lms.issuer("moodle"),
            "target_link_uri": launch.target_link_uri,
            "login_hint": launch.account.moodle_id,
            "lti_message_hint": json.dumps({"cmid": cmid, "launchid": launch.ident}),
            "client_id": registration.client_id,
            "lti_deployment_id": registration.deployment_id,
        },
    )


@bp.get("/mod/lti/certs.php")
def jwks() -> Response:
    """Return the platform's key set."""
    return jsonify(current_lms().keys["moodle"].public_jwks())


def repost_page() -> Response | None:
    """Return a page that repeats the request once, if a cross-site POST came without the session cookie."""
    if current_account() is not None or REPOST in request.values:
        return None
    return posting_page(request.full_path.rstrip("?"), {**request.form, REPOST: "1"})


@bp.route("/mod/lti/auth.php", methods=["GET", "POST"])
def authorize() -> Response:
    """Answer the tool's authentication request."""
    repost = repost_page()
    if repost is not None:
        return repost
    require_account()
    lms, parameters = current_lms(), request.values
    launch, registration = _launch(lms), lms.registrations.get("moodle")
    if launch is None or registration is None or parameters.get("redirect_uri") not in registration.redirect_uris:
        lms.refusals.append(("moodle", "invalidrequest"))
        return message_page("Invalid request", 404)
    problem = _problem(launch, registration.client_id)
    state = {"state": parameters["state"]} if "state" in parameters else {}
    if problem:
        lms.refusals.append(("moodle", problem["error"]))
        return posting_page(parameters["redirect_uri"], {**problem, **state})
    launch.used = True
    return posting_page(parameters["redirect_uri"], {"id_token": id_token(lms, launch, parameters["nonce"]), **state})


def _launch(lms: Lms) -> Launch | None:
    try:
        hint = json.loads(request.values.get("lti_message_hint", ""))
    except ValueError:
        return None
    launch = lms.launches.get(str(hint.get("launchid"))) if isinstance(hint, dict) else None
    return None if launch is None or launch.used or launch.flavour != "moodle" else launch


def _problem(launch: Launch, client_id: str) -> dict[str, str] | None:
    parameters, account = request.values, current_account()
    required = ("scope", "response_type", "client_id", "login_hint", "nonce")
    checks = (
        (any(not parameters.get(name) for name in required), "invalid_request", ""),
        (parameters.get("scope") != "openid", "invalid_scope", ""),
        (parameters.get("response_type") != "id_token", "unsupported_response_type", ""),
        (parameters.get("client_id") != client_id, "unauthorized_client", ""),
        (account != launch.account or parameters.get("login_hint") != launch.account.moodle_id, "access_denied", ""),
        (not parameters.get("response_mode"), "invalid_request", "Missing response_mode"),
        (parameters.get("response_mode") != "form_post", "invalid_request", "Invalid response_mode"),
        (parameters.get("prompt", "none") != "none", "invalid_request", "Invalid prompt"),
    )
    for failed, code, description in checks:
        if failed:
            return {"error": code, **({"error_description": description} if description else {})}
    return None
