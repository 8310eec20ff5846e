"""The cookie that binds a launch to its browser.

Each launch has its own, sent only to its own pages, so that launches in several tabs do not interfere and requests stay
small. Therefore it can't have the prefix ``__Host-``, which demands the path ``/`` (RFC 6265bis §4.1.3.2). Partitioned:
a frame in the LMS keeps it where third-party cookies are blocked (see docs/reference/moodle.md#cookies-and-frames).
"""

from __future__ import annotations

from math import ceil

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.models import now
from lti_tool.services.launches.browser_binding import Binding
from lti_tool.web.current_launch import cookie_name, services


def redirect_to_launch(launch_id: str, binding: Binding, path: str = "") -> AnyResponse:
    """Redirect to a page of a new launch, and leave its cookie if the browser keeps cookies."""
    address = url_for("home.show", token=services().access.link_to(launch_id))
    response = redirect(address + path, 303)
    if binding.secret:
        set_cookie(response, "launch", binding.secret, path=address, max_age=_seconds(binding))
    return response


def set_cookie(response: AnyResponse, purpose: str, value: str, *, path: str, max_age: int) -> None:
    """Set a cookie that frames of other sites may keep. ``max_age`` is in seconds."""
    response.set_cookie(
        cookie_name(purpose),
        value,
        max_age=max_age,
        path=path,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def _seconds(binding: Binding) -> int:
    return ceil((binding.expires_at - now()).total_seconds())
