"""How a browser shows that it is the one that began the launch, when it keeps no cookie in the LMS's page."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    CANVAS,
    open_canvas_dialog,
    open_from_canvas_import,
    open_moodle_dialog,
    open_window,
    refuse_access,
    started,
)

pytestmark = pytest.mark.browser

blocked = pytest.mark.parametrize("mode", ["blocked"])
"""Every cookie of the tool is refused inside the LMS's pages; in a window of its own it is kept."""


def answer_from_the_frame(page, tool):
    """Cancel in the tool: the LMS takes the answer and closes its dialog, as it does only for its own frame."""
    tool.get_by_role("button", name="Cancel").click()
    expect(page.locator("#tool-dialog")).not_to_be_visible()


class TestStorageOfTheLms:
    @pytest.mark.parametrize("mode", ["blocked", "partitioned"])
    @pytest.mark.parametrize("storage", ["frame", "parent", "elsewhere"])
    def test_it_keeps_the_proof_without_a_click(self, person, road, house, mode, storage):
        house.storage(storage)
        teacher = person("teacher")
        answer_from_the_frame(teacher, open_from_canvas_import(teacher, road))
        assert "/lti/login/check" not in house.asked
        assert house.asked.count("/lti/launch") == (2 if mode == "blocked" else 1)
        assert teacher.problems == []

    @blocked
    @pytest.mark.parametrize("storage", ["slow", "late"])
    def test_a_page_of_the_lms_that_is_busy_is_waited_for(self, person, road, house, storage):
        """The LMS gives a launch away once: what is only late must not be taken for lost."""
        house.storage(storage)
        teacher = person("teacher")
        answer_from_the_frame(teacher, open_from_canvas_import(teacher, road))
        assert "/lti/login/check" not in house.asked
        assert house.asked.count("/lti/launch") == 2

    @blocked
    def test_who_presses_the_button_meanwhile_loses_nothing(self, person, road, house):
        house.storage("slow")
        teacher = person("teacher")
        pressed = []
        teacher.expose_binding("pressed", lambda source: pressed.append(source["frame"].url))
        teacher.add_init_script(
            """addEventListener("load", () => {
                const button = document.querySelector("#lookup button");
                if (button) { button.click(); window.pressed(); }
            })"""
        )
        answer_from_the_frame(teacher, open_from_canvas_import(teacher, road))
        assert pressed == [f"{road.tool}/lti/launch"]
        assert house.asked.count("/lti/launch") == 2

    @pytest.mark.parametrize("storage", ["silent", "refusing"])
    def test_if_it_fails_a_cookie_does(self, person, road, house, storage):
        house.storage(storage)
        teacher = person("teacher")
        answer_from_the_frame(teacher, open_from_canvas_import(teacher, road))
        assert house.asked.count("/lti/login/check") == 1
        assert house.asked.count("/lti/launch") == 1

    @blocked
    @pytest.mark.parametrize("storage", ["silent", "refusing", "off"])
    def test_if_it_fails_and_cookies_too_a_window_does(self, person, road, house, storage):
        house.storage(storage)
        teacher = person("teacher")
        tool = open_canvas_dialog(teacher, road)
        open_window(teacher, tool)
        answer_from_the_frame(teacher, started(tool))
        assert teacher.problems == []


class TestAccessToStorage:
    """Browsers that know no partitioned cookies: the attribute is taken off, third parties are blocked."""

    def test_one_click_where_the_browser_grants_it(self, new_context, road, house):
        context = new_context(permissions=["storage-access"])
        house.forgets_partitioned = True
        teacher = context.new_page()
        teacher.goto(f"{road.lms}/login")
        teacher.click("#login-teacher")
        tool = open_moodle_dialog(teacher, road)
        tool.locator("#access button").click()
        answer_from_the_frame(teacher, started(tool))
        assert "/lti/login/window" not in house.asked
        # The LMS's post came without the cookie; our own page sent it again.
        assert house.asked.count("/lti/launch") == 2

    def test_where_it_does_not_a_window_does(self, person, road, house):
        house.forgets_partitioned = True
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, road)
        open_window(teacher, tool)
        answer_from_the_frame(teacher, started(tool))


