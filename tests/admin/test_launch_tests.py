"""Test launches over HTTP: an administrator sees their own launches, and those of others are not touched."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from lti_tool.cli import app_context
from lti_tool.models import AdminRole, AuditEntry, Generation, Launch, LaunchTest, LmsUser, UsedState, db, now
from lti_tool.services.launches.launch_tests import ATTEMPTS
from sandbox.plain_browser import Form
from tests.support.cli import run
from tests.support.console import PASSWORD, add_account
from tests.support.installation import CANVAS_IMPORT, CANVAS_MENU, MOODLE_SELECT, Browser


@pytest.fixture
def code(tool):
    """Start a test in the console, and return its code: ``code(platform)``."""

    def start(platform):
        page = tool.console_page(f"/platforms/{platform.id}")
        page = tool.console.open(page.link("Test launch"))
        page = tool.console.submit(page.form("Start the test"))
        return "".join(page.tree.findtext(".//ol//code").split())

    return start


def enter(browser, page, code):
    page = browser.open(page.link("enter the code"))
    return browser.submit(page.form_to("test"), {"code": code})


def form_of(page):
    """Return the form of a launch's test, as a stranger who knows its address would write it."""
    return Form("post", f"{page.url}test", (), ())


def stored():
    """Return what a launch would store."""
    db.session.expire_all()
    return {table.__name__: db.session.query(table).count() for table in (Launch, LmsUser, Generation)}


@pytest.mark.parametrize(
    ("flavour", "first", "then", "expected"),
    [
        ("canvas", CANVAS_MENU, CANVAS_IMPORT, "file"),
        ("canvas", CANVAS_IMPORT, CANVAS_MENU, ""),
        ("moodle", MOODLE_SELECT, MOODLE_SELECT, "ltiResourceLink"),
    ],
)
def test_the_next_launch_of_the_administrator_is_shown_and_makes_nothing(tool, code, flavour, first, then, expected):
    platform = tool.platform(flavour)
    administrator = tool.person()
    typed = code(platform)
    page = enter(administrator, tool.launch(first, administrator), f" {typed[:4].lower()}-{typed[4:]} ")
    assert "open Examplary again, from anywhere in your LMS" in page.text
    assert "The code was entered" in tool.console_page(f"/platforms/{platform.id}/test").text
    before, states = stored(), db.session.query(UsedState).count()
    page = tool.launch(then, administrator)
    assert "This is what your launch contains" in page.text
    assert stored() == before
    assert db.session.query(UsedState).count() == states + 1
    assert tool.examplary_app.extensions["examplary"].users == {}
    for text in ("Tess Teacher", platform.issuer, platform.client_id, "may make exams", "Roles", "May show the tool"):
        assert text in page.text, text
    claims = json.loads(page.tree.xpath("//details/pre")[0].text)
    assert claims["sub"] in page.text
    returned = page.tree.xpath("//section[@aria-labelledby='returned']//pre")
    assert [json.loads(items.text)[0]["type"] for items in returned] == ([expected] if expected else [])
    if not expected:
        assert "Nothing is returned: this is a resource link launch" in page.text


def test_the_plugins_secret_is_not_shown(tool, code):
    platform, administrator = tool.platform(), tool.person()
    typed = code(platform)
    enter(administrator, tool.launch(f"{MOODLE_SELECT}?placement=course_page", administrator), typed)
    page = tool.launch(f"{MOODLE_SELECT}?placement=course_page", administrator)
    assert "course_page" in page.text
    assert page.tree.xpath("//dt[.='Direct import']/following-sibling::dd[1]")[0].text_content().strip() == "Yes."
    assert not any(handle in page.source for handle in tool.lms.handles)


def test_the_formats_are_named_in_the_administrators_language(tool, code):
    administrator = tool.person()
    typed = code(tool.platform("canvas", formats=["qti21", "moodle-xml"]))
    enter(administrator, tool.launch(CANVAS_MENU, administrator), typed)
    administrator.ask_for("de")
    page = tool.launch(CANVAS_IMPORT, administrator)
    formats = page.tree.xpath("//dt[.='Formate']/following-sibling::dd[1]")[0].text_content()
    assert formats == "QTI 2.1 und Moodle-Fragen (Moodle XML). Das erste wird zurückgegeben."


