"""Single sign-on of the console."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lti_tool.errors import AccessError
from lti_tool.security.tokens import Purpose
from lti_tool.services.administration.single_sign_on import SignOnRefused, SignOnRequest, read_request
from lti_tool.web.admin.blueprint import bp
from lti_tool.web.admin.session_cookie import delete_console_cookie, set_console_cookie
from lti_tool.web.admin.sign_in import signed_in
from lti_tool.web.current_launch import cookie_name, services
from lti_tool.web.limits import limit_failures

COOKIE = "admin_sign_on"
LIFETIME = timedelta(minutes=10)
"""Time limit of a sign-on at the identity provider."""


@bp.get("/sign-on")
@limit_failures
def begin_sign_on() -> Response:
    """Redirect to the identity provider.

    A link and no form: Chromium applies ``form-action`` to redirects as well.
    """
    if not services().single_sign_on.available:
        raise NotFound
    url, sign_on = services().single_sign_on.begin(request.args.get("next", ""))
    response = redirect(url, 303)
    set_console_cookie(response, COOKIE, services().tokens.sign(Purpose.SIGN_ON, sign_on.to_text()), LIFETIME)
    return response


@bp.get("/sign-on/answer")
@limit_failures
def end_sign_on() -> Response:
    """Complete the sign-in in the browser that started it."""
    if not services().single_sign_on.available:
        raise NotFound
    sign_on = _pending_request()
    account = services().single_sign_on.finish(sign_on, request.args.to_dict())
    response = signed_in(services().admin_sessions.begin(account, by="single sign-on"), sign_on.next_path)
    delete_console_cookie(response, COOKIE)
    return response


def _pending_request() -> SignOnRequest:
    """Return the sign-on that this browser has begun; raise :class:`SignOnRefused` if there is none, or it is old."""
    token = request.cookies.get(cookie_name(COOKIE), "")
    try:
        return read_request(services().tokens.read(Purpose.SIGN_ON, token, int(LIFETIME.total_seconds())))
    except AccessError as error:
        raise SignOnRefused("this browser asked for none, or too long ago") from error
