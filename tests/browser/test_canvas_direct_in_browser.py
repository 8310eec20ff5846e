"""A Canvas-like course with an API key: from the course's menu to the quiz, with all that can happen on the way."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from sandbox.faults import Fault
from sandbox.lms import lms_of
from tests.browser.steps import CANVAS, CountedClicks, frame_of, generate, open_menu, wait_for_review

pytestmark = pytest.mark.browser
SLOW = {"timeout": 30_000}
"""For what a worker and the LMS have to do first."""
TITLE = "Forces and water"
MIGRATIONS = "/api/v1/courses/{id}/content_migrations"


def click(locator):
    locator.click()


@pytest.fixture
def clicks():
    return CountedClicks()


@pytest.fixture(autouse=True)
def course(urls, environment):
    """The course at the LMS; the tool has an API key for it."""
    return environment.set_canvas_key()


@pytest.fixture
def tokens(environment, course):
    """Keys, codes and tokens of the LMS."""
    return lms_of(environment.lms).canvas_tokens


@pytest.fixture
def faults(environment, course):
    return lms_of(environment.lms).faults


@pytest.fixture
def exam_id(environment, course):
    return environment.store_exam("canvas", TITLE)


def open_examplary(page, urls, press=click):
    """Course → Examplary; return the tool's frame."""
    page.goto(f"{urls.lms}{CANVAS}")
    press(page.get_by_role("link", name="Examplary"))
    return page.frame_locator("#tool-frame")


def open_exam(page, urls, press=click, title=TITLE):
    """Open a stored exam, which is a step of the exam itself."""
    tool = open_examplary(page, urls, press)
    tool.get_by_role("link", name=title).click()
    wait_for_review(tool, title)
    return tool


def consent(page, tool, answer="Authorize", button="Give permission and add to course"):
    """Open the LMS's window and answer there."""
    # Until its script runs, the button leads to a page with a link.
    frame_of(page).wait_for_load_state("load")
    with page.expect_popup() as opened:
        tool.get_by_role("button", name=button).click()
    window = opened.value
    window.get_by_role("button", name=answer).click()
    return window


def expect_quiz(tool):
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)


def add_first(page, urls):
    """Add the exam with the first consent; return the tool's frame."""
    tool = open_exam(page, urls)
    consent(page, tool)
    expect_quiz(tool)
    return tool


def titles(course):
    return [quiz.quiz.title for quiz in course.present_quizzes]


def add_again(tool):
    tool.get_by_role("button", name="Send it again").click()


def test_three_clicks_from_the_course_to_the_quiz_after_the_first_consent(person, urls, exam_id, environment, course):
    environment.store_exam("canvas", "Light", "single-1.json")
    teacher = person("teacher")
    add_first(teacher, urls)
    clicks = CountedClicks()
    tool = open_exam(teacher, urls, clicks, "Light")
    clicks(tool.get_by_role("button", name="Add to course"))
    clicks(tool.get_by_role("link", name="Open the quiz"))
    expect(teacher.get_by_role("heading", level=1)).to_have_text("Light", **SLOW)
    assert clicks.count == 3
    first, second = course.present_quizzes
    assert (first.quiz.title, len(first.quiz.questions), first.quiz.total_points) == (TITLE, 12, 26)
    assert (second.quiz.title, second.published, len(second.quiz.questions)) == ("Light", False, 1)
    assert teacher.problems == []


