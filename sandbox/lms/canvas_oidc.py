"""Canvas's side of the OIDC login (see docs/reference/lms-behaviour.md#canvas-launch-and-registration)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from sandbox.lms.claims import id_token
from sandbox.lms.config import Storage
from sandbox.lms.session import current_account, current_lms, message_page, posting_page
from sandbox.lms.state import Launch, Lms

bp = Blueprint("canvas_oidc", __name__, url_prefix="/canvas")
REQUIRED = (
    *("client_id", "login_hint", "lti_message_hint", "nonce", "prompt"),
    *("redirect_uri", "response_mode", "response_type", "scope"),
)
STORAGE_TARGETS: Mapping[Storage, str] = {
    "frame": "post_message_forwarding",
    "parent": "_parent",
    "elsewhere": "a_frame_that_is_not_there",
    "slow": "post_message_forwarding",
    "late": "post_message_forwarding",
    "silent": "post_message_forwarding",
    "refusing": "post_message_forwarding",
}


def login_page(lms: Lms, launch: Launch) -> Response:
    """Return the page that starts the login at the tool."""
    registration = lms.registrations["canvas"]
    return posting_page(
        registration.initiate_login_uri,
        {
            "iss": lms.issuer("canvas"),
            "login_hint": launch.account.canvas_id,
            "client_id": registration.client_id,
            "lti_deployment_id": registration.deployment_id,
            "deployment_id": registration.deployment_id,
            "target_link_uri": launch.target_link_uri,
            "lti_message_hint": launch.ident,
            "canvas_region": "us-east-1",
            "canvas_environment": "prod",
            **_storage_target(lms),
        },
    )


@bp.get("/api/lti/security/jwks")
def jwks() -> Response:
    """Return the platform's key set."""
    return jsonify(current_lms().keys["canvas"].public_jwks())


@bp.post("/login/oauth2/token")
def token() -> tuple[Response, int]:
    """Refuse every token request: this LMS has no services."""
    return jsonify(error="invalid_scope", error_description="This LMS offers no services."), 400


@bp.route("/api/lti/authorize_redirect", methods=["GET", "POST"])
def authorize() -> Response:
    """Answer the tool's authentication request with a form that posts the id_token, or an OIDC error."""
    lms, parameters = current_lms(), request.values
    missing = [name for name in REQUIRED if not parameters.get(name)]
    if missing:
        return message_page(f"The following parameters are missing: {', '.join(missing)}", 400)
    registration = lms.registrations.get("canvas")
    launch = lms.launches.get(parameters["lti_message_hint"])
    if registration is None or launch is None or launch.flavour != "canvas":
        return message_page("Invalid lti_message_hint", 400)
    if parameters["redirect_uri"].split("?")[0] not in {uri.split("?")[0] for uri in registration.redirect_uris}:
        return message_page("Invalid redirect_uri", 400)
    problem = _problem(launch, registration.client_id)
    if problem:
        lms.refusals.append(("canvas", problem["error"]))
        return posting_page(parameters["redirect_uri"], {**problem, **_state()})
    launch.used = True
    signed = id_token(lms, launch, parameters["nonce"])
    return posting_page(parameters["redirect_uri"], {"id_token": signed, **_state(), **_storage_target(lms)})


def _storage_target(lms: Lms) -> dict[str, str]:
    return {"lti_storage_target": STORAGE_TARGETS[lms.storage]} if lms.storage in STORAGE_TARGETS else {}


def _state() -> dict[str, str]:
    return {"state": request.values["state"]} if "state" in request.values else {}


def _problem(launch: Launch, client_id: str) -> dict[str, str] | None:
    parameters, account = request.values, current_account()
    fixed = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}
    wrong = [name for name, value in fixed.items() if parameters[name] != value]
    if wrong:
        return _error("invalid_request_object", f"The {wrong[0]} must be {fixed[wrong[0]]}")
    if parameters["client_id"] != client_id:
        return _error("unauthorized_client", "Client not authorized in requested context")
    if account is None or account != launch.account or parameters["login_hint"] != account.canvas_id:
        return _error("login_required", "Must have an active user session")
    if launch.used:
        return _error("launch_no_longer_valid", "The launch has either expired or already been consumed")
    return None


def _error(code: str, description: str) -> dict[str, str]:
    return {"error": code, "error_description": description}
