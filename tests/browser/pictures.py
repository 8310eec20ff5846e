"""Take the pictures of the documentation: ``python -m tests.browser.pictures docs/images``.

The pages are those of the tests, in Debian's Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from lti_tool.models import db
from lti_tool.web.help import LMS_PAGES
from sandbox.lms import lms_of
from tests.browser.conftest import PROGRAMS, QUIET
from tests.browser.https_sandbox import DOMAIN, https_environment
from tests.browser.steps import CANVAS, wait_for_review
from tests.browser.test_console_in_browser import OWNER, sign_in
from tests.support.console import add_account

TITLE = "Forces and water"
SIZE = {"width": 1080, "height": 1000}
HEIGHT = 520
"""Of a picture, in pixels."""
SLOW = {"timeout": 60_000}


@contextmanager
def browser_page(environment, playwright):
    """Open a page in a new browser."""
    path = next(program for name in PROGRAMS if (program := shutil.which(name)))
    arguments = [
        *QUIET,
        f"--host-resolver-rules=MAP *.{DOMAIN} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={environment.tool_key}",
    ]
    browser = playwright.chromium.launch(executable_path=path, args=arguments)
    context = browser.new_context(locale="en-GB", viewport=SIZE)
    yield context.new_page()
    browser.close()


@contextmanager
def teacher_page(environment, playwright):
    """Open a page of a teacher who is logged in to the LMS."""
    with browser_page(environment, playwright) as page:
        page.goto(f"{environment.urls.lms}/login")
        page.click("#login-teacher")
        yield page


def take(page, name, folder, height=HEIGHT):
    """Take a picture of the upper part of the tool's frame."""
    page.wait_for_timeout(300)
    box = page.locator("#tool-frame").bounding_box()
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(box["height"], height)}
    page.screenshot(path=folder / f"{name}.png", clip=clip)


def open_exam(page, environment):
    """Open the stored exam from the course menu of Canvas."""
    page.goto(f"{environment.urls.lms}{CANVAS}/external_tools/1")
    tool = page.frame_locator("#tool-frame")
    tool.get_by_role("link", name=TITLE).click()
    wait_for_review(tool, TITLE)
    return tool


def review(page, environment, folder):
    """The review page of the README: an exam with questions that Moodle shows differently."""
    environment.install_moodle_plugin()
    environment.store_exam("moodle", "Mechanics", "mechanics-13.json")
    page.set_viewport_size({"width": 1200, "height": 1000})
    open_in_moodle(page, environment, "Mechanics")
    take(page, "review", folder, 860)


def open_in_moodle(page, environment, title):
    """Open a stored exam from the course in Moodle."""
    page.goto(f"{environment.urls.lms}/moodle/course/view.php?id=2")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Examplary").click()
    tool = page.frame_locator("#tool-frame")
    tool.get_by_role("link", name=title).click()
    wait_for_review(tool, title)
    return tool


def canvas(page, environment, folder):
    """From the first consent to the question whether to replace the quiz."""
    exam = environment.store_exam("canvas", TITLE)
    course = environment.set_canvas_key()
    tool = open_exam(page, environment)
    take(page, "canvas-permission", folder)
    course.behaviour.queue_polls = 8
    with page.expect_popup() as opened:
        tool.get_by_role("button", name="Give permission and add to course").click()
    opened.value.get_by_role("button", name="Authorize").click()
    expect(tool.get_by_text("You can close this page")).to_be_visible(**SLOW)
    page.wait_for_timeout(1000)
    take(page, "canvas-progress", folder)
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    take(page, "canvas-done", folder)
    environment.change_exam(exam, f"{TITLE} 2")
    tool.get_by_role("button", name="Send it again").click()
    expect(tool.get_by_role("button", name="Replace the quiz in Canvas")).to_be_visible(**SLOW)
    take(page, "canvas-replace", folder, 720)


def moodle(page, environment, folder):
    """From "Add to course" to the quiz, and to a colleague's question."""
    environment.install_moodle_plugin()
    environment.store_exam("moodle", TITLE)
    tool = open_in_moodle(page, environment, TITLE)
    take(page, "moodle-add", folder)
    tool.get_by_role("button", name="Add to course").click()
    expect(tool.get_by_role("link", name="Open the quiz")).to_be_visible(**SLOW)
    take(page, "moodle-done", folder)
    lms_of(environment.lms).moodle.quiz_store.quizzes[0].changed.append(_first_question(environment))
    tool.get_by_role("button", name="Send it again").click()
    expect(tool.get_by_role("button", name="Not now")).to_be_visible(**SLOW)
    take(page, "moodle-changed", folder, 760)


def _first_question(environment):
    return environment.moodle_quizzes[0].questions[0].question.name


def console(environment, playwright, folder):
    """The console's page for each LMS."""
    with environment.tool.app_context():
        add_account(environment.tool.extensions["services"], OWNER)
        db.session.remove()
    with browser_page(environment, playwright) as page:
        sign_in(page, environment.urls)
        for family in LMS_PAGES:
            page.goto(f"{environment.urls.tool}/admin/platforms/new/{family}")
            height = page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": SIZE["width"], "height": min(height, 640)}
            page.screenshot(path=folder / f"add-{family}.png", clip=clip, full_page=True)


def main(folder):
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        https_environment(Path(data)) as environment,
        sync_playwright() as playwright,
    ):
        for take_pictures in (review, canvas, moodle):
            environment.clear()
            with teacher_page(environment, playwright) as page:
                take_pictures(page, environment, folder)
        console(environment, playwright, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
