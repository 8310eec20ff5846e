"""The workflow in a Moodle-like course."""

from __future__ import annotations

import json

from sandbox.base_urls import BaseUrls
from sandbox.plain_browser import Page, PlainBrowser, WorkflowError
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.json_values import as_items, as_list, as_object, as_text
from sandbox.workflow.steps import generate, launch, log_in
from sandbox.workflow.summary import WorkflowSummary, lms_state, record_calls

FORM = "/moodle/course/modedit.php?add=lti&course=2"
IMPORT = "/moodle/question/bank/importquestions/import.php?courseid=2"


def run_moodle(urls: BaseUrls, request: ExamRequest) -> WorkflowSummary:
    """Activity → Select content → Examplary → Add to course → Save → open → download → question bank import."""
    teacher, summary = PlainBrowser(), WorkflowSummary("moodle")
    log_in(teacher, urls, "teacher")
    form_page = teacher.open(urls.lms + FORM)
    start = launch(teacher, form_page.data_address("contentitem.php"))
    review = generate(teacher, start, request)
    content_item = _add_to_course(teacher, review)
    fields = {name: as_text(content_item.get(key)) for key, name in form_page.data_fields().items()}
    teacher.submit(form_page.form("Save"), fields, button="Save")
    summary.exam = as_text(content_item.get("name"))
    exam_page = launch(teacher, f"{urls.lms}/moodle/mod/lti/launch.php?id=1")
    summary.packages["exam.xml"] = teacher.download(exam_page.link_to("/download/moodle-xml"))
    _import(teacher, urls, summary)
    _open_as_student(urls, summary)
    record_calls(teacher, urls, summary)
    return summary


def _add_to_course(teacher: PlainBrowser, review: Page) -> dict[str, object]:
    response_page = teacher.submit(review.form_to("add"))
    returned = teacher.submit(response_page.form("JWT"))
    while returned.is_self_submitting:
        returned = teacher.submit(returned.forms()[0])
    content_item = as_object(json.loads(returned.attribute("data-moodle-return")))
    if not content_item.get("name"):
        raise WorkflowError("The tool returned no link to Moodle.")
    return content_item


def _import(teacher: PlainBrowser, urls: BaseUrls, summary: WorkflowSummary) -> None:
    page = teacher.open(urls.lms + IMPORT)
    upload = {"newfile": ("exam.xml", summary.packages["exam.xml"])}
    teacher.submit(page.form("Import"), {"format": "xml"}, files=upload)
    state = lms_state(teacher, urls)
    outcome = as_items(as_object(state.get("moodle")).get("imports"))[-1]
    summary.import_messages = [str(message) for message in as_list(outcome.get("messages"))]
    if not outcome.get("imported", True) or not outcome.get("questions"):
        raise WorkflowError("Moodle refused the file: " + "; ".join(summary.import_messages))
    for question in as_items(outcome.get("questions")):
        summary.add_question(as_text(question.get("qtype")), question.get("default_mark"))


def _open_as_student(urls: BaseUrls, summary: WorkflowSummary) -> None:
    student = PlainBrowser()
    log_in(student, urls, "student")
    page = launch(student, f"{urls.lms}/moodle/mod/lti/launch.php?id=1")
    summary.student_sees_keys = "download" in page.text.lower() or "/download/" in page.source
