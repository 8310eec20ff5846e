"""Dynamic registration in Moodle and in Canvas.

See docs/reference/lms-behaviour.md#canvas-launch-and-registration and docs/reference/moodle.md#dynamic-registration.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlencode, urlsplit

import jwt
from flask import Blueprint, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from sandbox.lms.config import DEPLOYMENT_IDS, Flavour, ToolRegistration
from sandbox.lms.moodle_plugin_claims import SCOPE as PLUGIN_SCOPE
from sandbox.lms.session import current_lms, require_teacher
from sandbox.lms.state import Lms

bp = Blueprint("registration", __name__)
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = [f"{AGS}lineitem", f"{AGS}lineitem.readonly", f"{AGS}result.readonly", f"{AGS}score"]
TOKEN_SECONDS = 3600


@bp.get("/register")
def form() -> str:
    """Show the form for the tool's registration link."""
    require_teacher()
    return render_template("register.html", frame="")


@bp.post("/register")
def begin() -> Response:
    """Open the link in a frame, with ``openid_configuration`` and a new ``registration_token``."""
    require_teacher()
    flavour: Flavour = "canvas" if request.form.get("flavour") == "canvas" else "moodle"
    link = request.form.get("url", "")
    if urlsplit(link).scheme not in ("http", "https"):
        return make_response(render_template("register.html", frame=""), 400)
    parameters = urlencode(link_parameters(current_lms(), flavour))
    return make_response(render_template("register.html", frame=f"{link}{'&' if '?' in link else '?'}{parameters}"))


def link_parameters(lms: Lms, flavour: Flavour) -> dict[str, str]:
    """Return the parameters that the LMS adds to the tool's link; the token names the new client and expires."""
    paths = {
        "canvas": "/canvas/api/lti/security/openid-configuration",
        "moodle": "/moodle/mod/lti/openid-configuration.php",
    }
    claims = {"sub": secrets.token_urlsafe(11), "scope": "reg", "iat": lms.now(), "exp": lms.now() + TOKEN_SECONDS}
    return {
        "openid_configuration": lms.base_url + paths[flavour],
        "registration_token": jwt.encode(claims, lms.data_secret, algorithm="HS256"),
    }


@bp.get("/moodle/mod/lti/openid-configuration.php")
def moodle_configuration() -> Response:
    """Return the configuration, without authorization as in Moodle."""
    return jsonify(_configuration(current_lms(), "moodle", "/moodle/mod/lti/openid-registration.php"))


@bp.get("/canvas/api/lti/security/openid-configuration")
def canvas_configuration() -> tuple[Response, int]:
    """Return the configuration if the request has the token, as in Canvas."""
    lms = current_lms()
    if not _client(lms):
        return jsonify(errors=[{"message": "Invalid registration token"}]), 401
    return jsonify(_configuration(lms, "canvas", "/canvas/api/lti/registrations")), 200


@bp.post("/moodle/mod/lti/openid-registration.php")
def moodle_registration() -> tuple[Response, int]:
    """Register the tool; the token works once."""
    return _register("moodle")


@bp.post("/canvas/api/lti/registrations")
def canvas_registration() -> tuple[Response, int]:
    """Register the tool; Canvas adds the deployment when the tool is installed."""
    return _register("canvas")


def _configuration(lms: Lms, flavour: Flavour, registration: str) -> dict[str, object]:
    platform = lms.describe()[flavour]
    types = ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")
    account_name = (
        {"https://canvas.instructure.com/lti/account_name": "Stand-in University"} if flavour == "canvas" else {}
    )
    return {
        "issuer": platform.issuer,
        "authorization_endpoint": platform.auth_url,
        "token_endpoint": platform.token_url,
        "jwks_uri": platform.jwks_url,
        "registration_endpoint": lms.base_url + registration,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "scopes_supported": [*SCOPES, *([PLUGIN_SCOPE] if flavour == "moodle" and lms.moodle_plugin else [])],
        "response_types_supported": ["id_token"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM: {
            "product_family_code": flavour,
            "version": "stand-in",
            "messages_supported": [{"type": message_type} for message_type in types],
            **account_name,
        },
    }


def _client(lms: Lms) -> str:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        return str(jwt.decode(token, lms.data_secret, algorithms=["HS256"])["sub"])
    except jwt.PyJWTError:
        return ""


def _register(flavour: Flavour) -> tuple[Response, int]:
    lms, body = current_lms(), request.get_json(silent=True)
    client_id = _client(lms)
    problem = _problem(client_id, lms, body)
    if problem or not isinstance(body, dict):
        lms.refusals.append((flavour, problem))
        return jsonify(error=problem), 400
    lms.used_data.add(client_id)
    deployment = DEPLOYMENT_IDS[flavour]
    lms.register(
        flavour,
        ToolRegistration(
            client_id=client_id,
            deployment_id=deployment,
            initiate_login_uri=body["initiate_login_uri"],
            redirect_uris=tuple(body["redirect_uris"]),
            target_link_uri=body[TOOL]["target_link_uri"],
            jwks_uri=body["jwks_uri"],
            name=body["client_name"],
            custom=_texts(body[TOOL].get("custom_parameters")),
        ),
    )
    response = {**body, "client_id": client_id}
    if flavour == "moodle":
        response[TOOL] = {**body[TOOL], "deployment_id": deployment}
    return jsonify(response), 200


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def _problem(client_id: str, lms: Lms, body: object) -> str:
    """Return Moodle's code for the first error in a registration; empty if there is none."""
    tool = body.get(TOOL) if isinstance(body, dict) else None
    if not client_id:
        return "missing_registration_token"
    if client_id in lms.used_data:
        return "token_already_used"
    if not isinstance(body, dict) or not isinstance(tool, dict):
        return "invalid_request"
    requirements = (
        ("id_token" in body.get("response_types", []), "invalid_response_types"),
        (bool(body.get("redirect_uris")), "invalid_redirect_uris"),
        (body.get("token_endpoint_auth_method") == "private_key_jwt", "invalid_token_endpoint_auth_method"),
        (body.get("application_type", "web") == "web", "invalid_application_type"),
        (all(body.get(name) for name in ("initiate_login_uri", "client_name", "jwks_uri")), "invalid_request"),
        (all(tool.get(name) for name in ("domain", "target_link_uri")), "invalid_request"),
    )
    return next((code for is_met, code in requirements if not is_met), "")
