"""Steps of a teacher."""

from __future__ import annotations

from playwright.sync_api import Error, expect

CANVAS = "/canvas/courses/1"


class CountedClicks:
    """Counts the clicks of a person."""

    def __init__(self):
        self.count = 0

    def __call__(self, locator):
        locator.click()
        self.count += 1


def open_from_canvas_import(page, urls):
    """Import Course Content → Examplary → Find a Course; return the tool's frame."""
    return wait_for_start_page(open_canvas_dialog(page, urls))


def open_from_moodle_chooser(page, urls):
    """Add an activity → Examplary → Select content; return the tool's frame."""
    return wait_for_start_page(open_moodle_dialog(page, urls))


def open_canvas_dialog(page, urls):
    """Open the dialog without waiting for the tool's start page."""
    page.goto(f"{urls.lms}{CANVAS}/content_migrations")
    page.select_option("#content-type", label="Examplary")
    page.click("#find-course")
    return page.frame_locator("#tool-frame")


def open_moodle_dialog(page, urls):
    """Open the dialog without waiting for the tool's start page."""
    page.goto(f"{urls.lms}/moodle/course/modedit.php?add=lti&typeid=2&course=2")
    page.click("#select-content")
    return page.frame_locator("#tool-frame")


def wait_for_start_page(tool):
    """Wait for the tool's start page, past the pages of the login, which have buttons too."""
    expect(tool.get_by_role("button", name="New exam")).to_be_visible(timeout=20_000)
    return tool


def open_window(page, tool):
    """Log in through a separate window and return that window."""
    refuse_access(tool)
    with page.expect_popup() as opened:
        tool.get_by_role("button", name="Open the window").click()
    return opened.value


def open_tab(page, tool, button="Open this page in a new tab"):
    """Open a page of the tool in a tab of its own; return the tab."""
    # Until its script runs, the button leads to a page with a link.
    frame_of(page).wait_for_load_state("load")
    with page.expect_popup() as opened:
        tool.get_by_role("button", name=button).click()
    return opened.value


def frame_of(page):
    """Return the tool's current frame."""
    return next(frame for frame in page.frames if "/l/" in frame.url)


def reload_frame(page):
    """Reload the page in the frame, as the browser's menu of the frame does."""
    try:
        _navigate(page, "location.reload()")
    except Error:
        # The page was just leaving on its own.
        _navigate(page, "location.reload()")


def go_back(page):
    """Go back in the frame, whose pages are in the history of the window."""
    _navigate(page, "history.back()")


def go_forward(page):
    """Go forward in the frame."""
    _navigate(page, "history.forward()")


def _navigate(page, script):
    """Run a script that leaves the frame's page, and wait for the next: the old one may look the same."""
    frame = frame_of(page)
    with frame.expect_navigation(wait_until="commit"):
        frame.evaluate(script)


def refuse_access(tool):
    """Click "Continue" where the browser refuses storage access, so that the page offers a window."""
    tool.locator("#access button").click()
    expect(tool.get_by_role("button", name="Open the window")).to_be_visible()


def generate(tool, title="Forces and water"):
    """Start a new exam and finish Examplary's generator."""
    tool.get_by_role("button", name="New exam").click()
    return generate_in(tool.frame_locator("#embed"), title)


def generate_in(embed, title="Forces and water"):
    """Finish Examplary's generator."""
    embed.locator("#title").fill(title)
    embed.locator("#next").click()
    embed.locator("#subject").fill("Physics")
    embed.locator("#next").click()
    embed.locator("#generate").click()
    return embed


def open_menu(tool):
    """Open the review page's menu of what can be done with the exam beside adding it."""
    tool.locator("details.menu > summary").click()


def wait_for_review(tool, title="Forces and water"):
    """Wait until the review page shows the exam."""
    expect(tool.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
    expect(tool.get_by_role("heading", name="What arrives")).to_be_visible()