def test_a_new_exam_becomes_a_quiz_with_the_first_consent(person, urls, course, tokens):
    teacher = person("teacher")
    tool = open_examplary(teacher, urls)
    generate(tool)
    wait_for_review(tool)
    window = consent(teacher, tool)
    expect_quiz(tool)
    assert window.is_closed()
    tool.get_by_role("link", name="Open the quiz").click()
    expect(teacher.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(teacher.locator("#quiz-facts")).to_contain_text("not published")
    assert len(tokens.authorizations) == 1
    assert teacher.problems == []
    student = person("student")
    student.goto(f"{urls.lms}{CANVAS}/quizzes")
    expect(student.locator("#quizzes")).to_contain_text("No quizzes")


def test_a_cancelled_consent_adds_nothing_and_can_be_given_later(person, urls, exam_id, course):
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    consent(teacher, tool, "Cancel")
    expect(tool.get_by_text("consent.declined")).to_be_visible(**SLOW)
    assert course.migrations == []
    consent(teacher, tool, button="Give permission in Canvas")
    expect_quiz(tool)
    assert len(course.quizzes) == 1


def test_the_consent_of_another_person_is_not_stored(person, urls, exam_id, course, tokens):
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    other = teacher.context.new_page()
    other.goto(f"{urls.lms}/login")
    other.click("#login-teacher2")
    consent(teacher, tool)
    expect(tool.get_by_text("consent.other_user")).to_be_visible(**SLOW)
    expect(tool.get_by_text("Theo Tutor")).to_be_visible()
    assert (course.migrations, tokens.authorizations, tokens.revoked) == ([], [], 1)


def test_a_missing_permission_is_explained_and_the_download_stays(person, urls, exam_id, course):
    course.behaviour.may_add = False
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    consent(teacher, tool)
    expect(tool.get_by_text("canvas.permission_missing")).to_be_visible(**SLOW)
    expect(tool.get_by_role("button", name="Try again")).to_be_visible()
    expect(tool.locator("a.download").first).to_be_visible()
    assert (course.migrations, course.quizzes) == ([], [])


def test_a_changed_exam_replaces_its_quiz_or_becomes_another(person, urls, exam_id, environment, course):
    teacher = person("teacher")
    tool = add_first(teacher, urls)
    environment.change_exam(exam_id, f"{TITLE} 2")
    add_again(tool)
    expect(tool.get_by_text("Replacing it sets its title, settings and questions again")).to_be_visible(**SLOW)
    tool.get_by_role("button", name="Not now").click()
    tool.get_by_role("button", name="Add to course").click()
    tool.get_by_role("button", name="Replace the quiz in Canvas").click(**SLOW)
    expect_quiz(tool)
    assert titles(course) == [f"{TITLE} 2"]
    environment.change_exam(exam_id, f"{TITLE} 3")
    add_again(tool)
    tool.get_by_role("button", name="Add as a new quiz").click(**SLOW)
    expect_quiz(tool)
    assert titles(course) == [f"{TITLE} 2", f"{TITLE} 3"]
    course.present_quizzes[-1].published = True
    add_again(tool)
    expect(tool.get_by_text("It is published, so Examplary doesn't replace it")).to_be_visible(**SLOW)
    expect(tool.get_by_role("button", name="Replace the quiz in Canvas")).to_have_count(0)
    assert all(len(quiz.quiz.questions) == 12 for quiz in course.present_quizzes)


def test_a_changed_exam_is_added_changed_in_examplary_and_added_again(person, urls, course):
    """The teacher's own changes arrive with the first quiz, and stay when Examplary's new version replaces it."""
    teacher = person("teacher")
    tool = open_examplary(teacher, urls)
    generate(tool)
    wait_for_review(tool)
    cards, saved = tool.locator("li.question"), tool.locator('[data-live="saved"]')
    count = cards.count()
    for place in (count - 2, count - 1):
        cards.nth(place).get_by_role("button", name="Leave out").click()
        expect(cards.nth(place)).to_contain_text("Left out")
    choice = cards.filter(has=tool.locator("ol.options")).filter(has_text="Multiple choice").first
    points = choice.get_by_label("Points")
    points.fill("7")
    points.press("Enter")
    expect(saved).to_contain_text("points: 7")
    choice.get_by_role("link", name="Edit").click()
    tool.get_by_label("Answer B").fill("An answer of mine")
    tool.get_by_role("button", name="Save").click()
    expect(saved).to_contain_text("answer changed")
    consent(teacher, tool)
    expect_quiz(tool)
    (first,) = course.present_quizzes
    arrived = len(first.quiz.questions)
    assert arrived == count - 2
    assert_own_changes(first.quiz)

    open_menu(tool)
    tool.get_by_role("button", name="Change in Examplary").click()
    embed = tool.frame_locator("#embed")
    embed.locator("#title").fill("Forces and fire")
    embed.locator("input[name^='title-']").first.fill("What is heat?")
    embed.locator("#save").click()
    expect(embed.locator("#saved")).to_be_visible(**SLOW)
    tool.get_by_role("button", name="Use this version").click()
    expect(tool.get_by_text("The new version from Examplary is in use.")).to_be_visible(**SLOW)
    expect(tool.get_by_text("is still the old version")).to_be_visible()
    tool.get_by_role("button", name="Update the quiz").click()
    tool.get_by_role("button", name="Replace the quiz in Canvas").click(**SLOW)
    expect_quiz(tool)
    (second,) = course.present_quizzes
    assert (second.quiz.title, len(second.quiz.questions)) == ("Forces and fire", arrived)
    assert "What is heat?" in str(second.quiz.questions)
    assert_own_changes(second.quiz)
    assert teacher.problems == []


def assert_own_changes(quiz):
    (question,) = [question for question in quiz.questions if "An answer of mine" in str(question.answers)]
    assert question.points == 7


def test_a_revoked_permission_is_asked_for_again_and_the_import_continues(person, urls, exam_id, course, tokens):
    teacher = person("teacher")
    tool = add_first(teacher, urls)
    tokens.spoil("revoked")
    add_again(tool)
    expect(tool.get_by_text("account.refused")).to_be_visible(**SLOW)
    consent(teacher, tool, button="Give permission in Canvas")
    tool.get_by_role("button", name="Add as a new quiz").click(**SLOW)
    expect_quiz(tool)
    assert len(course.present_quizzes) == 2


def test_the_answer_of_canvas_is_shown_and_disconnect_revokes_the_permission(person, urls, exam_id, course, tokens):
    course.behaviour.ending = "warnings"
    teacher = person("teacher")
    tool = add_first(teacher, urls)
    expect(tool.get_by_text(re.compile("Import Error: Quiz Question"))).to_be_visible()
    tool.get_by_role("button", name="Disconnect").click()
    expect(tool.get_by_role("button", name="Disconnect")).to_have_count(0)
    for _ in range(50):
        if tokens.revoked:
            break
        teacher.wait_for_timeout(200)
    assert (tokens.revoked, tokens.authorizations) == (1, [])


def test_an_lms_that_is_down_in_the_middle_gets_one_quiz(person, urls, exam_id, course, faults):
    """The migration has begun, but no answer comes; then the LMS fails while it is followed."""
    faults.script(f"POST {MIGRATIONS}", Fault(lost=True))
    faults.script("GET /api/v1/progress/{id}", Fault(html=True))
    faults.script(f"GET {MIGRATIONS}/{{id}}", Fault(), Fault(status=503))
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    consent(teacher, tool)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(timeout=90_000)
    assert titles(course) == [TITLE]
    assert sum(migration.state == "completed" for migration in course.migrations) == 1


def test_a_closed_tab_loses_nothing(person, urls, exam_id, course):
    course.behaviour.queue_polls = 6
    teacher = person("teacher")
    tool = open_exam(teacher, urls)
    consent(teacher, tool)
    expect(tool.get_by_text("You can close this page")).to_be_visible(**SLOW)
    teacher.goto(f"{urls.lms}{CANVAS}")
    for _ in range(100):
        if course.quizzes:
            break
        teacher.wait_for_timeout(200)
    tool = open_exam(teacher, urls)
    expect_quiz(tool)
    assert len(course.quizzes) == 1


def test_from_a_modules_menu_the_quiz_is_put_into_the_module(person, urls, exam_id, course):
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}/modules")
    module = teacher.locator("#module-12")
    module.get_by_text("Manage Week 2").click()
    module.get_by_role("button", name="Examplary").click()
    tool = teacher.frame_locator("#tool-frame")
    tool.get_by_role("link", name=TITLE).click()
    consent(teacher, tool)
    expect_quiz(tool)
    tool.get_by_role("link", name="Open the quiz").click()
    expect(teacher.get_by_role("heading", level=1)).to_have_text(TITLE)
    teacher.goto(f"{urls.lms}{CANVAS}/modules")
    expect(teacher.locator("#module-12 li")).to_have_text([TITLE])
    expect(teacher.locator("#module-11 li")).to_have_count(0)


def test_from_an_assignment_the_quiz_is_made_and_the_form_is_unchanged(person, urls, exam_id, course):
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}/assignments/new")
    teacher.click("#find-tool")
    tool = teacher.frame_locator("#tool-frame")
    tool.get_by_role("link", name=TITLE).click()
    expect(tool.get_by_text("The assignment that you came from stays as it is")).to_be_visible()
    expect(tool.get_by_role("button", name="Add to Canvas")).to_be_visible()
    consent(teacher, tool)
    tool.get_by_role("button", name="Close this window in Canvas").click(**SLOW)
    expect(teacher.locator("#tool-dialog")).not_to_be_visible()
    assert (len(course.quizzes), teacher.locator("#tool-url").input_value()) == (1, "")


def test_missing_entries_of_an_earlier_registration_are_listed(person, urls, exam_id, environment):
    lms = lms_of(environment.lms)
    lms.register("canvas", replace(lms.registrations["canvas"], custom={}))
    tool = open_exam(person("teacher"), urls)
    expect(tool.get_by_text("your administrator can add the custom fields")).to_be_visible()
    expect(tool.get_by_role("link", name="Download for Canvas")).to_be_visible()
