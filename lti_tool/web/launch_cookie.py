"""The cookie that binds a launch to its browser.

Each launch has its own, sent only to its own pages, so that launches in several tabs do not interfere and requests stay
small. Therefore it can't have the prefix ``__Host-``, which demands the path ``/`` (RFC 6265bis §4.1.3.2).
"""

from __future__ import annotations

from math import ceil

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.models import now
from lti_tool.services.launches.browser_binding import Binding
from lti_tool.web.current_launch import cookie_name, services
from lti_tool.web.frame_cookie import set_frame_cookie


def redirect_to_launch(launch_id: str, binding: Binding, path: str = "") -> AnyResponse:
    """Redirect to a page of a new launch, and leave its cookie if the browser keeps cookies."""
    address = url_for("home.show", token=services().access.link_to(launch_id))
    response = redirect(address + path, 303)
    if binding.secret:
        set_frame_cookie(response, cookie_name("launch"), binding.secret, path=address, max_age=_seconds(binding))
    return response


def _seconds(binding: Binding) -> int:
    return ceil((binding.expires_at - now()).total_seconds())
