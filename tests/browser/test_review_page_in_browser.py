"""The review page in narrow frames, and the page with Examplary's embed when the embed doesn't appear."""

import pytest
from playwright.sync_api import expect

from tests.browser.gallery import Gallery

pytestmark = pytest.mark.browser

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
    page.route(f"{urls.examplary}/**", lambda route: route.abort())
    page.goto(f"{urls.tool}{home}generations/{generation}")
    expect(page.get_by_text("may block")).to_be_hidden()
    page.clock.run_for(30_000)
    expect(page.get_by_text("may block")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Examplary hasn't appeared yet.")
    expect(page.locator("#help").get_by_role("link", name="Try again")).to_be_visible()
    expect(page.locator("#help").get_by_role("button", name="Open in its own window")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("may block")).to_be_hidden()
