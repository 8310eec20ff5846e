"""What a teacher clicks."""

from __future__ import annotations

from playwright.sync_api import expect

CANVAS = "/canvas/courses/1"


def open_from_canvas_import(page, road):
    """Import Course Content → Examplary → Find a Course; return the tool's frame."""
    return started(open_canvas_dialog(page, road))


def open_from_moodle_chooser(page, road):
    """Add an activity → Examplary → Select content; return the tool's frame."""
    return started(open_moodle_dialog(page, road))


def open_canvas_dialog(page, road):
    """The same, without waiting for the tool's first page."""
    page.goto(f"{road.lms}{CANVAS}/content_migrations")
    page.select_option("#content-type", label="Examplary")
    page.click("#find-course")
    return page.frame_locator("#tool-frame")


def open_moodle_dialog(page, road):
    """The same, without waiting for the tool's first page."""
    page.goto(f"{road.lms}/moodle/course/modedit.php?add=lti&typeid=2&course=2")
    page.click("#select-content")
    return page.frame_locator("#tool-frame")


def started(tool):
    """Wait for the tool's own first page: the pages of the launch before it have a button of their own."""
    expect(tool.get_by_role("button", name="New exam")).to_be_visible(timeout=20_000)
    return tool


def open_window(page, tool):
    """Prove the browser in a window of its own; return that window once it has come."""
    refuse_access(tool)
    with page.expect_popup() as opened:
        tool.get_by_role("button", name="Open the window").click()
    return opened.value


def refuse_access(tool):
    """Press "Continue" where the browser gives no access to storage: it offers a window instead."""
    tool.locator("#access button").click()
    expect(tool.get_by_role("button", name="Open the window")).to_be_visible()


def generate(tool, title="Forces and water"):
    """New exam, and through Examplary's pages to the end of the generator."""
    tool.get_by_role("button", name="New exam").click()
    embed = tool.frame_locator("#embed")
    embed.locator("#title").fill(title)
    embed.locator("#next").click()
    embed.locator("#subject").fill("Physics")
    embed.locator("#next").click()
    embed.locator("#generate").click()
    return embed


def wait_for_review(tool, title="Forces and water"):
    """Wait until the review page shows the exam."""
    expect(tool.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
    expect(tool.get_by_role("heading", name="What arrives")).to_be_visible()
