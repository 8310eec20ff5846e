"""Parts shared by the pages of a login: parameters, redirects, and the cookie with the browser proof."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.lti import BrowserProof, LoginRedirect, begin_login, proof_name, resume_login
from lti_tool.web.current_launch import services
from lti_tool.web.frame_cookie import set_frame_cookie

FIELDS = (
    "iss",
    "login_hint",
    "client_id",
    "target_link_uri",
    "lti_message_hint",
    "lti_deployment_id",
    "deployment_id",
)
"""Parameters of an LMS's login request that start the same login again, without its platform storage."""

STATE_PARAMETER = "begun"
"""Query parameter with the state of a login, beside the LMS's own parameters."""


def start_login(parameters: Mapping[str, str], handover_id: str = "") -> LoginRedirect:
    """Start a login, for the frame waiting for ``handover_id`` if there is one."""
    lifetime = timedelta(minutes=services().settings.login_minutes)
    states = services().login_states
    return begin_login(
        parameters, states=states, redirect_uri=_redirect_uri(), lifetime=lifetime, handover_id=handover_id
    )


def continue_login(parameters: Mapping[str, str], cookies: Mapping[str, str], state: str) -> str:
    """Return the LMS's URL for a login whose proof this browser has kept."""
    states = services().login_states
    return resume_login(parameters, cookies, states=states, state=state, redirect_uri=_redirect_uri())


def login_fields(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the form fields that start the same login again."""
    return {name: parameters[name] for name in FIELDS if name in parameters}


def check_url(state: str, query: Mapping[str, str] | None = None) -> str:
    """Return the URL that checks whether this browser has kept the proof; ``query`` is passed on."""
    return f"{url_for('browser_proof.check')}?{urlencode({**(query or {}), STATE_PARAMETER: state}, errors='replace')}"


def redirect_to_lms(url: str) -> Response:
    """Redirect to the LMS; after a form of ours, through a page that redirects.

    Chromium applies the ``form-action`` of a form's page to all redirects that follow (CSP level 3 §6.4.1), and the
    hosts of an LMS's login are not known beforehand.
    """
    if request.headers.get("Origin") == services().settings.origin:
        return make_response(render_template("lti/redirect.html", url=url))
    return redirect(url, 302)


def set_proof(response: Response, proof: BrowserProof) -> None:
    """Set the proof's cookie, which is needed between login and launch."""
    set_frame_cookie(response, proof.name, proof.value, path=_cookie_path(), max_age=proof.max_age)


def clear_proof(response: Response, state: str) -> None:
    """Delete the cookie of a login that is complete."""
    response.delete_cookie(
        proof_name(state), path=_cookie_path(), secure=True, httponly=True, samesite="None", partitioned=True
    )


def _cookie_path() -> str:
    """Return the path of login and launch, below the path of the tool."""
    return f"{request.script_root}/lti/"


def _redirect_uri() -> str:
    return f"{services().settings.base_url}/lti/launch"
