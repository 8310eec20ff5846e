"""The whole workflow of teacher and student in two LMSs, for each cookie mode."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    CANVAS,
    generate,
    open_from_canvas_import,
    open_moodle_dialog,
    open_window,
    wait_for_review,
    wait_for_start_page,
)

pytestmark = pytest.mark.browser


@pytest.fixture(params=["allowed", "partitioned", "blocked"])
def mode(request):
    return request.param


def test_in_canvas_questions_arrive_and_a_student_takes_the_quiz(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    generate(tool)
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#file-text")).to_have_text("Forces and water")
    teacher.click("#import")
    expect(teacher.locator("#migrations")).to_contain_text("Completed")
    teacher.goto(f"{urls.lms}{CANVAS}/quizzes/1")
    expect(teacher.locator("#quiz-facts")).to_contain_text("not published")
    questions = teacher.locator("li.question").count()
    assert questions > 3
    assert teacher.locator(".right").count() > 0
    teacher.click("#publish")

    student = person("student")
    student.goto(f"{urls.lms}{CANVAS}/quizzes/1")
    expect(student.locator("fieldset.question")).to_have_count(questions)
    assert student.locator(".right").count() == 0
    student.goto(f"{urls.lms}{CANVAS}/external_tools/1")
    own = student.frame_locator("#tool-frame")
    expect(own.get_by_role("heading", level=1)).to_have_text("Examplary is for teachers")
    expect(own.get_by_role("button", name="New exam")).to_have_count(0)
    expect(own.get_by_text("Forces and water")).to_have_count(0)
    assert teacher.problems == []
    assert student.problems == []


def prove_if_blocked(page, tool, mode):
    """Log in through a window if frames have no cookies; Moodle has no platform storage."""
    if mode == "blocked":
        open_window(page, tool)
    return tool


def test_in_moodle_the_link_is_saved_and_questions_are_imported(person, urls, mode, tmp_path):
    teacher = person("teacher")
    tool = wait_for_start_page(prove_if_blocked(teacher, open_moodle_dialog(teacher, urls), mode))
    generate(tool)
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")
    assert teacher.locator("[data-field=name]").input_value() == "Forces and water"
    teacher.click("#save")
    teacher.get_by_role("link", name="Forces and water").click()
    tool = prove_if_blocked(teacher, teacher.frame_locator("#tool-frame"), mode)
    wait_for_review(tool)
    with teacher.expect_download() as download:
        tool.get_by_role("link", name="Download for").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".xml"
    steps = tool.locator(".steps a").first
    assert "/question/bank/importquestions/import.php?courseid=2" in steps.get_attribute("href")
    teacher.goto(steps.get_attribute("href"))
    teacher.set_input_files("#newfile", file)
    teacher.click("#import")
    expect(teacher.locator("#imported > li").nth(3)).to_be_visible()
    expect(teacher.get_by_role("alert")).to_have_count(0)

    student = person("student")
    student.goto(f"{urls.lms}/moodle/course/view.php?id=2")
    student.get_by_role("link", name="Forces and water").click()
    own = prove_if_blocked(student, student.frame_locator("#tool-frame"), mode)
    expect(own.get_by_text("Your teacher prepares this exam here.")).to_be_visible(timeout=20_000)
    expect(own.locator(".question")).to_have_count(0)
    expect(own.locator("a.download")).to_have_count(0)
    assert teacher.problems == []
    assert student.problems == []
