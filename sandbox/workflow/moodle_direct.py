"""The workflow in a Moodle-like course whose plugin makes the quiz."""

from __future__ import annotations

from sandbox.base_urls import BaseUrls
from sandbox.plain_browser import PlainBrowser, WorkflowError
from sandbox.workflow.exam_request import ExamRequest
from sandbox.workflow.json_values import as_items, as_object, as_text
from sandbox.workflow.steps import change_in_examplary, generate, launch, log_in, wait_for_quiz
from sandbox.workflow.summary import WorkflowSummary, lms_state, record_calls

CHANGED_TITLE = "Changed in Examplary"
COURSE = "/moodle/course/view.php?id=2"
QUIZ = "/mod/quiz/view.php"


def run_moodle_direct(urls: BaseUrls, request: ExamRequest) -> WorkflowSummary:
    """Course → More → Examplary → Add to course → Open the quiz."""
    teacher, summary = PlainBrowser(), WorkflowSummary("moodle")
    log_in(teacher, urls, "teacher")
    course = teacher.open(urls.lms + COURSE)
    page = teacher.open(course.link_to("/examplary/open.php"))
    start = launch(teacher, page.frame())
    review = generate(teacher, start, request)
    done = wait_for_quiz(teacher, teacher.submit(review.form_to("import")), QUIZ)
    quiz = teacher.open(done.link_to(QUIZ))
    _summarise(teacher, urls, summary)
    if summary.exam not in quiz.text:
        raise WorkflowError("The page of the quiz doesn't show it.")
    _open_as_student(urls, quiz.url, summary)
    record_calls(teacher, urls, summary)
    return summary


def run_moodle_changed(urls: BaseUrls, request: ExamRequest) -> WorkflowSummary:
    """Add an exam, change it in Examplary, and add it again: the quiz is updated."""
    teacher, summary = PlainBrowser(), WorkflowSummary("moodle")
    log_in(teacher, urls, "teacher")
    course = teacher.open(urls.lms + COURSE)
    start = launch(teacher, teacher.open(course.link_to("/examplary/open.php")).frame())
    review = generate(teacher, start, request)
    wait_for_quiz(teacher, teacher.submit(review.form_to("import")), QUIZ)
    changed = change_in_examplary(teacher, teacher.open(review.url), CHANGED_TITLE)
    done = wait_for_quiz(teacher, teacher.submit(changed.form_to("import")), QUIZ)
    _summarise(teacher, urls, summary)
    quiz = teacher.open(done.link_to(QUIZ))
    if CHANGED_TITLE not in quiz.text or _count_quizzes(teacher, urls) != 1:
        raise WorkflowError("The quiz was not updated.")
    record_calls(teacher, urls, summary)
    return summary


def _count_quizzes(teacher: PlainBrowser, urls: BaseUrls) -> int:
    store = as_object(as_object(lms_state(teacher, urls).get("moodle")).get("quiz_store"))
    return len(as_items(store.get("quizzes")))


def _summarise(teacher: PlainBrowser, urls: BaseUrls, summary: WorkflowSummary) -> None:
    store = as_object(as_object(lms_state(teacher, urls).get("moodle")).get("quiz_store"))
    quiz = as_items(store.get("quizzes"))[-1]
    summary.exam = as_text(quiz.get("name"))
    for place in as_items(quiz.get("questions")):
        summary.add_question(as_text(as_object(place.get("question")).get("qtype")), place.get("mark"))


def _open_as_student(urls: BaseUrls, quiz_url: str, summary: WorkflowSummary) -> None:
    student = PlainBrowser()
    log_in(student, urls, "student")
    try:
        summary.student_sees_keys = summary.exam in student.open(quiz_url).text
    except WorkflowError:
        summary.student_sees_keys = False
