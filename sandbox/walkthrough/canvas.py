"""The road into a Canvas-like course."""

from __future__ import annotations

import json

from sandbox.plain_browser import Page, PlainBrowser, RoadBlockedError
from sandbox.walkthrough.exam_request import Wish
from sandbox.walkthrough.json_reading import as_items, as_list, as_object, as_text
from sandbox.walkthrough.steps import generate, launch, log_in
from sandbox.walkthrough.summary import Road, RoadSummary, close_the_book, lms_state

COURSE = "/canvas/courses/1"


def walk_canvas(road: Road, wish: Wish) -> RoadSummary:
    """Import content → Examplary → Add to course → Import → publish → a student looks."""
    teacher, summary = PlainBrowser(), RoadSummary("canvas")
    log_in(teacher, road, "teacher")
    imports = teacher.open(f"{road.lms}{COURSE}/content_migrations")
    start = launch(teacher, imports.data_address("migration_selection"))
    review = generate(teacher, start, wish)
    item = _add_to_course(teacher, review)
    summary.packages["exam.zip"] = teacher.download(as_text(item.get("url")))
    form = imports.form("settings[file_url]")
    teacher.submit(form, {"settings[file_url]": as_text(item.get("url"))}, button="Import")
    _read_outcome(summary, lms_state(teacher, road))
    summary.exam = as_text(item.get("text"))
    _publish_and_look(teacher, road, summary)
    close_the_book(teacher, road, summary)
    return summary


def _add_to_course(teacher: PlainBrowser, review: Page) -> dict[str, object]:
    """Answer the deep link; return the first item, which is the one that Canvas reads."""
    answer = teacher.submit(review.form("Add to course"), button="Add to course")
    response = teacher.submit(answer.form("JWT"))
    message = as_object(json.loads(response.attribute("data-canvas-message")))
    items = as_items(message.get("content_items"))
    if not items or items[0].get("type") != "file":
        raise RoadBlockedError("The tool returned no file to Canvas.")
    return items[0]


def _read_outcome(summary: RoadSummary, state: dict[str, object]) -> None:
    canvas = as_object(state.get("canvas"))
    migrations = as_items(canvas.get("migrations"))
    if not migrations or migrations[-1].get("state") != "completed":
        raise RoadBlockedError("Canvas could not import the package: " + "; ".join(_issues(migrations)))
    summary.import_messages = _issues(migrations)
    for each in as_items(canvas.get("quizzes")):
        for question in as_items(as_object(each.get("quiz")).get("questions")):
            kind = as_text(question.get("type"))
            summary.questions_imported += 1
            summary.question_types[kind] = summary.question_types.get(kind, 0) + 1
            points = question.get("points")
            summary.points += float(points) if isinstance(points, int | float) else 0.0


def _issues(migrations: list[dict[str, object]]) -> list[str]:
    return [str(issue) for each in migrations[-1:] for issue in as_list(each.get("issues"))]


def _publish_and_look(teacher: PlainBrowser, road: Road, summary: RoadSummary) -> None:
    quiz = teacher.open(f"{road.lms}{COURSE}/quizzes/1")
    teacher.submit(quiz.form("Publish"))
    student = PlainBrowser()
    log_in(student, road, "student")
    seen = student.open(f"{road.lms}{COURSE}/quizzes/1")
    own = launch(student, f"{road.lms}{COURSE}/external_tools/1/launch")
    summary.student_sees_keys = 'class="right"' in seen.source or "Add to course" in own.text
