"""What people do that nobody plans for: tabs, Back, reload, yesterday's page, somebody else's frame."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lti_tool.models import Launch, db, now
from tests.browser.gallery import Gallery, Stage
from tests.browser.steps import (
    CANVAS,
    open_from_canvas_import,
    open_from_moodle_chooser,
    open_moodle_dialog,
    started,
    wait_for_review,
)

pytestmark = pytest.mark.browser


def frame_of(page):
    """The tool's frame as it is, not as a place where things may be."""
    return next(frame for frame in page.frames if "/l/" in frame.url)


@pytest.fixture
def review(person, road, house):
    """A teacher at Moodle's "Select content", at the page of an earlier exam."""
    house.keep_exam("moodle", "Forces and water")
    teacher = person("teacher")
    tool = open_from_moodle_chooser(teacher, road)
    tool.get_by_role("link", name="Forces and water").click()
    wait_for_review(tool)
    return teacher, tool


def test_a_page_of_the_frame_in_a_tab_of_its_own_sends_nothing_and_says_where_to(review):
    teacher, tool = review
    tab = teacher.context.new_page()
    tab.goto(frame_of(teacher).url)
    expect(tab.get_by_text("Your course is waiting for the exam in another window.")).to_be_visible()
    expect(tab.get_by_role("button", name="Add to course")).to_have_count(0)
    with tab.expect_download():
        tab.locator("a.download").first.click()
    tab.close()
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")


def test_back_and_reload_inside_of_the_frame_keep_the_launch(review):
    teacher, tool = review
    frame_of(teacher).evaluate("location.reload()")
    wait_for_review(tool)
    frame_of(teacher).evaluate("history.back()")
    started(tool)
    frame_of(teacher).evaluate("history.forward()")
    wait_for_review(tool)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")


def test_the_answer_can_be_sent_again_where_it_did_not_get_through(review, road):
    teacher, tool = review
    away = f"{road.lms}/moodle/mod/lti/contentitem_return.php**"
    teacher.route(away, lambda route: route.fulfill(status=204))
    tool.get_by_role("button", name="Add to course").click()
    expect(tool.get_by_text("Nothing happening? Click the button.")).to_be_visible(timeout=10_000)
    frame_of(teacher).evaluate("history.back()")
    wait_for_review(tool)
    expect(tool.get_by_text("If it didn't arrive, send it again.")).to_be_visible()
    teacher.unroute(away)
    tool.get_by_role("button", name="Add to course").click()
    expect(teacher.locator("#content-selected")).to_have_text("Content selected")


def test_a_page_that_was_open_too_long_says_what_to_do(person, road, house):
    teacher = person("teacher")
    tool = open_from_moodle_chooser(teacher, road)
    with house.tool.app_context():
        db.session.query(Launch).update({"expires_at": now() - timedelta(seconds=1)})
        db.session.commit()
    tool.get_by_role("button", name="New exam").click()
    expect(tool.get_by_text("Open Examplary again from your course to continue.")).to_be_visible()
    answer_later = open_moodle_dialog(teacher, road)
    started(answer_later)


def test_two_tabs_at_once_do_not_disturb_each_other(person, road):
    teacher = person("teacher")
    second = teacher.context.new_page()
    opened = [open_moodle_dialog(page, road) for page in (teacher, second)]
    for page, tool in zip((teacher, second), opened, strict=True):
        page.bring_to_front()
        started(tool).get_by_role("button", name="Cancel").click()
        expect(page.locator("#tool-dialog")).not_to_be_visible()


