"""The window in which a teacher gives the tool permission to use their LMS's API (RFC 6749 §4.1).

It is a top-level window, because an LMS's login may need cookies that a frame doesn't get. The redirect back to the
tool is top-level too, so ``SameSite=Lax`` is enough for the cookie. The frame learns the outcome from the server.
"""

from __future__ import annotations

import random

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.lms.account_errors import AccountsThrottled
from lti_tool.models import Exam, Import
from lti_tool.security.headers import PagePolicy
from lti_tool.services.delivery.consents import LIFETIME, AuthorizationResponse
from lti_tool.web.current_launch import cookie_name, current_launch, services, set_policy
from lti_tool.web.errors import as_page, wants_json
from lti_tool.web.limits import limit_failures
from lti_tool.web.tabs import refuse_links_of_other_sites

bp = Blueprint("consent", __name__, url_prefix="/consent")

POLICY = PagePolicy(keeps_opener=True, referrer="no-referrer")
"""The address holds a code until it is used, so no other site may learn it. Only a window with an opener can close."""
MAX_LENGTH = 4000
"""Characters of a parameter of the LMS's response."""
WAIT_SECONDS = (10, 25)
"""Range of seconds after which the window tries again when the LMS has limited the rate of requests."""

_PARAMETERS = ("state", "code", "error", "error_description")
_random = random.SystemRandom()


@bp.get("/open/<code>")
@limit_failures
def open_window(code: str) -> AnyResponse:
    """Use the one-time link: leave a secret in this browser and go on to the LMS."""
    set_policy(POLICY)
    refuse_links_of_other_sites()
    started = services().consents.begin(code, _secret())
    response = redirect(started.url, 303)
    response.set_cookie(
        cookie_name("consent"),
        started.secret,
        max_age=int(LIFETIME.total_seconds()),
        path=url_for("consent.callback").rsplit("/", 1)[0],
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/callback")
@limit_failures
def callback() -> AnyResponse:
    """Complete the consent: the redirect URI of all API keys."""
    set_policy(POLICY)
    response = AuthorizationResponse(*(request.args.get(name, "")[:MAX_LENGTH] for name in _PARAMETERS))
    try:
        next_url = services().consents.finish(response, _secret())
    except AccountsThrottled as error:
        return _wait(error)
    return redirect(next_url, 303) if next_url else make_response(render_template("consent/done.html"))


def consent_link(exam: Exam, row: Import) -> Response:
    """Return a new link to the window for the import ``row``: to a script as JSON, else as a page."""
    url = url_for("consent.open_window", code=services().consents.request(current_launch().launch, row))
    if wants_json():
        return jsonify(url=url)
    return make_response(render_template("consent/link.html", url=url, row=exam))


def _wait(error: AccountsThrottled) -> Response:
    """Return the error's page, which sends the response again: in a training, many teachers consent at once."""
    response = as_page(error)
    response.headers["Refresh"] = str(_random.randint(*WAIT_SECONDS))
    return response


def _secret() -> str:
    return request.cookies.get(cookie_name("consent"), "")
