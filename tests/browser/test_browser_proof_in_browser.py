"""The browser proof when the browser keeps no cookie in the LMS's page."""

import pytest
from playwright.sync_api import expect

from lti_tool.models import Launch, db
from tests.browser.steps import (
    CANVAS,
    open_canvas_dialog,
    open_from_canvas_import,
    open_moodle_dialog,
    open_window,
    refuse_access,
    reload_frame,
    wait_for_start_page,
)

pytestmark = pytest.mark.browser

blocked = pytest.mark.parametrize("mode", ["blocked"])
"""The tool's cookies are refused in the LMS's pages, but kept in a separate window."""


def cancel_in_frame(page, tool):
    """Cancel in the tool. The LMS closes its dialog only for a response from its own frame."""
    page.bring_to_front()
    tool.get_by_role("button", name="Cancel").click()
    expect(page.locator("#tool-dialog")).not_to_be_visible()


class TestPlatformStorage:
    @pytest.mark.parametrize("mode", ["blocked", "partitioned"])
    @pytest.mark.parametrize("storage", ["frame", "parent", "elsewhere"])
    def test_it_keeps_the_proof_without_a_click(self, person, urls, environment, mode, storage):
        environment.set_storage(storage)
        teacher = person("teacher")
        cancel_in_frame(teacher, open_from_canvas_import(teacher, urls))
        assert "/lti/login/check" not in environment.requested_paths
        assert environment.requested_paths.count("/lti/launch") == (2 if mode == "blocked" else 1)
        assert teacher.problems == []

    @blocked
    @pytest.mark.parametrize("storage", ["slow", "late"])
    def test_a_slow_lms_is_waited_for(self, person, urls, environment, storage):
        """The LMS sends a launch only once, so a late response must not count as lost."""
        environment.set_storage(storage)
        teacher = person("teacher")
        cancel_in_frame(teacher, open_from_canvas_import(teacher, urls))
        assert "/lti/login/check" not in environment.requested_paths
        assert environment.requested_paths.count("/lti/launch") == 2

    @blocked
    def test_an_early_click_loses_nothing(self, person, urls, environment):
        environment.set_storage("slow")
        teacher = person("teacher")
        pressed = []
        teacher.expose_binding("pressed", lambda source: pressed.append(source["frame"].url))
        teacher.add_init_script(
            """addEventListener("load", () => {
                const button = document.querySelector("#lookup button");
                if (button) { button.click(); window.pressed(); }
            })"""
        )
        cancel_in_frame(teacher, open_from_canvas_import(teacher, urls))
        assert pressed == [f"{urls.tool}/lti/launch"]
        assert environment.requested_paths.count("/lti/launch") == 2

    @pytest.mark.parametrize("storage", ["silent", "refusing"])
    def test_if_it_fails_a_cookie_does(self, person, urls, environment, storage):
        environment.set_storage(storage)
        teacher = person("teacher")
        cancel_in_frame(teacher, open_from_canvas_import(teacher, urls))
        assert environment.requested_paths.count("/lti/login/check") == 1
        assert environment.requested_paths.count("/lti/launch") == 1

    @blocked
    @pytest.mark.parametrize("storage", ["silent", "refusing", "off"])
    def test_if_it_fails_and_cookies_too_a_window_does(self, person, urls, environment, storage):
        environment.set_storage(storage)
        teacher = person("teacher")
        tool = open_canvas_dialog(teacher, urls)
        open_window(teacher, tool)
        cancel_in_frame(teacher, wait_for_start_page(tool))
        assert teacher.problems == []


class TestAccessToStorage:
    """Browsers without partitioned cookies, which block third-party cookies."""

    def test_one_click_where_the_browser_grants_it(self, new_context, urls, environment):
        context = new_context(permissions=["storage-access"])
        environment.strips_partitioned = True
        teacher = context.new_page()
        teacher.goto(f"{urls.lms}/login")
        teacher.click("#login-teacher")
        tool = open_moodle_dialog(teacher, urls)
        tool.locator("#access button").click()
        wait_for_start_page(tool)
        with environment.tool.app_context():
            assert db.session.query(Launch).one().browser_hash, "the launch is bound to the browser"
        reload_frame(teacher)
        cancel_in_frame(teacher, wait_for_start_page(tool))
        assert "/lti/login/window" not in environment.requested_paths
        # The LMS's POST had no cookie, so our own page sent the launch again.
        assert environment.requested_paths.count("/lti/launch") == 2

    def test_a_window_where_it_is_refused(self, person, urls, environment):
        environment.strips_partitioned = True
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, urls)
        open_window(teacher, tool)
        cancel_in_frame(teacher, wait_for_start_page(tool))