def test_a_launch_that_is_sent_twice_works_once_and_says_so(person, road):
    teacher = person("teacher")
    sent = []
    teacher.on("request", lambda request: sent.append(request) if request.url.endswith("/lti/launch") else None)
    started(open_moodle_dialog(teacher, road))
    again = teacher.context.new_page()
    again.goto(f"{road.lms}/stage")
    again.evaluate(
        """([address, body]) => {
            const form = Object.assign(document.createElement("form"), {method: "post", action: address});
            for (const [name, value] of new URLSearchParams(body)) {
                form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
            }
            document.body.append(form);
            form.submit();
        }""",
        [f"{road.tool}/lti/launch", sent[0].post_data],
    )
    expect(again.get_by_text("This launch was already used, or it took too long.")).to_be_visible()
    expect(again.get_by_text("open Examplary again from your course")).to_be_visible()


def test_another_site_cannot_show_a_page_of_a_launch(person, road):
    teacher = person("teacher")
    open_from_moodle_chooser(teacher, road)
    stranger = teacher.context.new_page()
    stranger.goto(road.examplary)
    stranger.evaluate(
        "address => document.body.append(Object.assign(document.createElement('iframe'), {id: 'f', src: address}))",
        frame_of(teacher).url,
    )
    stranger.wait_for_timeout(500)
    assert stranger.frame_locator("#f").get_by_role("button", name="New exam").count() == 0


def test_an_lms_that_understands_gives_the_frame_its_height(person, road):
    teacher = person("teacher")
    teacher.goto(f"{road.lms}{CANVAS}/external_tools/1")
    tool = started(teacher.frame_locator("#tool-frame"))
    height = frame_of(teacher).evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
    expect(teacher.locator("#tool-frame")).to_have_css("height", f"{max(height, 400)}px")
    assert tool.locator("body").evaluate("() => innerHeight >= document.documentElement.scrollHeight")


def test_a_window_that_the_lms_opens_can_answer_it(person, road):
    """Some LMSs open the tool in a window and listen to it: nothing on the way may cut that tie."""
    teacher = person("teacher")
    teacher.goto(f"{road.lms}{CANVAS}/content_migrations")
    with teacher.expect_popup() as opened:
        teacher.evaluate("window.open(document.getElementById('find-course').dataset.src)")
    window = opened.value
    started(window)
    assert window.evaluate("window.opener !== null")
    heard = "new Promise((done) => addEventListener('message', (event) => done(event.data.subject), {once: true}))"
    teacher.evaluate(f"void (window.heard = {heard})")
    window.get_by_role("button", name="Cancel").click()
    assert teacher.evaluate("window.heard") == "LtiDeepLinkingResponse"


def test_the_canvas_menu_needs_no_answer_and_opens_in_a_tab(person, road, house):
    house.keep_exam("canvas", "Forces and water")
    teacher = person("teacher")
    open_from_canvas_import(teacher, road)
    teacher.goto(f"{road.lms}{CANVAS}/external_tools/1")
    started(teacher.frame_locator("#tool-frame"))
    tab = teacher.context.new_page()
    tab.goto(frame_of(teacher).url)
    tab.get_by_role("link", name="Forces and water").click()
    expect(tab.get_by_role("heading", name="What arrives")).to_be_visible()
    expect(tab.get_by_text("waiting for the exam in another window")).to_have_count(0)


@pytest.mark.parametrize(
    ("configuration", "closes_itself"), [("fine", True), ("broken", False)], ids=["all is well", "something is to read"]
)
def test_a_registration_stays_to_be_read_where_there_is_something_to_read(
    new_context, road, house, configuration, closes_itself
):
    stage = Stage(new_context().new_page(), road)
    stage.page.unroute("**/static/js/registered.js*")
    stage.page.add_init_script(
        "window.heard = []; window.addEventListener('message', event => window.heard.push(event.data.subject))"
    )
    frame = stage.show(Gallery(house, "en").registering(configuration))
    stage.page.wait_for_timeout(5_000)
    closed = ["org.imsglobal.lti.close"]
    assert stage.page.evaluate("window.heard") == (closed if closes_itself else [])
    frame.click("#close")
    expect(frame.get_by_role("button", name="Back to your LMS")).to_be_visible()
    assert stage.page.evaluate("window.heard") == (closed * 2 if closes_itself else closed)
