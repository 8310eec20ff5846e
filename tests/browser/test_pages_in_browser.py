"""Every page in an LMS frame: two languages, phone and desktop, light and dark, keyboard, accessibility by axe."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from tests.browser.gallery import Gallery, Stage

pytestmark = pytest.mark.browser

AXE = Path(AXE_FILE_PATH).read_text()
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")
"""Folder for screenshots of all pages."""
LOOKS = {
    "desk": {"viewport": {"width": 1100, "height": 800}, "color_scheme": "light", "locale": "en-GB"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "locale": "nl-NL"},
}
if PICTURES:
    LOOKS |= {
        "desk-dark": LOOKS["desk"] | {"color_scheme": "dark"},
        "phone-light": LOOKS["phone"] | {"color_scheme": "light", "locale": "en-GB"},
    }
MAX_HEIGHT = 6000
"""Pixels of a screenshot."""
UNACCEPTABLE_IMPACTS = ("serious", "critical")


@pytest.fixture
def mode():
    """Pages work without cookies in the frame."""
    return "blocked"


@pytest.fixture
def stage(new_context, urls, look):
    page = new_context(**LOOKS[look]).new_page()
    page.problems = []
    page.on("console", lambda line: page.problems.append(line.text) if "Content Security Policy" in line.text else None)
    return Stage(page, urls)


@pytest.mark.parametrize("part", ["before_a_launch", "of_a_launch"])
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible(stage, environment, look, part):
    language = LOOKS[look]["locale"][:2]
    problems_by_page, gallery = {}, Gallery(environment, language)
    pages = getattr(gallery, part)()
    if gallery.proof:
        stage.page.context.add_cookies([gallery.proof | {"secure": True, "sameSite": "None"}])
    for name, (arguments, how) in pages.items():
        frame = open_page(stage, arguments, how)
        problems = [*axe_problems(frame), *layout_problems(frame, language), *keyboard_problems(stage, frame)]
        if problems:
            problems_by_page[name] = problems
        if PICTURES:
            take_picture(stage, frame, f"{look}-{name}")
    assert problems_by_page == {}
    assert stage.page.problems == []


def open_page(stage, arguments, how):
    how = dict(how)
    if how.pop("own", False):
        # Reached by a form on our own page.
        path, fields = arguments
        frame = stage.show("/lti/launch", top=True)
        frame.evaluate(SEND, [path, fields])
        frame.wait_for_selector(".badge-busy, #proof, a.button[target=_blank]")
        frame.wait_for_load_state("load")
        return frame
    return stage.show(*arguments, **how)


SEND = """([path, fields]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: path});
    for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
    }
    document.body.append(form);
    form.submit();
}"""


def axe_problems(frame):
    frame.evaluate(AXE)
    results = frame.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    return [
        f"{each['id']}: {each['help']} {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in results["violations"]
        if each["impact"] in UNACCEPTABLE_IMPACTS
    ]


def layout_problems(frame, language):
    """Check for one heading, the expected language and no horizontal scrolling."""
    facts = frame.evaluate(
        """() => ({
            language: document.documentElement.lang,
            headings: document.querySelectorAll("h1").length,
            title: document.title,
            over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        })"""
    )
    checks = {
        "language": facts["language"] == language,
        "one heading": facts["headings"] == 1,
        "title": facts["title"].endswith("· Examplary") and len(facts["title"]) > 14,
        "width": facts["over"] <= 0,
    }
    return [f"{name}: {facts}" for name, fine in checks.items() if not fine]


REACHED = """() => {
    const element = document.activeElement;
    if (!document.hasFocus() || element === document.body || "reached" in element.dataset) return false;
    element.dataset.reached = getComputedStyle(element).outlineStyle;
    return true;
}"""
MISSED = """() => [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, iframe")]
    .filter((each) => each.checkVisibility({visibilityProperty: true}))
    .filter((each) => !["solid", "auto"].includes(each.dataset.reached) && !(each.tagName === "IFRAME"))
    .map((each) => `no focus is seen on ${each.outerHTML.slice(0, 120)}`)"""


def keyboard_problems(stage, frame):
    """Check that Tab reaches every button and link, with a visible focus."""
    stage.page.keyboard.press("Tab")
    # Playwright's wait_for_function needs eval, which the page's policy forbids.
    for _ in range(100):
        if frame.evaluate("document.hasFocus() && document.activeElement !== document.body"):
            break
        stage.page.wait_for_timeout(50)
    while frame.evaluate(REACHED):
        stage.page.keyboard.press("Tab")
    return frame.evaluate(MISSED)


def take_picture(stage, frame, name):
    """Take a screenshot in a window as high as the page, because frames paint only visible parts."""
    size = stage.page.viewport_size
    height = frame.evaluate("document.documentElement.scrollHeight")
    stage.page.set_viewport_size(size | {"height": min(max(height, size["height"]), MAX_HEIGHT)})
    frame.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    stage.page.wait_for_timeout(800)
    stage.page.screenshot(path=f"{PICTURES}/{name}.png")
    stage.page.set_viewport_size(size)
