"""A launch belongs to its browser: tabs and windows of their own, and stolen addresses, in each cookie mode.

The frame in the LMS and a tab have separate cookie jars. Canvas has platform storage, so that its launches work in
every mode.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import frame_of, generate_in, open_from_canvas_import, open_tab, reload_frame, wait_for_review

pytestmark = pytest.mark.browser

COOKIE = "__Secure-examplary_launch"
IN_FRAME, IN_TAB = ("allowed", "partitioned"), ("allowed", "partitioned", "blocked")
"""The modes in which the tool's cookies are kept there."""


@pytest.fixture(params=["allowed", "partitioned", "blocked", "nowhere"])
def mode(request):
    return request.param


@pytest.fixture
def review(person, urls, environment):
    """A teacher at the review page in Canvas's dialog."""
    environment.store_exam("canvas", "Forces and water")
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("link", name="Forces and water").click()
    wait_for_review(tool)
    return teacher, tool


def cookie_paths(page):
    return [cookie["path"] for cookie in page.context.cookies() if cookie["name"] == COOKIE]


def refused(page, address):
    """Return whether the address shows only an error page in this browser."""
    response = page.goto(address)
    content = page.content()
    assert "Forces and water" not in content or response.status == 200
    return (response.status, "access.other_browser" in content) == (403, True)


def test_an_exam_in_its_own_tab(review, mode, new_context):
    teacher, tool = review
    tab = open_tab(teacher, tool)
    wait_for_review(tab)
    expect(tab.get_by_text("Your course is waiting for the exam in another window.")).to_be_visible()
    expect(tab.get_by_role("button", name="Add to course")).to_have_count(0)
    with tab.expect_download():
        tab.get_by_role("link", name="Download for").click()
    tab.reload()
    wait_for_review(tab)

    home = tab.url.partition("exams/")[0]
    tab.goto(home)
    assert tab.url.startswith(f"{home}exams/"), "this tab shows one exam only"
    assert tab.evaluate(f"fetch('{home}generations', {{method: 'POST'}}).then((response) => response.status)") == 403

    assert len(cookie_paths(teacher)) == (mode in IN_FRAME) + (mode in IN_TAB)
    assert refused(new_context().new_page(), tab.url) == (mode in IN_TAB)
    personal = tab.get_by_text("It is personal: don't share it.")
    expect(personal).to_have_count(0 if mode in IN_TAB else 1)

    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#file-text")).to_have_text("Forces and water")
    assert teacher.problems == []


def test_the_address_of_the_frame_opens_nothing_elsewhere(review, mode, new_context, person, urls):
    teacher, tool = review
    expect(tool.get_by_text("It is personal: don't share it.")).to_have_count(0 if mode in IN_FRAME else 1)
    address = frame_of(teacher).url
    student = person("student")
    for browser in (new_context().new_page(), student, teacher.context.new_page()):
        assert refused(browser, address)
        assert refused(browser, address.partition("exams/")[0])
    reload_frame(teacher)
    wait_for_review(tool)


def test_the_embed_in_a_window_of_its_own(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("button", name="New exam").click()
    expect(tool.locator("#embed")).to_be_visible()
    window = open_tab(teacher, tool, "Open in its own window")
    expect(tool.get_by_text("This page then continues automatically.")).to_be_visible()
    expect(tool.locator("#embed")).to_be_hidden()
    with window.expect_event("close", timeout=30_000):
        generate_in(window.frame_locator("#embed"))
    # The frame asks the server.
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#file-text")).to_have_text("Forces and water")
    assert teacher.problems == []


def test_a_window_that_is_closed_too_early_is_noticed(person, urls):
    teacher = person("teacher")
    tool = open_from_canvas_import(teacher, urls)
    tool.get_by_role("button", name="New exam").click()
    expect(tool.locator("#embed")).to_be_visible()
    window = open_tab(teacher, tool, "Open in its own window")
    expect(window.locator("#embed")).to_be_visible()
    expect(tool.get_by_role("heading", name="Examplary is open in its own window")).to_be_visible()
    window.close()
    expect(tool.get_by_role("heading", name="Examplary's window is closed")).to_be_visible()
    window = open_tab(teacher, tool, "Open it again")
    expect(window.locator("#embed")).to_be_visible()
    expect(tool.get_by_role("heading", name="Examplary is open in its own window")).to_be_visible()
    window.close()
    tool.get_by_role("button", name="Show it here instead").click()
    generate_in(tool.frame_locator("#embed"))
    wait_for_review(tool)
    assert teacher.problems == []
