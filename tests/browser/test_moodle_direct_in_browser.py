"""A Moodle-like course whose plugin makes the quiz: from the course's page to the quiz, with all that can happen."""

import re
import time

import pytest
from playwright.sync_api import expect

from lti_tool.models import Import, db
from sandbox.lms.moodle_quizzes import SECTIONS
from tests.browser.steps import CountedClicks, generate, wait_for_review

pytestmark = pytest.mark.browser
SLOW = {"timeout": 20_000}
"""For what a worker has to do first."""
COURSE = "/moodle/course/view.php?id=2"
TITLE = "Forces and water"


@pytest.fixture
def clicks():
    return CountedClicks()


@pytest.fixture(autouse=True)
def plugin(urls, environment):
    environment.install_moodle_plugin()


@pytest.fixture
def exam_id(environment, plugin):
    return environment.store_exam("moodle", TITLE)


@pytest.fixture
def lax(environment, plugin):
    """Moodle's session cookie since 4.5.12, which no frame of another site gets."""
    before = environment.lms.config["SESSION_COOKIE_SAMESITE"]
    environment.lms.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    yield
    environment.lms.config["SESSION_COOKIE_SAMESITE"] = before


def open_examplary(page, urls, click):
    """Course → More → Examplary; return the tool's frame."""
    page.goto(urls.lms + COURSE)
    click(page.get_by_text("More", exact=True))
    click(page.get_by_role("link", name="Examplary"))
    return page.frame_locator("#tool-frame")


def open_exam(page, urls, click=lambda locator: locator.click()):
    """Open the stored exam, which is a step of the exam itself."""
    tool = open_examplary(page, urls, click)
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool, TITLE)
    return tool


def add(tool):
    tool.get_by_role("button", name="Add to course").click()


def moodle_is_back(environment):
    """End the faults, and do the work now instead of after the pause."""
    environment.install_moodle_plugin()
    deadline = time.monotonic() + 60
    with environment.tool.app_context():
        job = environment.tool.extensions["services"].import_job
        db.session.query(Import).update({"look_after": None})
        db.session.commit()
        while (row := db.session.query(Import).one()).state != "done":
            assert time.monotonic() < deadline, row.state
            job.advance(row.id)
            db.session.rollback()
            time.sleep(0.1)


