"""Every page in an LMS frame: accessible by axe and keyboard, at each width, theme and language.

CI looks at every page in English at all widths in both themes, and in Arabic and German at the narrowest.
`make axe` does all of it in all languages, and prints figures.
"""

import os
from itertools import product

import pytest

from config.settings import Settings
from tests.browser.accessibility import axe_problems, keyboard_problems, layout_problems, zoom_problems
from tests.browser.gallery import Gallery, Stage

pytestmark = pytest.mark.browser

EVERYTHING = bool(os.environ.get("EVERY_LOOK"))
"""Whether to look at every page in every language at every width, as `make axe` does."""
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")
"""Folder for screenshots of all pages."""
WIDTHS = {320: 640, 768: 900, 1280: 800}
"""Height of the window by width. 320 px is a phone, and 1280 px zoomed to 400 %."""
ALL_LOOKS = tuple(product(WIDTHS, ("light", "dark")))
LOOKS = {"en": ALL_LOOKS, "ar": ((320, "dark"),), "de": ((320, "light"),)}
"""What CI looks at: the widest words are German, and Arabic goes from right to left."""
if EVERYTHING:
    LOOKS = dict.fromkeys(Settings.model_fields["languages"].default, ALL_LOOKS)
KEYBOARD_WIDTHS = (320, 1280) if EVERYTHING else (320,)
MAX_HEIGHT = 6000
"""Pixels of a screenshot."""


@pytest.fixture
def mode():
    """Pages work without cookies in the frame."""
    return "blocked"


@pytest.fixture
def stage(new_context, urls, language):
    page = new_context(locale=language).new_page()
    page.problems = []
    page.on("console", lambda line: page.problems.append(line.text) if "Content Security Policy" in line.text else None)
    return Stage(page, urls)


@pytest.mark.parametrize("part", ["before_a_launch", "of_a_launch", "of_an_exam"])
@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_accessible(stage, environment, language, part, figures):
    problems_by_page, gallery = {}, Gallery(environment, language)
    pages = getattr(gallery, part)()
    if gallery.proof:
        stage.page.context.add_cookies([gallery.proof | {"secure": True, "sameSite": "None"}])
    for name, (arguments, how) in pages.items():
        stage.resize(320, WIDTHS[320])
        frame = open_page(stage, arguments, how)
        figures["pages"] += 1
        for width, theme in LOOKS[language]:
            for problem in look_at(stage, frame, width, theme, language, name, figures):
                problems_by_page.setdefault(problem, []).append(f"{name} {width} {theme}")
    figures["problems"] += len(problems_by_page)
    lines = [f"{where[0]} (of {len(where)}): {problem}" for problem, where in problems_by_page.items()]
    assert not lines, "\n".join(lines)
    assert stage.page.problems == []


def look_at(stage, frame, width, theme, language, name, figures):
    """Return what is wrong with a page at a width, in a theme."""
    stage.resize(width, WIDTHS[width])
    stage.page.emulate_media(color_scheme=theme)
    rules, problems = axe_problems(frame)
    figures["looks"] += 1
    figures["rules of axe"] += rules
    problems += layout_problems(frame, language)
    if width in KEYBOARD_WIDTHS and theme == LOOKS[language][0][1]:
        problems += keyboard_problems(stage.page, frame)
    if width == max(WIDTHS) and theme == "light":
        problems += zoom_problems(frame)
    if PICTURES:
        take_picture(stage, frame, f"{name}-{language}-{width}-{theme}")
    return problems


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


def take_picture(stage, frame, name):
    """Take a screenshot in a window as high as the page, because frames paint only visible parts."""
    size = stage.page.viewport_size
    height = frame.evaluate("document.documentElement.scrollHeight")
    stage.resize(size["width"], min(max(height, size["height"]), MAX_HEIGHT))
    frame.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    stage.page.wait_for_timeout(800)
    stage.page.screenshot(path=f"{PICTURES}/{name}.png")
    stage.resize(size["width"], size["height"])
