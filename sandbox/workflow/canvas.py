"""The workflow in a Canvas-like course."""

from __future__ import annotations

import json

from sandbox.base_urls import BaseUrls
from sandbox.plain_browser import Page, PlainBrowser, WorkflowError
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.json_values import as_items, as_list, as_object, as_text
from sandbox.workflow.steps import generate, launch, log_in
from sandbox.workflow.summary import WorkflowSummary, lms_state, record_calls

COURSE = "/canvas/courses/1"


def run_canvas(urls: BaseUrls, request: ExamRequest) -> WorkflowSummary:
    """Import content → Examplary → Add to course → Import → publish; then open the quiz as a student."""
    teacher, summary = PlainBrowser(), WorkflowSummary("canvas")
    log_in(teacher, urls, "teacher")
    imports = teacher.open(f"{urls.lms}{COURSE}/content_migrations")
    start = launch(teacher, imports.data_address("migration_selection"))
    review = generate(teacher, start, request)
    item = _add_to_course(teacher, review)
    summary.packages["exam.zip"] = teacher.download(as_text(item.get("url")))
    form = imports.form("settings[file_url]")
    teacher.submit(form, {"settings[file_url]": as_text(item.get("url"))}, button="Import")
    read_outcome(summary, lms_state(teacher, urls))
    summary.exam = as_text(item.get("text"))
    publish_and_open_as_student(teacher, urls, summary)
    record_calls(teacher, urls, summary)
    return summary


def _add_to_course(teacher: PlainBrowser, review: Page) -> dict[str, object]:
    """Send the deep linking response; return its first item, the only one that Canvas reads."""
    response_page = teacher.submit(review.form_to("add"))
    response = teacher.submit(response_page.form("JWT"))
    message = as_object(json.loads(response.attribute("data-canvas-message")))
    items = as_items(message.get("content_items"))
    if not items or items[0].get("type") != "file":
        raise WorkflowError("The tool returned no file to Canvas.")
    return items[0]


def read_outcome(summary: WorkflowSummary, state: dict[str, object]) -> None:
    """Add what the newest migration made; raise :class:`WorkflowError` if it failed."""
    canvas = as_object(state.get("canvas"))
    migrations = as_items(canvas.get("migrations"))
    if not migrations or migrations[-1].get("state") != "completed":
        raise WorkflowError("Canvas could not import the package: " + "; ".join(_issues(migrations)))
    summary.import_messages = _issues(migrations)
    for quiz in as_items(canvas.get("quizzes")):
        for question in as_items(as_object(quiz.get("quiz")).get("questions")):
            summary.add_question(as_text(question.get("type")), question.get("points"))


def _issues(migrations: list[dict[str, object]]) -> list[str]:
    return [str(issue) for migration in migrations[-1:] for issue in as_list(migration.get("issues"))]


def publish_and_open_as_student(teacher: PlainBrowser, urls: BaseUrls, summary: WorkflowSummary) -> None:
    """Publish the course's quiz, and look at it and at the tool as a student."""
    quiz = teacher.open(f"{urls.lms}{COURSE}/quizzes/1")
    teacher.submit(quiz.form("Publish"))
    student = PlainBrowser()
    log_in(student, urls, "student")
    quiz_page = student.open(f"{urls.lms}{COURSE}/quizzes/1")
    tool_page = launch(student, f"{urls.lms}{COURSE}/external_tools/1/launch")
    summary.student_sees_keys = 'class="right"' in quiz_page.source or tool_page.has_form_to("add")
