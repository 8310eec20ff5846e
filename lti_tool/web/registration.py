"""Where LMSs register the tool: by a link that works once, or by an address that describes it."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from lti_tool.lms.canvas_registration import canvas_json
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.web.current_launch import services, set_policy

bp = Blueprint("registration", __name__, template_folder="templates")


@bp.get("/register/<link_token>")
def register(link_token: str) -> str:
    """Register the LMS that opens this in a frame or a window (lti-dr §3.2); explain the link to everybody else.

    Mail scanners and previews open links too, but without the LMS's parameters, or with HEAD: that uses nothing up.
    """
    set_policy(PagePolicy(frame_ancestors=(ANY_ORIGIN,)))
    configuration_url = request.args.get("openid_configuration", "")
    if not configuration_url or request.method == "HEAD":
        services().registration.check(link_token)
        return render_template("registration/explained.html", link=f"{_base_url()}/register/{link_token}")
    outcome = services().registration.register(
        link_token, configuration_url, request.args.get("registration_token", "")
    )
    set_policy(PagePolicy(frame_ancestors=(origin_of(configuration_url),)))
    return render_template(
        "registration/done.html",
        platform=outcome.platform,
        findings=outcome.checks,
        steps=outcome.plugin.after_registration,
    )


@bp.get("/lti/canvas.json")
def canvas() -> Response:
    """Describe the tool to a Canvas that makes its key by "Enter URL"."""
    return _public(jsonify(canvas_json(ToolAddresses(_base_url()))))


@bp.get("/lti/icon.svg")
def icon() -> Response:
    """The icon, for the pages of LMSs."""
    return _public(make_response(current_app.send_static_file("img/mark.svg")))


def _public(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _base_url() -> str:
    return services().settings.base_url
