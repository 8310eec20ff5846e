"""A Moodle-like course in a browser with default settings: third-party cookies are blocked, partitioned ones kept."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import frame_of, open_from_moodle_chooser, wait_for_review

pytestmark = pytest.mark.browser


@pytest.fixture
def activity(person, urls, environment):
    """A teacher's course page with an activity that links to an exam."""
    environment.store_exam("moodle", "Forces and water")
    teacher = person("teacher")
    tool = open_from_moodle_chooser(teacher, urls)
    tool.get_by_role("link", name="Forces and water").click()
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).not_to_be_empty()
    assert teacher.locator("[data-field=name]").input_value() == "Forces and water"
    teacher.click("#save")
    expect(teacher.get_by_role("link", name="Forces and water")).to_be_visible()
    return teacher


def test_a_student_who_opens_the_link_sees_a_friendly_page_without_questions(activity, person, urls):
    student = person("student")
    student.goto(f"{urls.lms}/moodle/course/view.php?id=2")
    student.get_by_role("link", name="Forces and water").click()
    tool = student.frame_locator("#tool-frame")
    expect(tool.get_by_role("heading", level=1)).to_be_visible()
    expect(tool.locator(".question")).to_have_count(0)
    expect(tool.locator("a.download")).to_have_count(0)
    assert student.problems == []


def test_a_student_cannot_open_the_teachers_page(activity, person, urls):
    teacher = activity
    teacher.get_by_role("link", name="Forces and water").click()
    wait_for_review(teacher.frame_locator("#tool-frame"))
    exam_path = next(frame.url for frame in teacher.frames if "/l/" in frame.url).split("/exams/")[1]

    student = person("student")
    student.goto(f"{urls.lms}/moodle/course/view.php?id=2")
    student.get_by_role("link", name="Forces and water").click()
    expect(student.frame_locator("#tool-frame").get_by_role("heading", level=1)).to_be_visible()
    own = frame_of(student)
    response = own.goto(f"{own.url.rstrip('/')}/exams/{exam_path}")
    assert response.status == 403
    assert "access.teachers_only" in own.content()
    assert "Forces and water" not in own.content()


def test_another_teacher_of_the_course_can_use_the_exam(activity, person, urls):
    colleague = person("teacher2")
    colleague.goto(f"{urls.lms}/moodle/course/view.php?id=2")
    colleague.get_by_role("link", name="Forces and water").click()
    wait_for_review(colleague.frame_locator("#tool-frame"))