def test_others_open_the_tool_as_usual(tool, code):
    platform = tool.platform("canvas")
    administrator = tool.person()
    colleague = tool.person("teacher2")
    typed = code(platform)
    page = tool.launch(CANVAS_MENU, colleague)
    assert "Create an exam" in page.text
    assert typed not in page.source
    enter(administrator, tool.launch(CANVAS_MENU, administrator), typed)
    page = tool.launch(CANVAS_MENU, colleague)
    assert "Create an exam" in page.text
    assert "testing this connection" not in page.text
    assert "testing this connection" not in tool.launch(CANVAS_MENU, tool.person("student")).text
    assert "Tess Teacher" in tool.launch(CANVAS_MENU, administrator).text


def test_students_are_never_asked_and_no_code_of_theirs_counts(tool, code):
    typed, student = code(tool.platform("canvas")), tool.person("student")
    page = tool.launch(CANVAS_MENU, student)
    assert "testing this connection" not in page.text
    assert student.submit(form_of(page), {"code": typed}).status == 409
    assert "Examplary is for teachers" in tool.launch(CANVAS_MENU, student).text


def test_without_a_test_nothing_is_shown(tool):
    tool.platform("canvas")
    browser = tool.person()
    for _ in range(2):
        page = tool.launch(CANVAS_MENU, browser)
        assert "Create an exam" in page.text
        assert "testing this connection" not in page.text
    assert "No test is running" in browser.open(f"{page.url}test").text


def test_another_platforms_test_is_not_this_ones(tool, code):
    tool.platform("canvas")
    typed = code(tool.platform("moodle"))
    browser = tool.person()
    page = tool.launch(CANVAS_MENU, browser)
    assert "testing this connection" not in page.text
    page = browser.submit(form_of(page), {"code": typed})
    assert page.status == 409
    assert db.session.query(LaunchTest).one().lms_user_id is None


def test_a_test_ends_by_itself_and_by_the_button(tool, code):
    platform, administrator = tool.platform("canvas"), tool.person()
    typed = code(platform)
    enter(administrator, tool.launch(CANVAS_MENU, administrator), typed)
    test = db.session.query(LaunchTest).one()
    test.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert "Create an exam" in tool.launch(CANVAS_MENU, administrator).text
    assert tool.services.retention.apply()["launch_tests"] == 1
    code(platform)
    tool.console.submit(tool.console_page(f"/platforms/{platform.id}/test").form("End the test"))
    assert db.session.query(LaunchTest).count() == 0
    details = [entry.detail for entry in db.session.query(AuditEntry) if entry.detail.startswith("test launch")]
    assert details == ["test launch started", "test launch started", "test launch ended"]


def test_the_code_needs_permission_to_change_the_platform(tool, code):
    platform = tool.platform("canvas")
    typed = code(platform)
    add_account(tool.services, "reader@example.org", AdminRole.READER, all_platforms=True)
    reader = Browser()
    form = reader.open(f"{tool.tool_url}/admin/sign-in").form("password")
    reader.submit(form, {"email": "reader@example.org", "password": PASSWORD})
    page = reader.open(f"{tool.tool_url}/admin/platforms/{platform.id}/test")
    assert page.status == 200
    assert typed not in page.source.replace(" ", "")


def test_a_command_starts_and_ends_it_too(tool, monkeypatch):
    monkeypatch.setattr(app_context, "read_settings", lambda: tool.services.settings)
    issuer, administrator = tool.platform("canvas").issuer, tool.person()
    typed = run("platforms", "test-launch", "--issuer", issuer).stdout.strip()
    enter(administrator, tool.launch(CANVAS_MENU, administrator), typed)
    assert "This is what your launch contains" in tool.launch(CANVAS_MENU, administrator).text
    assert run("platforms", "test-launch", "--issuer", issuer, "--end").exit_code == 0
    assert "Create an exam" in tool.launch(CANVAS_MENU, administrator).text


def test_wrong_codes_show_nothing_and_end_the_test(tool, code):
    platform, browser = tool.platform("canvas"), tool.person("teacher2")
    code(platform)
    page = tool.launch(CANVAS_MENU, browser)
    for _ in range(ATTEMPTS):
        answer = browser.submit(form_of(page), {"code": "AAAA AAAA"})
        assert "This isn't the code of the test" in answer.text
    db.session.expire_all()
    assert db.session.query(LaunchTest).count() == 0
    assert "Create an exam" in tool.launch(CANVAS_MENU, browser).text
