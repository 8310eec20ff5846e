"""A test launch in the LMS's frame, where the browser keeps no third-party cookies, or none at all."""

import pytest
from playwright.sync_api import expect

from lti_tool.models import Launch, Platform, db
from tests.browser.accessibility import axe_problems
from tests.browser.steps import (
    open_canvas_dialog,
    open_from_canvas_import,
    open_from_moodle_chooser,
    open_moodle_dialog,
    open_window,
    wait_for_start_page,
)

pytestmark = pytest.mark.browser

OPENS = {
    "canvas": (open_from_canvas_import, open_canvas_dialog),
    "moodle": (open_from_moodle_chooser, open_moodle_dialog),
}


def start(environment, flavour):
    """Start a test as the console does, and return its code."""
    with environment.tool.app_context():
        platform = db.session.query(Platform).filter_by(family=flavour).one()
        code = environment.tool.extensions["services"].launch_tests.start(platform, actor="operator").code
        db.session.remove()
    return code


def enter(tool, code):
    tool.get_by_role("link", name="It's me: enter the code").click()
    tool.get_by_label("Code").fill(code.lower())
    tool.get_by_role("button", name="Show my next launches").click()
    expect(tool.get_by_text("Now open Examplary again, from anywhere in your LMS")).to_be_visible()


def count_launches(environment):
    with environment.tool.app_context():
        number = db.session.query(Launch).count()
        db.session.remove()
    return number


@pytest.mark.parametrize(("mode", "flavour"), [("partitioned", "moodle"), ("blocked", "canvas")])
def test_an_administrator_sees_the_launch_in_the_frame(person, urls, environment, mode, flavour):
    open_page, open_dialog = OPENS[flavour]
    administrator = person("teacher")
    code = start(environment, flavour)
    enter(open_page(administrator, urls), code)
    before = count_launches(environment)
    tool = open_dialog(administrator, urls)
    expect(tool.get_by_role("heading", name="Test launch")).to_be_visible(timeout=20_000)
    expect(tool.get_by_text("may make exams, change their own, and add exams to this course.")).to_be_visible()
    expect(tool.get_by_role("cell", name="Tess Teacher")).to_be_visible()
    assert count_launches(environment) == before
    tool.get_by_text("As JSON").click()
    frame = next(frame for frame in administrator.frames if frame.url == f"{urls.tool}/lti/launch")
    assert axe_problems(frame)[1] == []
    assert administrator.problems == []


@pytest.mark.parametrize("mode", ["blocked"])
def test_a_window_shows_it_where_the_frame_keeps_nothing(person, urls, environment):
    administrator = person("teacher")
    code = start(environment, "moodle")
    tool = open_moodle_dialog(administrator, urls)
    open_window(administrator, tool)
    enter(wait_for_start_page(tool), code)
    tool = open_moodle_dialog(administrator, urls)
    window = open_window(administrator, tool)
    expect(window.get_by_role("cell", name="Tess Teacher")).to_be_visible(timeout=20_000)
    expect(tool.get_by_text("The test launch is shown in the other window.")).to_be_visible(timeout=20_000)
