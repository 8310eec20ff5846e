"""A Canvas-like course in a browser with default settings: third-party cookies are blocked, partitioned ones kept."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import CANVAS, generate, open_from_canvas_import, wait_for_review

pytestmark = pytest.mark.browser


def test_cancelling_in_the_tool_closes_the_dialog_and_imports_nothing(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("button", name="Cancel").click()
    expect(teacher.locator("#tool-dialog")).not_to_be_visible()
    assert teacher.locator("#file-url").input_value() == ""
    assert teacher.problems == []


def test_cancelling_in_examplary_returns_to_the_start_page(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("button", name="New exam").click()
    tool.frame_locator("#embed").locator("#cancel").click()
    expect(tool.get_by_role("button", name="New exam")).to_be_visible(timeout=20_000)
    expect(tool.locator("#embed")).to_have_count(0)
    assert teacher.problems == []


def test_a_teacher_who_closes_the_window_can_continue_later(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    embed = generate(tool, "Kept for later")
    # The outline has a heading, too: closing it would leave the exam unmade.
    expect(embed.get_by_role("heading", level=1)).to_have_text(re.compile("Generating test|Your test is ready"))
    teacher.close()

    again = person("teacher")
    tool = open_from_canvas_import(again, urls)
    tool.get_by_role("link", name="Continue").click()
    wait_for_review(tool, "Kept for later")


def test_the_course_menu_offers_downloads_and_import_steps(person, urls):
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}/external_tools/1")
    tool = teacher.frame_locator("#tool-frame")
    generate(tool)
    wait_for_review(tool)
    expect(tool.get_by_role("button", name="Add to course")).to_have_count(0)
    expect(tool.get_by_text("Import Course Content").first).to_be_visible()
    with teacher.expect_download() as download:
        tool.get_by_role("link", name="Download for").click()
    assert download.value.suggested_filename.endswith("-canvas-qti.zip")
    # The frame is at most as high as the window, so that the bar with the main button stays in sight.
    height = next(frame for frame in teacher.frames if "/exams/" in frame.url).evaluate("window.innerHeight")
    assert height <= teacher.evaluate("window.screen.height")
    assert teacher.problems == []


def test_a_message_from_another_page_is_ignored(person, urls):
    """Only Examplary's messages count, and only as hints."""
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("button", name="New exam").click()
    expect(tool.locator("#embed")).to_be_visible()
    hints = []
    teacher.on("request", lambda request: hints.append(request.url) if request.url.endswith("/hint") else None)
    forged = {
        "type": "examplary:embed-status-update",
        "status": "completed",
        "outputs": {"examId": "exam_of_another_teacher"},
    }
    frame = next(frame for frame in teacher.frames if "/generations/" in frame.url)
    teacher.evaluate("message => document.querySelector('#tool-frame').contentWindow.postMessage(message, '*')", forged)
    teacher.wait_for_timeout(800)
    assert hints == []
    assert "/generations/" in frame.url
    expect(tool.locator("#embed")).to_be_visible()


def test_the_workflow_works_without_javascript(new_context, urls):
    """Opens the tool's pages by URL, because the LMS needs JavaScript."""
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{urls.lms}/login")
    page.click("#login-teacher")
    page.goto(f"{urls.lms}{CANVAS}/external_tools/1/launch")
    while page.locator("form[data-autosubmit]").count():
        page.locator("form[data-autosubmit] button").click()
    page.get_by_role("button", name="New exam").click()
    generation = page.url
    embed = page.frame_locator("#embed")
    embed.locator("#title").fill("Plain")
    embed.locator("#next").click()
    embed.locator("#next").click()
    embed.locator("#generate").click()
    embed.get_by_role("link", name="Continue").click(timeout=20_000)
    page.get_by_role("button", name="I'm done").click()
    for _ in range(40):
        page.goto(generation)
        if "/exams/" in page.url:
            break
        page.wait_for_timeout(250)
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