@blocked
class TestWindow:
    def test_it_closes_itself_and_the_frame_goes_on(self, person, road):
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, road)
        window = open_window(teacher, tool)
        answer_from_the_frame(teacher, started(tool))
        expect_closed(window)

    def test_two_frames_at_once_get_their_own(self, new_context, road, house):
        context = new_context()
        first, second = context.new_page(), context.new_page()
        first.goto(f"{road.lms}/login")
        first.click("#login-teacher")
        tools = [open_moodle_dialog(page, road) for page in (first, second)]
        for page, tool in zip((first, second), tools, strict=True):
            page.bring_to_front()
            open_window(page, tool)
        for tool in tools:
            started(tool)
        assert len({launch_of(page) for page in (first, second)}) == 2
        for page, tool in zip((first, second), tools, strict=True):
            answer_from_the_frame(page, tool)

    def test_closed_too_early_the_button_works_again(self, person, road):
        teacher = person("teacher")
        teacher.context.route("**/mod/lti/auth.php?**", lambda route: route.fulfill(body="The LMS thinks."))
        tool = open_moodle_dialog(teacher, road)
        window = open_window(teacher, tool)
        expect(tool.get_by_text("Did you close it?")).to_be_visible()
        window.close()
        teacher.context.unroute("**/mod/lti/auth.php?**")
        with teacher.expect_popup():
            tool.get_by_role("button", name="Open the window").click()
        answer_from_the_frame(teacher, started(tool))

    def test_a_window_that_is_not_let_open_is_told(self, person, road):
        teacher = person("teacher")
        teacher.goto(f"{road.lms}/moodle/course/modedit.php?add=lti&typeid=2&course=2")
        teacher.locator("#tool-frame").evaluate(
            "frame => frame.sandbox = 'allow-scripts allow-forms allow-same-origin'"
        )
        teacher.click("#select-content")
        tool = teacher.frame_locator("#tool-frame")
        refuse_access(tool)
        tool.get_by_role("button", name="Open the window").click()
        expect(tool.get_by_text("Your browser may have blocked it")).to_be_visible(timeout=10_000)

    def test_what_the_lms_says_in_the_window_is_told_in_the_frame(self, person, road):
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, road)
        refuse_access(tool)
        somebody = teacher.context.new_page()
        somebody.goto(f"{road.lms}/login")
        somebody.click("#login-student")
        with teacher.expect_popup() as opened:
            tool.get_by_role("button", name="Open the window").click()
        for place in (opened.value, tool):
            expect(place.get_by_text("Your LMS refused to open Examplary for you.")).to_be_visible(timeout=10_000)
            expect(place.get_by_text("lti.platform_refused").first).to_be_visible()

    def test_an_lms_that_isolates_its_pages_can_be_served(self, person, road, house):
        """The window and the frame then know nothing of each other."""
        house.isolates = True
        teacher = person("teacher")
        tool = open_moodle_dialog(teacher, road)
        refuse_access(tool)
        tool.get_by_role("button", name="Open the window").click()
        answer_from_the_frame(teacher, started(tool))

    def test_without_javascript_two_buttons_do(self, new_context, road, house):
        context = new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{road.lms}/login")
        page.click("#login-teacher")
        page.goto(f"{road.lms}{CANVAS}/external_tools/1")
        tool = page.frame_locator("#tool-frame")
        tool.locator("form[data-autosubmit] button").click()
        tool.locator("#save button").click()
        with page.expect_popup() as opened:
            tool.get_by_role("button", name="Open the window").click()
        window = opened.value
        window.locator("form[data-autosubmit] button").click()
        expect(window.get_by_role("heading", level=1)).to_have_text("That worked")
        tool.get_by_role("button", name="I'm back, continue").click()
        started(tool)

    def test_a_link_that_opens_an_exam_is_handed_over_too(self, person, road, house):
        house.storage("off")
        student = person("student")
        student.goto(f"{road.lms}{CANVAS}/external_tools/1")
        tool = student.frame_locator("#tool-frame")
        open_window(student, tool)
        expect(tool.get_by_role("heading", level=1)).to_have_text("Examplary is for teachers", timeout=20_000)


@pytest.mark.parametrize("mode", ["nowhere"])
def test_a_browser_that_keeps_no_cookie_anywhere_is_told_what_to_change(person, road):
    teacher = person("teacher")
    tool = open_moodle_dialog(teacher, road)
    window = open_window(teacher, tool)
    for place in (window, tool):
        expect(place.get_by_text("Allow cookies for this site").first).to_be_visible(timeout=10_000)


def expect_closed(window):
    if not window.is_closed():
        window.wait_for_event("close", timeout=5_000)


def launch_of(page):
    return next(frame.url for frame in page.frames if "/l/" in frame.url)
