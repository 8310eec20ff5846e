"""Test launches in the LMS's frame: the code of the console, and the report of a launch."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask import request as flask_request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.errors import N_
from lti_tool.lti.protocol import claims
from lti_tool.security.headers import PagePolicy
from lti_tool.services.launches.launch_intake import TestedLaunch
from lti_tool.services.launches.launch_tests import TestInWindow
from lti_tool.services.platforms.launch_report import report
from lti_tool.web.current_launch import current_launch, load_current_launch, require_same_origin, services, set_policy

bp = Blueprint("launch_tests", __name__, url_prefix="/l/<token>")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)

LABELS = {
    "iss": N_("Platform ID (issuer)"),
    "aud": N_("Client ID"),
    "azp": N_("Client ID of the receiver"),
    "sub": N_("User ID"),
    "name": N_("Name"),
    "given_name": N_("First name"),
    "family_name": N_("Last name"),
    "email": N_("E-mail address"),
    "locale": N_("Language of the person"),
    "iat": N_("Signed at (seconds since 1970)"),
    "exp": N_("Ends at (seconds since 1970)"),
    "nonce": N_("Random value of the login"),
    claims.DEPLOYMENT_ID: N_("Deployment ID"),
    claims.MESSAGE_TYPE: N_("Message"),
    claims.VERSION: N_("LTI version"),
    claims.TARGET_LINK_URI: N_("Address of the link"),
    claims.RESOURCE_LINK: N_("Link"),
    claims.ROLES: N_("Roles"),
    claims.CONTEXT: N_("Course"),
    claims.CUSTOM: N_("Custom parameters"),
    claims.LAUNCH_PRESENTATION: N_("Presentation and way back"),
    claims.TOOL_PLATFORM: N_("LMS"),
    claims.DEEP_LINKING_SETTINGS: N_("What the LMS accepts (Deep Linking)"),
    "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": N_("Grades (not used)"),
    "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": N_("Members of the course (not used)"),
    "https://www.instructure.com/placement": N_("Placement"),
}
"""Names of claims in words."""


@bp.get("/test")
def show() -> str:
    """Ask for the code, or say that it was right."""
    launch, tests = current_launch().launch, services().launch_tests
    return render_template(
        "launch_test/code.html", confirmed=tests.is_confirmed(launch), awaits_code=tests.awaits_code(launch)
    )


@bp.post("/test")
def confirm() -> AnyResponse:
    """Show the next launches of this person, if the code is that of the console."""
    services().launch_tests.confirm(current_launch().launch, flask_request.form.get("code", ""))
    return redirect(url_for("launch_tests.show"), 303)


def test_page(tested: TestedLaunch) -> Response:
    """Return the report of a launch. A frame that waits for this window learns that no launch comes."""
    handover_id = tested.verified.handover_id
    if handover_id:
        services().handovers.refuse(handover_id, TestInWindow.code)
    set_policy(PagePolicy(frame_ancestors=tested.verified.frame_origins, keeps_opener=bool(handover_id)))
    launch_report = report(tested, services().import_availability, base_url=services().settings.base_url)
    return make_response(render_template("launch_test/report.html", report=launch_report, labels=LABELS))
