"""What the pages of a login have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.lti import LoginRedirect, begin_login, resume_login
from lti_tool.web.current_launch import services
from lti_tool.web.http import redirect, the

FIELDS = (
    "iss",
    "login_hint",
    "client_id",
    "target_link_uri",
    "lti_message_hint",
    "lti_deployment_id",
    "deployment_id",
)
"""What of an LMS's login request begins the same login again. Not its storage: that had its turn."""

BEGUN = "begun"
"""The parameter that says which login is meant, beside those of the LMS."""


def begin(parameters: Mapping[str, str], handover_id: str = "") -> LoginRedirect:
    """Begin a login, for the frame of ``handover_id`` if one waits for it."""
    lifetime = timedelta(minutes=services().settings.login_minutes)
    return begin_login(parameters, redirect_uri=_redirect_uri(), lifetime=lifetime, handover_id=handover_id)


def resume(parameters: Mapping[str, str], cookies: Mapping[str, str], state: str) -> str:
    """Return where at the LMS a login goes on whose proof this browser kept."""
    return resume_login(parameters, cookies, state=state, redirect_uri=_redirect_uri())


def login_fields(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form that begins this login again."""
    return {name: parameters[name] for name in FIELDS if name in parameters}


def check_address(state: str, query: Mapping[str, str] | None = None) -> str:
    """Return where a login shows whether this browser kept its proof; ``query`` goes along."""
    return f"{url_for('proof.check')}?{urlencode({**(query or {}), BEGUN: state}, errors='replace')}"


def to_the_lms(address: str) -> Response:
    """Go to the LMS: at once, or by a page that goes there, if a form of ours has led here.

    Chromium holds all redirects that follow a form to the ``form-action`` of its page (CSP level 3 §6.4.1), and through
    which hosts an LMS leads a login is not known beforehand.
    """
    if the(request).headers.get("Origin") == services().settings.origin:
        return make_response(render_template("lti/onward.html", address=address))
    return redirect(address, 302)


def _redirect_uri() -> str:
    return f"{services().settings.base_url}/lti/launch"
