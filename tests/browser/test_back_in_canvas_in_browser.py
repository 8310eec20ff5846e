"""Back and reload at each step from a Canvas-like course: an exam is made, imported and returned once."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    CANVAS,
    frame_of,
    generate,
    generate_in,
    go_back,
    open_canvas_dialog,
    reload_frame,
    wait_for_review,
    wait_for_start_page,
)

pytestmark = pytest.mark.browser
SLOW = {"timeout": 30_000}
TITLE = "Forces and water"


def go_back_to_the_list(teacher, tool):
    """Go back in the frame, then to all exams.

    The embed's steps are in the same history as the page, so Back may lead to the generation, which leads to its exam.
    """
    go_back(teacher)
    wait_for_review(tool)
    tool.get_by_role("link", name="All exams").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Exams")


def test_back_and_reload_from_the_course_menu_make_one_quiz(person, urls, environment):
    course = environment.set_canvas_key()
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}")
    teacher.get_by_role("link", name="Examplary").click()
    tool = wait_for_start_page(teacher.frame_locator("#tool-frame"))
    reload_frame(teacher)
    wait_for_start_page(tool)
    tool.get_by_role("button", name="New exam").click()
    embed = tool.frame_locator("#embed")
    expect(embed.locator("#title")).to_be_visible()
    reload_frame(teacher)
    generate_in(embed)
    wait_for_review(tool)
    reload_frame(teacher)
    wait_for_review(tool)

    # A window asks for consent while the page in the course is reloaded.
    frame_of(teacher).wait_for_load_state("load")
    with teacher.expect_popup() as opened:
        tool.get_by_role("button", name="Give permission and add to course").click()
    consent = opened.value
    expect(consent.get_by_role("button", name="Authorize")).to_be_visible(**SLOW)
    consent.reload()
    reload_frame(teacher)
    wait_for_review(tool)
    expect(tool.get_by_text("waiting for your permission")).to_be_visible(**SLOW)
    consent.get_by_role("button", name="Authorize").click()
    quiz = tool.get_by_role("link", name="Open the quiz")
    expect(quiz).to_be_visible(**SLOW)
    reload_frame(teacher)
    expect(quiz).to_be_visible(**SLOW)
    go_back_to_the_list(teacher, tool)
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool)
    expect(quiz).to_be_visible(**SLOW)

    # From the quiz, the browser's Back leads to the course, and nothing is imported again.
    quiz.click()
    expect(teacher.get_by_role("heading", level=1)).to_have_text(TITLE, **SLOW)
    teacher.go_back()
    expect(tool.get_by_role("heading", level=1)).to_be_visible(**SLOW)
    assert [present.quiz.title for present in course.present_quizzes] == [TITLE]
    assert len(course.migrations) == 1
    assert teacher.problems == []


def test_back_and_reload_from_the_import_page_return_one_file(person, urls):
    teacher = person("teacher")
    tool = wait_for_start_page(open_canvas_dialog(teacher, urls))
    generate(tool)
    wait_for_review(tool)
    reload_frame(teacher)
    wait_for_review(tool)
    go_back_to_the_list(teacher, tool)
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#tool-dialog")).not_to_be_visible(**SLOW)
    address = teacher.locator("#file-url").input_value()
    assert address

    # After a reload of Canvas's page, the dialog still has the exam.
    teacher.reload()
    tool = wait_for_start_page(open_canvas_dialog(teacher, urls))
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool)
    assert teacher.problems == []
