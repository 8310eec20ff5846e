"""The Moodle-like course: adding and opening External tool activities."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict

from flask import Blueprint, abort, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from sandbox.lms.canvas_response import ResponseRefused, content_items
from sandbox.lms.claims import LTI, SETTINGS, moodle_settings
from sandbox.lms.config import Account
from sandbox.lms.moodle_oidc import login_page, repost_page
from sandbox.lms.moodle_plugin_claims import PLACEMENT
from sandbox.lms.moodle_response import ActivityForm, check_response, form_of
from sandbox.lms.session import current_lms, message_page, or_404, require_account, require_teacher
from sandbox.lms.state import Activity, Json, ReceivedItems

bp = Blueprint("moodle_course", __name__, url_prefix="/moodle")
FORM_FIELDS = {
    "name": "name",
    "intro": "introeditor[text]",
    "toolurl": "toolurl",
    "instructorcustomparameters": "instructorcustomparameters",
    "grade": "grade[modgrade_point]",
    "resource_id": "lineitemresourceid",
    "tag": "lineitemtag",
    "icon": "secureicon",
}
NO_PERMISSION = "Sorry, but you do not currently have permissions to do that (Manage activities)."
BAD_SESSKEY = "Your session has most likely timed out. Please log in again."


@bp.get("/course/view.php")
def course() -> str:
    """Show the activities and, to a teacher, the activity chooser."""
    account, lms = require_account(), current_lms()
    quizzes = [quiz for quiz in lms.moodle.quiz_store.quizzes if quiz.visible or account.teacher]
    return render_template(
        "moodle_course.html",
        activities=lms.moodle.activities,
        quizzes=quizzes,
        account=account,
        plugin=lms.moodle_plugin and account.teacher,
    )


@bp.get("/course/modedit.php")
def new_activity() -> str:
    """Show the form "New External tool" with the button "Select content"."""
    account = require_teacher()
    return render_template("moodle_modedit.html", account=account, fields=FORM_FIELDS, problem="", values={})


@bp.post("/course/modedit.php")
def save_activity() -> Response:
    """Save one activity, or one for each of several content items."""
    account = require_teacher()
    forms = _submitted_forms()
    problem = forms[0].problem() if len(forms) == 1 else None
    if problem:
        page = render_template(
            "moodle_modedit.html", account=account, fields=FORM_FIELDS, problem=problem, values=asdict(forms[0])
        )
        return make_response(page)
    for form in forms:
        _add(form)
    return make_response(redirect(url_for("moodle_course.course", id=2), 303))


def _submitted_forms() -> list[ActivityForm]:
    try:
        items = json.loads(request.form.get("items") or "[]")
        if items:
            return [ActivityForm(**item) for item in items]
    except (ValueError, TypeError):
        abort(400)
    return [ActivityForm(**{key: request.form.get(name, "") for key, name in FORM_FIELDS.items()})]


def _add(form: ActivityForm) -> None:
    lms = current_lms()
    number = len(lms.moodle.activities) + 1
    # With several items, Moodle silently saves a grade out of range as none.
    points = float(form.grade) if form.grade and not form.problem() else None
    activity = Activity(number, form.name, form.intro, form.toolurl, form.custom(), str(number), points)
    lms.moodle.activities.append(activity)


@bp.get("/mod/lti/contentitem.php")
def content_item() -> Response:
    """Launch deep linking for "Select content"."""
    account, lms = require_teacher(), current_lms()
    if "moodle" not in lms.registrations:
        return message_page("No tool is registered yet.", 404)
    path = url_for("moodle_course.content_item_return", course=2, id=2, sesskey=session["sesskey"])
    settings = moodle_settings(lms.base_url + path, lms.registrations["moodle"].name)
    placement = "course_page" if request.args.get("placement") == "course_page" else "activity_form"
    claims = {SETTINGS: settings, **_placement(account, placement)}
    return login_page(lms, lms.begin("moodle", account, "LtiDeepLinkingRequest", claims))


def _placement(account: Account, placement: str) -> dict[str, str]:
    """Return the plugin's claim, for those whose launches carry its claims."""
    return {PLACEMENT: placement} if current_lms().moodle_plugin and account.teacher else {}


@bp.post("/mod/lti/contentitem_return.php")
def content_item_return() -> Response:
    """Check the tool's response and pass the form values to the page around the frame."""
    repost = repost_page()
    if repost is not None:
        return repost
    account, lms = require_account(), current_lms()
    try:
        claims = check_response(lms, request.form.get("JWT", ""))
    except ResponseRefused as refusal:
        return _refused(str(refusal))
    if request.args.get("sesskey") != session.get("sesskey"):
        return _refused(BAD_SESSKEY)
    if not account.teacher:
        return _refused(NO_PERMISSION)
    items = content_items(claims)
    lms.received.append(ReceivedItems(secrets.token_urlsafe(8), "moodle", "ContentArea", items, claims))
    return make_response(render_template("moodle_content_return.html", message=_form_data(items)))


def _refused(text: str) -> Response:
    current_lms().refusals.append(("moodle", text))
    return message_page(text, 404)


def _form_data(items: tuple[Json, ...]) -> Json:
    """Return the data for Moodle's ``processContentItemReturnData``; items without a type are ignored."""
    name = current_lms().registrations["moodle"].name
    forms = [asdict(form_of(item, name)) for item in items if item.get("type")]
    if len(forms) > 1:
        return {"multiple": forms}
    return forms[0] if forms else {}


@bp.get("/mod/lti/view.php")
def view_activity() -> str:
    """Show an activity with the tool in a frame."""
    account, activity = require_account(), _activity()
    frame = url_for("moodle_course.launch", id=activity.ident)
    return render_template("moodle_activity.html", activity=activity, frame=frame, account=account)


@bp.get("/mod/lti/launch.php")
def launch() -> Response:
    """Launch the resource link of an activity."""
    account = require_account()
    lms = current_lms()
    activity = _activity()
    if "moodle" not in lms.registrations:
        return message_page("No tool is registered yet.", 404)
    claims = {
        LTI + "resource_link": {
            "id": activity.resource_link_id,
            "title": activity.name,
            "description": activity.description,
        },
        LTI + "custom": dict(activity.custom),
        **_placement(account, "activity"),
    }
    new_launch = lms.begin("moodle", account, "LtiResourceLinkRequest", claims, activity.url)
    return login_page(lms, new_launch, cmid=activity.ident)


def _activity() -> Activity:
    ident = request.args.get("id", type=int)
    activities = current_lms().moodle.activities
    return or_404(next((activity for activity in activities if activity.ident == ident), None))
