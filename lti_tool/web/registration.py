"""Registration of the tool: by a single-use link, or by Canvas's JSON URL."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from lti_tool.lms.canvas.registration import canvas_json
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.security.headers import ANY_ORIGIN, PagePolicy
from lti_tool.web.current_launch import services, set_policy
from lti_tool.web.limits import limit_failures

bp = Blueprint("registration", __name__)


@bp.get("/register/<link_token>")
@limit_failures
def register(link_token: str) -> str:
    """Register the LMS that opens this link (lti-dr §3.2), or explain the link to a person.

    Mail scanners and link previews have no LMS parameters or send HEAD, so they don't use up the link.
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
    """Return the configuration for a Canvas developer key made with "Enter URL"."""
    return _public(jsonify(canvas_json(ToolAddresses(_base_url()))))


@bp.get("/lti/icon.svg")
def icon() -> Response:
    """Send the icon that LMSs show."""
    return _public(make_response(current_app.send_static_file("img/mark.svg")))


def _public(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _base_url() -> str:
    return services().settings.base_url
