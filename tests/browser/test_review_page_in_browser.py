"""The review page in narrow frames, and the page with Examplary's embed when the embed doesn't appear."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.gallery import LONG, Gallery
from tests.browser.gallery_changes import moodle_grant, open_with_grant

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("PICTURES_OF_PAGES", "")
OWN = {"framed": False, "browser_hash": ""}
COVERED = """() => {
    const bar = document.querySelector(".add-bar"), focused = document.activeElement;
    if (bar.contains(focused) || focused === document.body) return "";
    const [edge, box] = [bar.getBoundingClientRect().top, focused.getBoundingClientRect()];
    return box.top >= edge ? focused.outerHTML.slice(0, 120) : "";
}"""


@pytest.fixture
def gallery(environment, urls):
    return Gallery(environment, "en")


def open_path(new_context, urls, path, **options):
    page = new_context(**options).new_page()
    page.goto(f"{urls.tool}{path}")
    return page


def test_the_button_stays_in_sight_and_covers_no_focus(new_context, urls, gallery):
    path = f"{gallery.launch(**OWN)}exams/{gallery.exam}"
    page = open_path(new_context, urls, path, viewport={"width": 400, "height": 640})
    button = page.get_by_role("button", name="Add to course")
    expect(button).to_be_in_viewport()
    covered = []
    for _ in range(40):
        page.keyboard.press("Tab")
        covered.append(page.evaluate(COVERED))
    assert not any(covered), covered
    page.get_by_text("Question 9", exact=True).first.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    downloads = page.locator("details.downloads")
    assert downloads.bounding_box()["y"] > page.locator(".questions").bounding_box()["y"]


TITLE = "Forces, motion and energy in daily life"
WIDTHS = {282: 700, 602: 490, 900: 490}
"""The lowest place of the first question by the width of the frame, both in CSS pixels."""
CONTROLS = "a, button, summary, select, input:not([type=hidden])"
SMALL = """(controls) => [...document.querySelectorAll(controls)].filter((control) => {
    const box = control.getBoundingClientRect();
    if (!control.checkVisibility() || box.width < 2 || control.closest(".visually-hidden")) return false;
    const sentence = control.closest("p, li, dd, div")?.textContent.trim() !== control.textContent.trim();
    const isInline = getComputedStyle(control).display === "inline" && sentence;
    return !isInline && (box.height < 23.9 || box.width < 23.9);
}).map((control) => `${control.getBoundingClientRect().height} ${control.outerHTML.slice(0, 100)}`)"""
OPEN_DETAILS = """() => {
    for (const details of document.querySelectorAll("main details")) details.open = true;
}"""


@pytest.fixture
def moodle_exam(gallery, environment):
    """An exam of Moodle with its plugin: its page has something to tick beside the button."""
    environment.install_moodle_plugin()
    gallery.launch(**OWN)
    exam = gallery.own_exam(TITLE, "mixed-12.json")
    return open_with_grant(gallery, exam, moodle_grant(gallery), **OWN)


@pytest.mark.parametrize("family", ["moodle", "canvas"])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_questions_come_first_in_narrow_frames(new_context, urls, gallery, moodle_exam, family, scripts):
    exam = moodle_exam if family == "moodle" else f"{gallery.launch(family='canvas', **OWN)}exams/{gallery.exam}"
    page = open_path(new_context, urls, exam, java_script_enabled=scripts)
    for width, lowest in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 490})
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"review-{family}-{width}.png")
        assert page.locator("li.question").first.bounding_box()["y"] < lowest, width
        bar = page.locator(".add-bar").bounding_box()
        assert bar["height"] <= 98
        assert bar["y"] + bar["height"] == pytest.approx(490, abs=1)
        order = page.evaluate("""() => [".exam-head", ".questions", ".add-bar", "#summary", ".downloads"].map(
            (name) => document.querySelector(name).getBoundingClientRect().top)""")
        assert order[0] < order[1] < order[3] < order[4]
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(page.locator(".add-bar .primary")).to_be_in_viewport(ratio=1)
        last = page.locator("footer, .page > main").last.bounding_box()
        assert last["y"] + last["height"] <= bar["y"]
        page.evaluate("scrollTo(0, 0)")


def test_checkboxes_belong_to_the_form_of_the_bars_button(new_context, urls, moodle_exam):
    page = open_path(new_context, urls, moodle_exam, viewport={"width": 360, "height": 532})
    expect(page.locator(".add-bar .primary")).to_be_in_viewport(ratio=1)
    tick = page.get_by_label("Let me choose the section")
    tick.check()
    fields = page.evaluate("() => [...new FormData(document.querySelector('.add-bar button').form).keys()]")
    assert {"form_id", "has_options", "option"} <= set(fields)
    tick.focus()
    assert not page.evaluate(COVERED)


def test_sections_after_the_questions_are_folded_in_narrow_frames(new_context, urls, moodle_exam):
    page = open_path(new_context, urls, moodle_exam, viewport={"width": 360, "height": 532})
    what_changes = page.get_by_role("heading", name="What changes in Moodle")
    expect(what_changes).to_be_hidden()
    page.get_by_role("link", name="4 adapted for Moodle").click()
    expect(what_changes).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    expect(what_changes).to_be_in_viewport()


def test_standalone_controls_are_large_enough(new_context, urls, gallery, moodle_exam):
    home = gallery.launch(**OWN, context_title=LONG)
    question = gallery.questions(gallery.exam)[0].id
    exam, own = f"{home}exams/{gallery.exam}", f"{home}exams/{gallery.own_exam('Edited')}"
    for path in (moodle_exam, exam, f"{exam}/question?question={question}", f"{own}/settings", home, f"{home}exams"):
        page = open_path(new_context, urls, path, viewport={"width": 282, "height": 490})
        page.evaluate(OPEN_DETAILS)
        assert page.evaluate(SMALL, CONTROLS) == [], path
        page.close()


def test_the_divider_is_between_the_names_in_both_directions(new_context, urls, gallery):
    page = open_path(new_context, urls, gallery.launch(**OWN, context_title="مقدمة في علم الأحياء"))
    assert page.locator(".course").evaluate("(course) => getComputedStyle(course).borderLeftWidth") == "1px"
    page.goto(f"{urls.tool}{gallery.launch(**OWN, context_title='Biology', locale='ar')}")
    assert page.locator(".course").evaluate("(course) => getComputedStyle(course).borderRightWidth") == "1px"


def test_points_on_paper_stay_in_one_line(new_context, urls, gallery):
    page = open_path(new_context, urls, f"{gallery.launch(**OWN)}exams/{gallery.exam}/preview")
    for width in (282, 900):
        page.set_viewport_size({"width": width, "height": 490})
        heights = page.evaluate("""() => [...document.querySelectorAll(".paper-number .small")].map(
            (number) => number.getClientRects().length * number.getBoundingClientRect().height)""")
        assert max(heights) < 30


def test_the_title_has_the_focus_after_the_embed(new_context, urls, gallery):
    home = gallery.launch(**OWN)
    generation = gallery.generation("ready", exam_id=gallery.exam)
    page = open_path(new_context, urls, f"{home}generations/{generation}")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_accessible_description(
        "AI made these questions. Review each one: adding the exam to your course is recorded as your review."
    )


def test_an_embed_that_does_not_appear_is_explained(new_context, urls, gallery):
    home = gallery.launch(**OWN)
    generation = gallery.generation("open")
    page = new_context(viewport={"width": 400, "height": 640}).new_page()
    page.clock.install()
    # The request is never answered, so nothing loads.
    page.route(f"{urls.examplary}/**", lambda route: None)
    page.goto(f"{urls.tool}{home}generations/{generation}", wait_until="domcontentloaded")
    expect(page.get_by_text("may block")).to_be_hidden()
    page.clock.run_for(30_000)
    expect(page.get_by_text("may block")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Examplary hasn't appeared yet.")
    expect(page.locator("#help").get_by_role("link", name="Try again")).to_be_visible()
    expect(page.locator("#help").get_by_role("button", name="Open in its own window")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("may block")).to_be_hidden()


def show_button_in_embed(page, urls):
    body = {"body": "<button>Topic</button>", "content_type": "text/html"}
    page.route(f"{urls.examplary}/**", lambda route: route.fulfill(**body))


def poll(page, seconds=25):
    """Let the page ask for the state of its generation, and have the answer."""
    with page.expect_response("**/state") as response:
        page.clock.run_for(seconds * 1000)
    response.value.finished()
    page.evaluate("Promise.resolve()")


def test_a_remark_stays_unless_the_connection_is_lost(new_context, urls, gallery):
    home = gallery.launch(**OWN)
    generation = gallery.generation("open", flow="edit-exam", revises_id=gallery.exam)
    page = new_context().new_page()
    page.clock.install()
    show_button_in_embed(page, urls)
    page.goto(f"{urls.tool}{home}generations/{generation}")
    page.frame_locator("#embed").get_by_role("button").click()
    remark = "Examplary saves your changes as you make them."
    expect(page.get_by_role("status")).to_have_text(remark)
    poll(page)
    expect(page.get_by_role("status")).to_have_text(remark)
    page.context.set_offline(True)
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.clock.run_for(65_000)
    expect(page.get_by_role("status")).to_have_text("The connection is lost. We'll continue as soon as it's back.")
    page.context.set_offline(False)
    poll(page, seconds=65)
    expect(page.get_by_role("status")).to_have_text(remark)


@pytest.mark.parametrize("blocked", [True, False])
def test_a_teacher_who_reads_before_they_click_is_only_asked(new_context, urls, gallery, blocked):
    """A page that the browser blocks counts as loaded, like one in which nobody has clicked yet."""
    home = gallery.launch(**OWN)
    generation = gallery.generation("open")
    page = new_context(viewport={"width": 400, "height": 640}).new_page()
    page.clock.install()
    if blocked:
        page.route(f"{urls.examplary}/**", lambda route: route.abort())
    else:
        show_button_in_embed(page, urls)
    page.goto(f"{urls.tool}{home}generations/{generation}")
    expect(page.get_by_text("Loading Examplary…")).to_be_hidden()
    page.clock.run_for(30_000)
    expect(page.get_by_role("status")).to_have_text("Examplary doesn't appear?")
    expect(page.get_by_text("may block")).to_be_hidden()
    poll(page)
    expect(page.get_by_role("status")).to_have_text("Examplary doesn't appear?")
    if not blocked:
        page.frame_locator("#embed").get_by_role("button").click()
        expect(page.get_by_role("status")).to_have_text("")


def test_an_embed_that_loads_before_our_script_is_noticed(new_context, urls, gallery):
    home = gallery.launch(**OWN)
    generation = gallery.generation("open")
    page = new_context().new_page()
    late = {}
    page.route("**/js/embed.js**", lambda route: late.update(route=route))
    page.route(f"{urls.examplary}/**", lambda route: route.fulfill(body="<h1>Examplary</h1>", content_type="text/html"))
    page.goto(f"{urls.tool}{home}generations/{generation}", wait_until="commit")
    expect(page.frame_locator("#embed").get_by_role("heading")).to_be_visible()
    page.frames[1].wait_for_load_state("load")
    expect(page.get_by_text("Loading Examplary…")).to_be_visible()
    late["route"].continue_()
    expect(page.get_by_text("Loading Examplary…")).to_be_hidden()
