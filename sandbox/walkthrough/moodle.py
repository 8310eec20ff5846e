"""The road into a Moodle-like course."""

from __future__ import annotations

import json

from sandbox.plain_browser import Page, PlainBrowser, RoadBlockedError
from sandbox.walkthrough.exam_request import Wish
from sandbox.walkthrough.json_reading import as_items, as_list, as_object, as_text
from sandbox.walkthrough.steps import generate, launch, log_in
from sandbox.walkthrough.summary import Road, RoadSummary, close_the_book, lms_state

FORM = "/moodle/course/modedit.php?add=lti&course=2"
IMPORT = "/moodle/question/bank/importquestions/import.php?courseid=2"


def walk_moodle(road: Road, wish: Wish) -> RoadSummary:
    """Activity → Select content → Examplary → Add to course → Save → open it → download → question bank import."""
    teacher, summary = PlainBrowser(), RoadSummary("moodle")
    log_in(teacher, road, "teacher")
    form_page = teacher.open(road.lms + FORM)
    start = launch(teacher, form_page.data_address("contentitem.php"))
    review = generate(teacher, start, wish)
    chosen = _add_to_course(teacher, review)
    fields = {name: as_text(chosen.get(key)) for key, name in form_page.data_fields().items()}
    teacher.submit(form_page.form("Save"), fields, button="Save")
    summary.exam = as_text(chosen.get("name"))
    exam_page = launch(teacher, f"{road.lms}/moodle/mod/lti/launch.php?id=1")
    summary.packages["exam.xml"] = teacher.download(exam_page.link_to("/download/moodle-xml"))
    _import(teacher, road, summary)
    _look_as_student(road, summary)
    close_the_book(teacher, road, summary)
    return summary


def _add_to_course(teacher: PlainBrowser, review: Page) -> dict[str, object]:
    answer = teacher.submit(review.form("Add to course"), button="Add to course")
    returned = teacher.submit(answer.form("JWT"))
    while returned.posts_itself:
        returned = teacher.submit(returned.forms()[0])
    chosen = as_object(json.loads(returned.attribute("data-moodle-return")))
    if not chosen.get("name"):
        raise RoadBlockedError("The tool returned no link to Moodle.")
    return chosen


def _import(teacher: PlainBrowser, road: Road, summary: RoadSummary) -> None:
    page = teacher.open(road.lms + IMPORT)
    upload = {"newfile": ("exam.xml", summary.packages["exam.xml"])}
    teacher.submit(page.form("Import"), {"format": "xml"}, files=upload)
    state = lms_state(teacher, road)
    outcome = as_items(as_object(state.get("moodle")).get("imports"))[-1]
    summary.import_messages = [str(message) for message in as_list(outcome.get("messages"))]
    if not outcome.get("imported", True) or not outcome.get("questions"):
        raise RoadBlockedError("Moodle refused the file: " + "; ".join(summary.import_messages))
    for question in as_items(outcome.get("questions")):
        kind, mark = as_text(question.get("qtype")), question.get("default_mark")
        summary.questions_imported += 1
        summary.question_types[kind] = summary.question_types.get(kind, 0) + 1
        summary.points += float(mark) if isinstance(mark, int | float) else 0.0


def _look_as_student(road: Road, summary: RoadSummary) -> None:
    student = PlainBrowser()
    log_in(student, road, "student")
    page = launch(student, f"{road.lms}/moodle/mod/lti/launch.php?id=1")
    summary.student_sees_keys = "download" in page.text.lower() or "/download/" in page.source
