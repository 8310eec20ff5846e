"""Edge cases: tabs, Back, reload, expired pages, frames of other sites."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lti_tool.models import Launch, db, now
from tests.browser.gallery import Gallery
from tests.browser.page_opener import PageOpener, State
from tests.browser.steps import (
    CANVAS,
    frame_of,
    go_back,
    go_forward,
    open_from_moodle_chooser,
    open_moodle_dialog,
    open_tab,
    reload_frame,
    wait_for_review,
    wait_for_start_page,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def review(person, urls, environment):
    """A teacher at the review page, opened by Moodle's "Select content"."""
    environment.store_exam("moodle", "Forces and water")
    teacher = person("teacher")
    tool = open_from_moodle_chooser(teacher, urls)
    tool.get_by_role("link", name="Forces and water").click()
    wait_for_review(tool)
    return teacher, tool


def test_a_page_in_a_separate_tab_sends_nothing(review):
    teacher, tool = review
    tab = open_tab(teacher, tool)
    expect(tab.get_by_text("Your course is waiting for the exam in another window.")).to_be_visible()
    expect(tab.get_by_role("button", name="Add to course")).to_have_count(0)
    with tab.expect_download():
        tab.get_by_role("link", name="Download for").click()
    tab.close()
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")


def test_back_and_reload_in_the_frame_keep_the_launch(review):
    teacher, tool = review
    reload_frame(teacher)
    wait_for_review(tool)
    go_back(teacher)
    wait_for_start_page(tool)
    go_forward(teacher)
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")


def test_a_lost_response_can_be_sent_again(review, urls):
    teacher, tool = review
    return_url = f"{urls.lms}/moodle/mod/lti/contentitem_return.php**"
    teacher.route(return_url, lambda route: route.fulfill(status=204))
    tool.get_by_role("button", name="Add to course").click()
    expect(tool.get_by_text("Nothing happening? Click the button.")).to_be_visible(timeout=10_000)
    go_back(teacher)
    wait_for_review(tool)
    expect(tool.get_by_text("If it didn't arrive, use “Send again”.")).to_be_visible()
    teacher.unroute(return_url)
    tool.get_by_role("button", name="Send again").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")


def test_an_expired_page_shows_the_next_step(person, urls, environment):
    teacher = person("teacher")
    tool = open_from_moodle_chooser(teacher, urls)
    with environment.tool.app_context():
        db.session.query(Launch).update({"expires_at": now() - timedelta(seconds=1)})
        db.session.commit()
    tool.get_by_role("button", name="New exam").click()
    expect(tool.get_by_text("Open Examplary again from your course to continue.")).to_be_visible()
    wait_for_start_page(open_moodle_dialog(teacher, urls))


def test_two_tabs_do_not_interfere(person, urls):
    teacher = person("teacher")
    second = teacher.context.new_page()
    opened = [open_moodle_dialog(page, urls) for page in (teacher, second)]
    for page, tool in zip((teacher, second), opened, strict=True):
        page.bring_to_front()
        wait_for_start_page(tool).get_by_role("button", name="Cancel").click()
        expect(page.locator("#tool-dialog")).not_to_be_visible()


def test_a_repeated_launch_is_refused(person, urls):
    teacher = person("teacher")
    launches = []
    teacher.on("request", lambda request: launches.append(request) if request.url.endswith("/lti/launch") else None)
    wait_for_start_page(open_moodle_dialog(teacher, urls))
    again = teacher.context.new_page()
    again.goto(f"{urls.lms}/stage")
    again.evaluate(
        """([address, body]) => {
            const form = Object.assign(document.createElement("form"), {method: "post", action: address});
            for (const [name, value] of new URLSearchParams(body)) {
                form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
            }
            document.body.append(form);
            form.submit();
        }""",
        [f"{urls.tool}/lti/launch", launches[0].post_data],
    )
    expect(again.get_by_text("This launch was already used, or it took too long.")).to_be_visible()
    expect(again.get_by_text("open Examplary again from your course")).to_be_visible()


def test_another_site_cannot_show_a_page_of_a_launch(person, urls):
    teacher = person("teacher")
    open_from_moodle_chooser(teacher, urls)
    stranger = teacher.context.new_page()
    stranger.goto(urls.examplary)
    stranger.evaluate(
        "address => document.body.append(Object.assign(document.createElement('iframe'), {id: 'f', src: address}))",
        frame_of(teacher).url,
    )
    stranger.wait_for_timeout(500)
    assert stranger.frame_locator("#f").get_by_role("button", name="New exam").count() == 0


def test_the_lms_resizes_the_frame(person, urls):
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}/external_tools/1")
    tool = wait_for_start_page(teacher.frame_locator("#tool-frame"))
    height = frame_of(teacher).evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
    expect(teacher.locator("#tool-frame")).to_have_css("height", f"{max(height, 400)}px")
    assert tool.locator("body").evaluate("() => innerHeight >= document.documentElement.scrollHeight")


def test_a_window_opened_by_the_lms_can_respond(person, urls):
    """Some LMSs open the tool in a window and listen to it, so its opener must be kept."""
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}/content_migrations")
    with teacher.expect_popup() as opened:
        teacher.evaluate("window.open(document.getElementById('find-course').dataset.src)")
    window = opened.value
    wait_for_start_page(window)
    assert window.evaluate("window.opener !== null")
    message = "new Promise((done) => addEventListener('message', (event) => done(event.data.subject), {once: true}))"
    teacher.evaluate(f"void (window.heard = {message})")
    window.get_by_role("button", name="Cancel").click()
    assert teacher.evaluate("window.heard") == "LtiDeepLinkingResponse"


def test_the_canvas_menu_also_works_in_a_tab(person, urls, environment):
    environment.store_exam("canvas", "Forces and water")
    teacher = person("teacher")
    teacher.goto(f"{urls.lms}{CANVAS}/external_tools/1")
    tool = wait_for_start_page(teacher.frame_locator("#tool-frame"))
    tool.get_by_role("link", name="Forces and water").click()
    wait_for_review(tool)
    tab = open_tab(teacher, tool)
    expect(tab.get_by_role("heading", name="What arrives")).to_be_visible()
    expect(tab.get_by_text("waiting for the exam in another window")).to_have_count(0)


CLOSE = "org.imsglobal.lti.close"


@pytest.mark.parametrize(
    ("configuration", "by_itself"), [("fine", [CLOSE]), ("broken", [])], ids=["without warnings", "with warnings"]
)
def test_a_registration_with_warnings_stays_open(new_context, urls, environment, configuration, by_itself):
    opener = PageOpener(new_context().new_page(), urls)
    opener.page.add_init_script(
        "window.heard = []; window.addEventListener('message', event => window.heard.push(event.data.subject))"
    )
    frame = opener.show(State(Gallery(environment, "en").registration_url(configuration)))
    if by_itself:
        opener.page.wait_for_function("window.heard.length")
    else:
        # Longer than a page without warnings stays open.
        opener.page.wait_for_timeout(5_000)
    assert opener.page.evaluate("window.heard") == by_itself
    frame.click("#close")
    opener.page.wait_for_function("count => window.heard.length > count", arg=len(by_itself))
    assert opener.page.evaluate("window.heard") == [*by_itself, CLOSE]
    expect(frame.get_by_role("button", name="Back to your LMS")).to_be_visible()