@blocked
class TestWindow:
    def test_it_closes_and_the_frame_continues(self, person, urls):
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, urls)
        window = open_window(teacher, tool)
        cancel_in_frame(teacher, wait_for_start_page(tool))
        wait_until_closed(window)

    def test_two_frames_get_separate_launches(self, new_context, urls, environment):
        context = new_context()
        first, second = context.new_page(), context.new_page()
        first.goto(f"{urls.lms}/login")
        first.click("#login-teacher")
        tools = [open_moodle_dialog(page, urls) for page in (first, second)]
        for page, tool in zip((first, second), tools, strict=True):
            page.bring_to_front()
            open_window(page, tool)
        for tool in tools:
            wait_for_start_page(tool)
        assert len({launch_of(page) for page in (first, second)}) == 2
        for page, tool in zip((first, second), tools, strict=True):
            cancel_in_frame(page, tool)

    def test_after_closing_it_early_the_button_works_again(self, person, urls):
        teacher = person("teacher")
        teacher.context.route("**/mod/lti/auth.php?**", lambda route: route.fulfill(body="The LMS thinks."))
        tool = open_moodle_dialog(teacher, urls)
        window = open_window(teacher, tool)
        expect(tool.get_by_text("Did you close it?")).to_be_visible()
        window.close()
        teacher.context.unroute("**/mod/lti/auth.php?**")
        with teacher.expect_popup():
            tool.get_by_role("button", name="Open the window").click()
        cancel_in_frame(teacher, wait_for_start_page(tool))

    def test_a_blocked_window_is_reported(self, person, urls):
        teacher = person("teacher")
        teacher.goto(f"{urls.lms}/moodle/course/modedit.php?add=lti&typeid=2&course=2")
        teacher.locator("#tool-frame").evaluate(
            "frame => frame.sandbox = 'allow-scripts allow-forms allow-same-origin'"
        )
        teacher.click("#select-content")
        tool = teacher.frame_locator("#tool-frame")
        refuse_access(tool)
        tool.get_by_role("button", name="Open the window").click()
        expect(tool.get_by_text("Your browser may have blocked it")).to_be_visible(timeout=10_000)

    def test_an_error_in_the_window_is_shown_in_the_frame(self, person, urls):
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, urls)
        refuse_access(tool)
        other_page = teacher.context.new_page()
        other_page.goto(f"{urls.lms}/login")
        other_page.click("#login-student")
        with teacher.expect_popup() as opened:
            tool.get_by_role("button", name="Open the window").click()
        for place in (opened.value, tool):
            expect(place.get_by_text("Your LMS refused to open Examplary for you.")).to_be_visible(timeout=10_000)
            expect(place.get_by_text("lti.platform_refused").first).to_be_visible()

    def test_an_lms_that_isolates_its_pages_works(self, person, urls, environment):
        """The window and the frame have no reference to each other."""
        environment.isolates_windows = True
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, urls)
        refuse_access(tool)
        tool.get_by_role("button", name="Open the window").click()
        cancel_in_frame(teacher, wait_for_start_page(tool))

    def test_without_javascript_two_buttons_suffice(self, new_context, urls, environment):
        context = new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{urls.lms}/login")
        page.click("#login-teacher")
        page.goto(f"{urls.lms}{CANVAS}/external_tools/1")
        tool = page.frame_locator("#tool-frame")
        tool.locator("form[data-autosubmit] button").click()
        tool.locator("#save button").click()
        with page.expect_popup() as opened:
            tool.get_by_role("button", name="Open the window").click()
        window = opened.value
        window.locator("form[data-autosubmit] button").click()
        expect(window.get_by_role("heading", level=1)).to_have_text("That worked")
        tool.get_by_role("button", name="I'm back, continue").click()
        wait_for_start_page(tool)

    def test_a_resource_link_launch_is_handed_over_too(self, person, urls, environment):
        environment.set_storage("off")
        student = person("student")
        student.goto(f"{urls.lms}{CANVAS}/external_tools/1")
        tool = student.frame_locator("#tool-frame")
        open_window(student, tool)
        expect(tool.get_by_role("heading", level=1)).to_have_text("Examplary is for teachers", timeout=20_000)


@pytest.mark.parametrize("mode", ["nowhere"])
def test_a_browser_without_any_cookies_gets_advice(person, urls):
    teacher = person("teacher")
    tool = open_moodle_dialog(teacher, urls)
    window = open_window(teacher, tool)
    for place in (window, tool):
        expect(place.get_by_text("Allow cookies for this site").first).to_be_visible(timeout=10_000)


def wait_until_closed(window):
    if not window.is_closed():
        window.wait_for_event("close", timeout=5_000)


def launch_of(page):
    return next(frame.url for frame in page.frames if "/l/" in frame.url)
