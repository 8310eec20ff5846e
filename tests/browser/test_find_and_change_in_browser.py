"""Finding an exam again, looking at it on paper, and changing it in Examplary until the quiz is updated."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.steps import CANVAS, generate, open_from_canvas_import, open_menu, wait_for_review

pytestmark = pytest.mark.browser
SLOW = {"timeout": 20_000}
COURSE = "/moodle/course/view.php?id=2"
TITLE = "Forces and water"
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")


def keep_picture(page, name):
    """Keep a picture of the tool's frame for docs/teachers.md, if asked for."""
    if PICTURES:
        page.wait_for_timeout(300)
        page.locator("#tool-frame").screenshot(path=Path(PICTURES) / f"{name}.png")


def open_examplary(page, urls):
    """Course → More → Examplary; return the tool's frame."""
    page.goto(urls.lms + COURSE)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Examplary").click()
    return page.frame_locator("#tool-frame")


def change_in_examplary(page, tool, title, first_question):
    """Open the exam in Examplary's editor, write, and use the version."""
    open_menu(tool)
    tool.get_by_role("button", name="Change in Examplary").click()
    embed = tool.frame_locator("#embed")
    embed.locator("#title").fill(title)
    embed.locator("input[name^='title-']").first.fill(first_question)
    embed.locator("input[name^='delete-']").last.check()
    embed.locator("#save").click()
    expect(embed.locator("#saved")).to_be_visible(**SLOW)
    keep_picture(page, "change")
    tool.get_by_role("button", name="Use this version").click()
    expect(tool.get_by_text("The new version from Examplary is in use.")).to_be_visible(**SLOW)


def dismiss_notice(tool):
    """Close the notice of a new version, and wait for the page without it."""
    button = tool.get_by_role("button", name="OK")
    button.click()
    expect(button).to_have_count(0)


def test_in_moodle_the_new_version_updates_the_quiz(person, urls, environment):
    environment.install_moodle_plugin()
    teacher = person("teacher")
    tool = open_examplary(teacher, urls)
    generate(tool)
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    (quiz,) = environment.moodle_quizzes
    before = len(quiz.questions)

    change_in_examplary(teacher, tool, "Forces and fire", "What is heat?")
    expect(tool.get_by_role("heading", level=1)).to_have_text("Forces and fire")
    tool.get_by_text("What changed", exact=True).click()
    expect(tool.get_by_text("1 question is no longer there")).to_be_visible()
    expect(tool.get_by_text("1 question was changed.")).to_be_visible()
    keep_picture(teacher, "new-version")
    dismiss_notice(tool)
    tool.get_by_role("button", name="Update the quiz").click()
    expect(tool.get_by_text("The quiz in your course is up to date.")).to_be_visible(**SLOW)
    (quiz,) = environment.moodle_quizzes
    assert (quiz.name, len(quiz.questions)) == ("Forces and fire", before - 1)
    assert any("What is heat?" in str(question) for question in quiz.questions)
    assert teacher.problems == []


