"""Tabs and windows of their own for pages in the LMS's frame.

A tab has other cookies than the frame, so a form in the frame returns a one-time link. The tab that opens it first
shows whether it keeps cookies, by sending one back, and is then bound like a launch.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.security.headers import PagePolicy
from lti_tool.services.launches.tab_links import SECONDS
from lti_tool.web.current_launch import CrossSitePost, cookie_name, current_launch, services, set_policy
from lti_tool.web.errors import wants_json
from lti_tool.web.frame_cookie import set_frame_cookie
from lti_tool.web.launch_cookie import redirect_to_launch
from lti_tool.web.limits import limit_failures

bp = Blueprint("tabs", __name__, url_prefix="/tab")


@bp.get("/<code>")
@limit_failures
def open_tab(code: str) -> AnyResponse:
    """Open the page of a one-time link in this tab."""
    refuse_links_of_other_sites()
    set_policy(PagePolicy(keeps_opener=True))
    if "checked" not in request.args:
        return _check_cookies(code)
    opened = services().tab_links.open(code, keeps_cookies=cookie_name("tab") in request.cookies)
    return redirect_to_launch(opened.launch_id, opened.binding, opened.path)


def link_page(path: str, *, only_exam_id: str = "") -> Response:
    """Return a new link to ``path`` of the current launch: to a script as JSON, else as a page."""
    code = services().tab_links.code(current_launch().launch, path, only_exam_id=only_exam_id)
    url = url_for("tabs.open_tab", code=code)
    if wants_json():
        return jsonify(url=url)
    return make_response(render_template("tab_link.html", url=url, path=url_for("home.show") + path))


def _check_cookies(code: str) -> AnyResponse:
    services().tab_links.check(code)
    response = redirect(url_for("tabs.open_tab", code=code, checked=1), 303)
    set_frame_cookie(response, cookie_name("tab"), "1", path=url_for("tabs.open_tab", code=code), max_age=SECONDS)
    return response


def refuse_links_of_other_sites() -> None:
    """Raise :class:`CrossSitePost`: another site could open its own launch in a visitor's tab."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site in ("cross-site", "same-site"):
        raise CrossSitePost(f"site {site!r}")
