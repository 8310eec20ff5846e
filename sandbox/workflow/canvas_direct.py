"""The workflow in a Canvas-like course by its API, with the teacher's consent."""

from __future__ import annotations

from sandbox.base_urls import BaseUrls
from sandbox.plain_browser import Page, PlainBrowser, WorkflowError
from sandbox.workflow.canvas import COURSE, publish_and_open_as_student, read_outcome
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.json_values import as_items, as_object, as_text
from sandbox.workflow.steps import generate, launch, log_in, wait_for_quiz
from sandbox.workflow.summary import WorkflowSummary, lms_state, record_calls


def run_canvas_direct(urls: BaseUrls, request: ExamRequest) -> WorkflowSummary:
    """Course menu → Examplary → Add to course → consent, this first time → Open the quiz."""
    teacher, summary = PlainBrowser(), WorkflowSummary("canvas")
    log_in(teacher, urls, "teacher")
    page = teacher.open(teacher.open(urls.lms + COURSE).link_to("/external_tools/1"))
    review = generate(teacher, launch(teacher, page.frame()), request)
    _consent(teacher, teacher.submit(review.form_to("consent")))
    done = wait_for_quiz(teacher, teacher.open(review.url), "/courses/1/quizzes/")
    quiz = teacher.open(done.link_to("/courses/1/quizzes/"))
    state = lms_state(teacher, urls)
    read_outcome(summary, state)
    (imported,) = as_items(as_object(state.get("canvas")).get("quizzes"))
    summary.exam = as_text(as_object(imported.get("quiz")).get("title"))
    if summary.exam not in quiz.text:
        raise WorkflowError("The page of the quiz doesn't show it.")
    publish_and_open_as_student(teacher, urls, summary)
    record_calls(teacher, urls, summary)
    return summary


def _consent(teacher: PlainBrowser, page: Page) -> None:
    """Follow the one-time link to the LMS, and give the permission there."""
    consent = teacher.open(page.link_to("/consent/open/"))
    teacher.submit(consent.form("Authorize"), button="Authorize")