def test_in_canvas_the_new_version_arrives(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    generate(tool)
    wait_for_review(tool)
    change_in_examplary(teacher, tool, "Forces and fire", "What is heat?")
    tool.get_by_role("button", name=re.compile("Add to course")).first.click()
    expect(teacher.locator("#file-text")).to_have_text("Forces and fire")
    teacher.click("#import")
    expect(teacher.locator("#migrations")).to_contain_text("Completed")
    teacher.goto(f"{urls.lms}{CANVAS}/quizzes/1")
    expect(teacher.get_by_role("cell", name="What is heat?")).to_be_visible()
    assert teacher.problems == []


def test_a_new_version_meets_the_page_of_an_older_one(person, urls, environment):
    environment.install_moodle_plugin()
    teacher = person("teacher")
    tool = open_examplary(teacher, urls)
    generate(tool)
    wait_for_review(tool)
    title = tool.get_by_role("heading", level=1).inner_text()
    tool.locator("li.question").first.get_by_role("link", name="Edit").click()
    stem = tool.get_by_label("Question", exact=True)
    stem.fill("What is warmth?")

    second = person("teacher")
    other = open_examplary(second, urls)
    other.get_by_role("link", name=title).click()
    wait_for_review(other)
    change_in_examplary(second, other, title, "What is heat?")

    tool.get_by_role("button", name="Save").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("Changed in two places")
    expect(tool.locator("fieldset .typed")).to_have_text(["What is warmth?", "What is heat?"])
    tool.get_by_label(re.compile("Use the other version")).check()
    tool.get_by_role("button", name="Save").click()
    wait_for_review(tool)
    expect(tool.locator("li.question").first.locator(".stem")).to_contain_text("What is heat?")

    tool.locator("li.question").first.get_by_role("link", name="Edit").click()
    stem.fill("What is warmth?")
    tool.get_by_role("button", name="Save").click()
    expect(tool.locator('[data-live="saved"]')).to_contain_text("question changed")
    other.get_by_role("link", name="All exams").click()
    other.get_by_role("link", name=title).click()
    wait_for_review(other)
    dismiss_notice(other)
    change_in_examplary(second, other, title, "What is cold?")
    expect(other.locator(".dropped .typed")).to_have_text("What is warmth?")
    other.get_by_role("button", name="Use my version").click()
    expect(other.locator("li.question").first.locator(".stem")).to_contain_text("What is warmth?")
    expect(other.locator(".dropped")).to_have_count(0)
    assert (teacher.problems, second.problems) == ([], [])


def test_an_exam_is_found_previewed_printed_and_copied(person, urls, environment):
    environment.install_moodle_plugin()
    for number in range(12):
        environment.store_exam("moodle", f"Exam {number}", "single-1.json")
    environment.store_exam("moodle", TITLE)
    teacher = person("teacher")
    tool = open_examplary(teacher, urls)
    tool.get_by_role("link", name="All exams").click()
    expect(tool.locator(".rows li")).to_have_count(13)
    keep_picture(teacher, "list")
    tool.get_by_role("searchbox").fill("FORCES")
    tool.get_by_role("searchbox").press("Enter")
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool)
    keep_picture(teacher, "review")

    open_menu(tool)
    tool.get_by_role("link", name="Preview as students").click()
    expect(tool.get_by_text("as students see it")).to_be_visible()
    expect(tool.locator(".paper-question")).to_have_count(12)
    assert "Answer:" not in tool.locator("body").inner_html()
    keep_picture(teacher, "preview")
    tool.get_by_role("link", name="Back to the exam").click()

    open_menu(tool)
    keep_picture(teacher, "print-menu")
    tool.get_by_role("link", name="Print with answers").click()
    expect(tool.get_by_text("niet voor studenten")).to_be_visible()
    keep_picture(teacher, "print")
    tool.get_by_role("link", name="Answer sheet").click()
    expect(tool.locator(".sheet-question")).to_have_count(11)
    keep_picture(teacher, "answer-sheet")
    teacher.emulate_media(media="print")
    expect(tool.get_by_role("link", name="Back to the exam")).to_be_hidden()
    teacher.emulate_media(media="screen")
    tool.get_by_role("link", name="Back to the exam").click()

    open_menu(tool)
    tool.get_by_role("link", name="Copy as text").click()
    tool.get_by_role("button", name="Copy", exact=True).click()
    expect(tool.get_by_role("button", name="Copied")).to_be_visible()
    keep_picture(teacher, "text")
    assert teacher.problems == []


def test_an_unfinished_exam_is_discarded_after_a_question(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("button", name="New exam").click()
    expect(tool.frame_locator("#embed").locator("#title")).to_be_visible(**SLOW)
    teacher.close()
    again = person("teacher")
    tool = open_from_canvas_import(again, urls)
    row = tool.locator(".rows li").first
    row.locator("summary").click()
    keep_picture(again, "discard")
    row.get_by_role("button", name="Discard it").click()
    expect(tool.get_by_role("link", name="Continue")).to_have_count(0)
    expect(tool.get_by_role("button", name="New exam")).to_be_visible()