def test_four_clicks_from_the_course_to_the_quiz(person, urls, exam_id, environment, clicks):
    teacher = person("teacher")
    tool = open_exam(teacher, urls, clicks)
    clicks(tool.get_by_role("button", name="Add to course"))
    clicks(tool.get_by_role("link", name="Open the quiz"))
    expect(teacher.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert clicks.count == 4
    assert "/mod/quiz/view.php" in teacher.url
    expect(teacher.locator("#quiz-questions li")).to_have_count(12)
    (quiz,) = environment.moodle_quizzes
    assert (quiz.visible, sum(question.mark for question in quiz.questions)) == (False, 26)
    assert teacher.problems == []


def test_a_new_exam_becomes_a_quiz_with_a_lax_session_cookie(lax, person, urls, environment):
    teacher = person("teacher")
    tool = open_examplary(teacher, urls, lambda locator: locator.click())
    generate(tool)
    wait_for_review(tool)
    add(tool)
    tool.get_by_role("link", name="Open the quiz").click()
    expect(teacher.get_by_role("heading", level=1)).to_have_text("Forces and water")
    teacher.goto(urls.lms + COURSE)
    expect(teacher.locator("#quizzes")).to_contain_text("(hidden)")


def test_students_see_nothing_of_it(person, urls, exam_id):
    tool = open_exam(person("teacher"), urls)
    add(tool)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    student = person("student")
    student.goto(urls.lms + COURSE)
    expect(student.locator("#quizzes li")).to_have_count(0)
    expect(student.get_by_text("More", exact=True)).to_have_count(0)


def test_again_unchanged_and_changed(person, urls, exam_id, environment):
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    add(tool)
    tool.get_by_role("button", name="Send it again").click()
    expect(tool.get_by_text("already up to date")).to_be_visible(**SLOW)
    environment.change_exam(exam_id, f"{TITLE} 2")
    tool.get_by_role("button", name="Send it again").click()
    expect(tool.get_by_text("The quiz in your course is up to date.")).to_be_visible(**SLOW)
    tool.get_by_role("link", name="Open the quiz").click()
    expect(teacher.get_by_role("heading", level=1)).to_have_text(f"{TITLE} 2")
    assert len(environment.moodle_quizzes) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_a_change_after_the_exam_was_added_is_reported_at_once(person, urls, exam_id, environment, scripts):
    teacher = person("teacher")
    if not scripts:
        teacher.context.route("**/exam_changes*.js*", lambda route: route.abort())
    tool = open_exam(teacher, urls)
    add(tool)
    opens = tool.get_by_role("link", name="Open the quiz")
    expect(opens).to_be_visible(**SLOW)
    first = tool.locator("li.question").first
    first.locator("[name=points]").fill("7")
    first.locator("[value=points]").click()
    expect(tool.get_by_text("The quiz in Moodle is still the old version.")).to_be_visible(**SLOW)
    expect(opens).to_have_count(0)
    tool.get_by_role("button", name="Update the quiz").click()
    expect(opens).to_be_visible(**SLOW)
    expect(tool.get_by_text("is still the old version")).to_have_count(0)
    (quiz,) = environment.moodle_quizzes
    assert quiz.questions[0].mark == 7


@pytest.mark.parametrize(
    ("button", "count", "title"),
    [(re.compile("Update the quiz"), 1, f"{TITLE} 2"), ("Make a new quiz", 2, f"{TITLE} 2"), ("Not now", 1, TITLE)],
)
def test_a_colleagues_quiz_is_asked_about_first(person, urls, exam_id, environment, button, count, title):
    add(open_exam(person("teacher"), urls))
    tool = open_exam(person("teacher"), urls)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    environment.change_exam(exam_id, f"{TITLE} 2")
    colleague = person("teacher2")
    tool = open_examplary(colleague, urls, lambda locator: locator.click())
    tool.get_by_role("link", name=TITLE).click()
    add(tool)
    expect(tool.get_by_text("sent this exam to this course before")).to_be_visible(**SLOW)
    tool.get_by_role("button", name=button).click()
    if button == "Not now":
        expect(tool.get_by_role("button", name="Add to course")).to_be_visible(**SLOW)
    else:
        expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    assert len(environment.moodle_quizzes) == count
    assert environment.moodle_quizzes[-1].name == title


def test_the_teacher_chooses_the_section(person, urls, exam_id, environment):
    tool = open_exam(person("teacher"), urls)
    tool.get_by_label("Let me choose the section").check()
    add(tool)
    tool.get_by_role("button", name="Week 2").click()
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    (quiz,) = environment.moodle_quizzes
    assert SECTIONS[quiz.section] == "Week 2"


@pytest.mark.parametrize(("button", "count"), [(re.compile("Update the copied quiz"), 1), ("Make a new quiz", 2)])
def test_a_quiz_that_came_with_a_copy_is_asked_about_first(person, urls, exam_id, environment, button, count):
    tool = open_exam(person("teacher"), urls)
    add(tool)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    environment.copy_moodle_course()
    tool.get_by_role("button", name="Send it again").click()
    expect(tool.get_by_text("came with a copy")).to_be_visible(**SLOW)
    tool.get_by_role("button", name=button).click()
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    assert len(environment.moodle_quizzes) == count
    assert environment.moodle_quizzes[-1].is_current


@pytest.mark.parametrize("first", ["down", "lost", "busy"])
def test_a_moodle_that_is_down_for_a_while_gets_one_quiz(person, urls, exam_id, environment, first):
    environment.install_moodle_plugin(first, "down", "down", "down")
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    add(tool)
    expect(tool.get_by_text("We'll keep trying")).to_be_visible(**SLOW)
    moodle_is_back(environment)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    expect(tool.locator("#import")).to_contain_text("hidden from students until you show it")
    assert len(environment.moodle_quizzes) == 1


def test_a_closed_tab_loses_nothing(person, urls, exam_id, environment):
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    environment.install_moodle_plugin(*["down"] * 4)
    add(tool)
    expect(tool.get_by_text("You can close this page")).to_be_visible(**SLOW)
    teacher.goto(urls.lms + COURSE)
    moodle_is_back(environment)
    assert len(environment.moodle_quizzes) == 1
    tool = open_exam(teacher, urls)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)


def test_a_missing_permission_is_explained_and_the_download_stays(person, urls, exam_id, environment):
    environment.install_moodle_plugin("permission")
    tool = open_exam(person("teacher"), urls)
    add(tool)
    expect(tool.get_by_text("permission to make this quiz (mod/quiz:addinstance)")).to_be_visible(**SLOW)
    expect(tool.get_by_role("button", name="Try again")).to_be_visible(**SLOW)
    expect(tool.locator("a.download").first).to_be_visible(**SLOW)
    assert environment.moodle_quizzes == []


def test_from_the_activity_form_the_quiz_opens_out_of_the_dialog(person, urls, exam_id):
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}/moodle/course/modedit.php?add=lti&typeid=2&course=2")
    teacher.click("#select-content")
    tool = teacher.frame_locator("#tool-frame")
    tool.get_by_role("link", name=TITLE).click()
    add(tool)
    tool.get_by_role("link", name="Open the quiz").click()
    expect(teacher.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert "/mod/quiz/view.php" in teacher.url


def test_from_the_activity_form_a_link_is_still_possible(person, urls, exam_id, environment):
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}/moodle/course/modedit.php?add=lti&typeid=2&course=2")
    teacher.click("#select-content")
    tool = teacher.frame_locator("#tool-frame")
    tool.get_by_role("link", name=TITLE).click()
    tool.get_by_role("button", name="Add a link to the course").click()
    expect(teacher.locator("#content-selected")).not_to_be_empty()
    assert environment.moodle_quizzes == []


def test_cancel_leads_back_to_the_course(person, urls, exam_id):
    teacher = person("teacher")
    tool = open_examplary(teacher, urls, lambda locator: locator.click())
    tool.get_by_role("button", name="Cancel").click()
    expect(teacher.locator("#quizzes")).to_be_attached()
    assert teacher.url.endswith(COURSE)
