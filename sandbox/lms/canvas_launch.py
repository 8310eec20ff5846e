"""The tool in the Canvas-like course: launches, the deep linking dialog and its response."""

from __future__ import annotations

import secrets

from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.lms.canvas_content import Module
from sandbox.lms.canvas_oidc import login_page
from sandbox.lms.canvas_response import LinkState, ResponseRefused, check_response, content_items, make_data
from sandbox.lms.claims import LTI, LTI_DL, SETTINGS, canvas_custom, canvas_settings
from sandbox.lms.config import Account
from sandbox.lms.session import current_lms, message_page, require_account, require_teacher
from sandbox.lms.state import Activity, Json, Lms, ReceivedItems

bp = Blueprint("canvas_launch", __name__, url_prefix="/canvas")
DEEP_LINKING = "LtiDeepLinkingRequest"
RESOURCE_LINK = "LtiResourceLinkRequest"
PLACEMENT = "https://www.instructure.com/placement"
MODULE_PLACEMENTS = ("module_menu_modal", "module_index_menu_modal")
DEEP_PLACEMENTS = ("migration_selection", "assignment_selection", *MODULE_PLACEMENTS)
COURSE_LINK = {"id": "4dde05e8ca1973bcca9bffc13e1548820eee93a3", "title": "Examplary"}


@bp.get("/courses/1/external_tools/1/resource_selection")
def resource_selection() -> Response:
    """Launch deep linking in a dialog ("Find a Course", "Find", or a module's menu), for teachers only."""
    lms, account = current_lms(), require_teacher()
    placement = request.args.get("placement", "migration_selection")
    if placement not in DEEP_PLACEMENTS:
        return message_page("This placement cannot link content.", 400)
    path = url_for("canvas_launch.deep_linking_response", data=make_data(lms, placement, _module_id()))
    claims = {SETTINGS: canvas_settings(lms.base_url + path, placement), PLACEMENT: placement}
    return _launch(lms, account, DEEP_LINKING, claims)


def _module_id() -> int | None:
    """Return the id of the module whose menu was used."""
    ident = request.args.get("context_module_id", type=int)
    return ident if ident in {module.ident for module in current_lms().canvas.modules} else None


@bp.get("/courses/1/external_tools/1")
def course_navigation() -> Response:
    """Show the tool's page in the course menu."""
    require_account()
    frame = url_for("canvas_launch.launch")
    return make_response(render_template("canvas_tool.html", title="Examplary", frame=frame))


@bp.get("/courses/1/external_tools/1/launch")
def launch() -> Response:
    """Launch the resource link of the course menu."""
    claims = {LTI + "resource_link": COURSE_LINK, PLACEMENT: "course_navigation"}
    return _launch(current_lms(), require_account(), RESOURCE_LINK, claims)


@bp.get("/accounts/1/external_tools/1/launch")
def account_launch() -> Response:
    """Launch from the account's menu, where there is no course."""
    claims = {LTI + "resource_link": {"id": "account-1", "title": "Examplary"}, PLACEMENT: "account_navigation"}
    return _launch(current_lms(), require_teacher(), RESOURCE_LINK, claims, in_course=False)


@bp.get("/courses/1/assignments/<int:ident>/launch")
def assignment_launch(ident: int) -> Response:
    """Launch the resource link of an assignment."""
    lms, account = current_lms(), require_account()
    activity = next((activity for activity in lms.canvas.assignments if activity.ident == ident), None)
    if activity is None or not (activity.published or account.teacher):
        return message_page("There is no such assignment.", 404)
    link = {LTI + "resource_link": {"id": activity.resource_link_id, "title": activity.name, "description": None}}
    return _launch(lms, account, RESOURCE_LINK, link, activity)


def _launch(
    lms: Lms,
    account: Account,
    message_type: str,
    claims: Json,
    activity: Activity | None = None,
    *,
    in_course: bool = True,
) -> Response:
    if "canvas" not in lms.registrations:
        return message_page("No tool is registered yet.", 404)
    custom = canvas_custom(lms, account, in_course=in_course) | dict(activity.custom if activity else {})
    context = {} if in_course else {LTI + "context": None}
    claims = {**claims, **context, LTI + "custom": custom}
    return login_page(lms, lms.begin("canvas", account, message_type, claims, activity.url if activity else ""))


@bp.post("/courses/1/deep_linking_response")
def deep_linking_response() -> Response:
    """Check the tool's response and pass it to the page around the frame."""
    lms = current_lms()
    try:
        state, claims = check_response(lms, request.form.get("JWT", ""), request.args.get("data", ""))
    except ResponseRefused as refusal:
        text = str(refusal)
        lms.refusals.append(("canvas", text))
        error = {"attribute": "jwt", "type": text, "message": text}
        return make_response(jsonify(errors={"jwt": [error]}), 400)
    items = content_items(claims)
    received = ReceivedItems(secrets.token_urlsafe(8), "canvas", state.placement, items, claims)
    lms.received.append(received)
    _add_to_module(lms, state, items)
    message = {
        "subject": "LtiDeepLinkingResponse",
        "placement": state.placement,
        "content_items": list(items),
        "received": received.ident,
        **{name: claims.get(LTI_DL + name) for name in ("msg", "log", "errormsg", "errorlog")},
    }
    return make_response(render_template("canvas_deep_linking_response.html", message=message))


def _add_to_module(lms: Lms, state: LinkState, items: tuple[Json, ...]) -> None:
    """Add links to the module, or to a new one, as Canvas does without being asked."""
    titles = [str(item.get("title") or "Examplary") for item in items if item.get("type") == "ltiResourceLink"]
    if state.placement not in MODULE_PLACEMENTS or not titles:
        return
    module = next((module for module in lms.canvas.modules if module.ident == state.module_id), None)
    if module is None:
        module = Module(20 + len(lms.canvas.modules), "New Content From App")
        lms.canvas.modules.append(module)
    module.links += titles


@bp.get("/courses/1/external_content/success/<kind>")
def external_content_success(kind: str) -> Response:
    """Show the page of ``launch_presentation.return_url``."""
    return message_page(f"The tool has finished ({kind}).", 200)


@bp.get("/post_message_forwarding")
def post_message_forwarding() -> str:
    """Serve the hidden frame with Canvas's platform storage."""
    return render_template("canvas_storage.html")
