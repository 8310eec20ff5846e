"""The Canvas-like course: quizzes and assignments, for teachers and students."""

from __future__ import annotations

import json
import mimetypes
import uuid
from urllib.parse import unquote

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.importers import html
from sandbox.importers.qti12 import number
from sandbox.lms.canvas_content import CanvasQuiz
from sandbox.lms.quiz_view import for_student, for_teacher
from sandbox.lms.session import current_lms, or_404, require_account, require_teacher
from sandbox.lms.state import Activity, Json

bp = Blueprint("canvas_course", __name__, url_prefix="/canvas")
# Canvas serves its pages at the root of its host. A Moodle shares this host, so only the API's addresses are there.
root = Blueprint("canvas_root", __name__)


@bp.get("/courses/1")
def home() -> str:
    """Show the course's home page."""
    return render_template("canvas_home.html", account=require_account())


@bp.get("/courses/1/settings")
def settings() -> str:
    """Show the course settings, with "Import Course Content"."""
    return render_template("canvas_settings.html", account=require_teacher())


@bp.get("/courses/1/quizzes")
def quizzes() -> str:
    """Show the quizzes: all of them to teachers, published ones to students."""
    account = require_account()
    visible = [quiz for quiz in current_lms().canvas.present_quizzes if quiz.published or account.teacher]
    return render_template("canvas_quizzes.html", quizzes=visible, account=account)


@bp.get("/courses/1/quizzes/<int:ident>")
def quiz(ident: int) -> str:
    """Show a quiz, with its keys to teachers only."""
    account, canvas_quiz = require_account(), _quiz(ident)
    files = url_for("canvas_course.file", ident=ident, name="")
    if account.teacher:
        view = [for_teacher(question, files) for question in canvas_quiz.quiz.questions]
        return render_template("canvas_quiz_teacher.html", canvas_quiz=canvas_quiz, questions=view, account=account)
    view_without_keys = [for_student(question, files) for question in canvas_quiz.quiz.questions]
    title, text = canvas_quiz.quiz.title, canvas_quiz.quiz.description
    return render_template(
        "canvas_quiz_student.html", title=title, text=text, questions=view_without_keys, account=account
    )


@bp.post("/courses/1/quizzes/<int:ident>/publish")
def publish_quiz(ident: int) -> Response:
    """Publish the quiz to students."""
    require_teacher()
    _quiz(ident).published = True
    return make_response(redirect(url_for("canvas_course.quiz", ident=ident), 303))


def _quiz(ident: int) -> CanvasQuiz:
    teacher = require_account().teacher
    visible = (quiz for quiz in current_lms().canvas.present_quizzes if quiz.published or teacher)
    return or_404(next((quiz for quiz in visible if quiz.ident == ident), None))


@bp.get("/courses/1/files/<int:ident>/", defaults={"name": ""})
@bp.get("/courses/1/files/<int:ident>/<path:name>")
def file(ident: int, name: str) -> Response:
    """Serve a file of a quiz's package."""
    media = _quiz(ident).media
    response = make_response(or_404(media.get(name, media.get(f"web_resources/{name}"))))
    response.headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return response


@bp.get("/courses/1/modules")
def modules() -> str:
    """Show the modules, with a menu for teachers."""
    account, course = require_account(), current_lms().canvas
    quizzes = {quiz.ident: quiz for quiz in course.present_quizzes if quiz.published or account.teacher}
    return render_template("canvas_modules.html", modules=course.modules, quizzes=quizzes, account=account)


@root.get("/courses/1/")
@root.get("/courses/1/<path:page>")
def course_page(page: str = "") -> Response:
    """Lead from an address that the API gave to the page; a quiz's assignment is the quiz."""
    kind, _, number = page.partition("/")
    by_assignment = {str(quiz.assignment_id): quiz.ident for quiz in current_lms().canvas.present_quizzes}
    if kind == "assignments" and number in by_assignment:
        page = f"quizzes/{by_assignment[number]}"
    return make_response(redirect(f"/canvas/courses/1/{page}".rstrip("/")))


@root.get("/equation_images/<path:latex>")
def equation_image(latex: str) -> Response:
    """Serve a formula as an image with its LaTeX as text; Canvas renders it."""
    text = html.escape(unquote(latex))
    drawing = f'<text y="16" font-family="serif" font-size="16">{text}</text>'
    size = f'width="{10 * len(latex)}" height="24"'
    response = make_response(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawing}</svg>')
    response.headers["Content-Type"] = "image/svg+xml"
    return response


@bp.get("/courses/1/assignments")
def assignments() -> str:
    """Show the assignments: all of them to teachers, published ones to students."""
    account = require_account()
    visible = [activity for activity in current_lms().canvas.assignments if activity.published or account.teacher]
    return render_template("canvas_assignments.html", assignments=visible, account=account)


@bp.get("/courses/1/assignments/new")
def new_assignment() -> str:
    """Show the form for an assignment with an external tool."""
    return render_template("canvas_assignment_new.html", account=require_teacher())


@bp.post("/courses/1/assignments")
def create_assignment() -> Response:
    """Save an assignment with the link that the tool returned, if ``received`` names one."""
    require_teacher()
    lms = current_lms()
    item = _received_item(request.form.get("received", ""))
    custom = item.get("custom")
    activity = Activity(
        ident=len(lms.canvas.assignments) + 1,
        name=request.form.get("name", "").strip() or str(item.get("title") or "Unnamed assignment"),
        description=str(item.get("text") or ""),
        url=request.form.get("external_tool_tag_attributes[url]", "") or str(item.get("url") or ""),
        custom={str(k): _text(v) for k, v in custom.items()} if isinstance(custom, dict) else {},
        resource_link_id=str(uuid.uuid4()),
        points=number(request.form.get("points_possible", "")) or _line_item_points(item),
        published=False,
    )
    lms.canvas.assignments.append(activity)
    return make_response(redirect(url_for("canvas_course.assignment", ident=activity.ident), 303))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _line_item_points(item: Json) -> float | None:
    line = item.get("lineItem")
    return number(str(line.get("scoreMaximum"))) if isinstance(line, dict) else None


def _received_item(ident: str) -> Json:
    for response in current_lms().received:
        if response.ident == ident and response.items and response.items[0].get("type") == "ltiResourceLink":
            return response.items[0]
    return {}


@bp.get("/courses/1/assignments/<int:ident>")
def assignment(ident: int) -> str:
    """Show an assignment with the tool in a frame."""
    account, activity = require_account(), _assignment(ident)
    frame = url_for("canvas_launch.assignment_launch", ident=ident)
    return render_template("canvas_assignment.html", activity=activity, frame=frame, account=account)


@bp.post("/courses/1/assignments/<int:ident>/publish")
def publish_assignment(ident: int) -> Response:
    """Publish the assignment to students."""
    require_teacher()
    _assignment(ident).published = True
    return make_response(redirect(url_for("canvas_course.assignment", ident=ident), 303))


def _assignment(ident: int) -> Activity:
    teacher = require_account().teacher
    visible = (activity for activity in current_lms().canvas.assignments if activity.published or teacher)
    return or_404(next((activity for activity in visible if activity.ident == ident), None))
