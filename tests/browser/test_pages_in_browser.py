"""Every page in every state: accessible by axe and keyboard, at each width, theme and language.

CI looks at every state in English at each width and in each theme, and at every page in Arabic and German at the
narrowest; it presses Tab through every page in English. `make axe` looks at every state in every combination, and
prints figures.
"""

import os
from collections import Counter
from itertools import product
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from config.settings import Settings
from tests.browser.accessibility import (
    COLOURS,
    SIZES,
    axe_problems,
    keyboard_problems,
    layout_problems,
    zoom_problems,
)
from tests.browser.gallery import Gallery
from tests.browser.gallery_parts import PARTS
from tests.browser.page_opener import OPEN_ALL, PageOpener, State
from tests.browser.tool_faults import caused_fault

pytestmark = pytest.mark.browser

EVERYTHING = bool(os.environ.get("EVERY_LOOK"))
"""Whether to look at every page in every language, at every width and in both themes, as `make axe` does."""
PICTURES = os.environ.get("PICTURES_OF_PAGES", "")
"""Folder for screenshots of all pages."""
WIDTHS = {320: 640, 800: 900, 1280: 800}
"""Height of the window by width. 320 px is a phone, and 1280 px zoomed to 400 %."""
THEMES = ("light", "dark")
LOOKS = {"en": ((320, "light"), (800, "dark"), (1280, "light")), "ar": ((320, "dark"),), "de": ((320, "light"),)}
"""What CI looks at: the widest words are German, and Arabic goes from right to left."""
if EVERYTHING:
    looks = tuple(product(WIDTHS, THEMES))
    LOOKS = dict.fromkeys(Settings.model_fields["languages"].default, looks)
KEYBOARD_WIDTHS = {"en": (320, 1280), "ar": (320,), "de": (320,)} if EVERYTHING else {"en": (320,)}
"""Where Tab is pressed until everything was reached, which takes as long as all rules of axe at six looks."""
MAX_HEIGHT = 6000
"""Pixels of a screenshot."""


@pytest.fixture
def mode():
    """Pages work without cookies in the frame."""
    return "blocked"


@pytest.fixture
def opener(new_context, urls, language, environment):
    environment.keeps_pages = True
    page = new_context(locale=language).new_page()
    page.problems = []
    page.on("console", lambda line: page.problems.append(line.text) if "Content Security Policy" in line.text else None)
    return PageOpener(page, urls)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_accessible(opener, environment, language, part, figures):
    problems_by_page, gallery = {}, Gallery(environment, language)
    states = PARTS[part](gallery)
    if len(LOOKS[language]) == 1:
        states = one_of_each_page(states, environment.tool)
    walked = states if EVERYTHING else one_of_each_page(states, environment.tool)
    for name, state in states.items():
        opener.resize(320, WIDTHS[320])
        opener.set_cookies(gallery.cookies_for(state))
        with caused_fault(environment.tool, state.tool_fault):
            frame = opener.show(state)
        figures["states"] += 1
        for width, theme in LOOKS[language]:
            for problem in look_at(opener, frame, width, theme, language, name, figures, walk=name in walked):
                problems_by_page.setdefault(problem, []).append(f"{name} {width} {theme}")
    figures["problems"] += len(problems_by_page)
    lines = [f"{where[0]} (of {len(where)}): {problem}" for problem, where in problems_by_page.items()]
    assert not lines, "\n".join(lines)
    assert opener.page.problems == []


@pytest.mark.parametrize("language", ["fr"])
def test_a_long_button_leaves_room_for_the_saved_text(opener, environment, language):
    opener.resize(320, WIDTHS[320])
    frame = opener.show(PARTS["changes"](Gallery(environment, language))["changed"])
    assert frame.eval_on_selector(".notice.saved p", "(text) => text.clientWidth") >= 128


ZOOMED = {
    "launch": ("start", "embed"),
    "exam": ("exam", "exams-all"),
    "changes": ("edit-choice", "merge-title", "settings-refused"),
    "imports": ("canvas-connected",),
    "console": ("overview", "platform-working", "settings", "audit"),
}


@pytest.mark.parametrize("language", ["en"])
def test_pages_at_200_percent(new_context, urls, environment, language):
    """A window of 1280 × 800 pixels, zoomed: nothing scrolls sideways, and no bar covers what has the focus."""
    zoomed = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
    opener, problems = PageOpener(new_context(**zoomed).new_page(), urls), []
    for part, names in ZOOMED.items():
        environment.clear()
        environment.keeps_pages = True
        gallery = Gallery(environment, language)
        states = PARTS[part](gallery)
        for name in names:
            opener.set_cookies(
                [*gallery.cookies, *([gallery.session(states[name].account)] if "console" in part else [])]
            )
            frame = opener.show(states[name])
            found_problems = [*layout_problems(frame, language), *keyboard_problems(opener.page, frame)]
            problems += [f"{name}: {problem}" for problem in found_problems]
    assert problems == []


STYLE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`%s`);
    document.adoptedStyleSheets = [sheet];
}"""
TWO_BUTTONS = """() => document.querySelector("main").insertAdjacentHTML("beforeend",
    '<div style="display: flex"><button class="small">1</button><button class="small">2</button></div>')"""
SMALL = "button.small { all: unset; width: 20px; height: 20px; } button.small:focus { outline: 2px solid }"
TIGHT = """() => { for (const heading of document.querySelectorAll("h1")) {
    Object.assign(heading.style, {height: "1.2em", lineHeight: 1.2, overflow: "hidden"}); } }"""
FIELD = """() => document.querySelector("main").append(document.createElement("input"))"""
COVER = "main::after { content: ''; position: fixed; inset: 0; background: canvas; z-index: 9; }"
FAULTS = {
    "contrast": ("color-contrast", [STYLE % "h1 { color: rgb(190 190 190) !important; }"]),
    "contrast in the dark": (
        "color-contrast",
        [STYLE % "@media (prefers-color-scheme: dark) { h1 { color: rgb(80 80 80) !important; } }"],
    ),
    "target of 20 px": ("target-size", [STYLE % SMALL, TWO_BUTTONS]),
    "field without a label": ("label", [FIELD]),
    "wide at 800 px": ("width", [STYLE % "@media (width: 800px) { h1 { width: 1200px; } }"]),
    "focus not seen": ("no focus is seen on", [STYLE % "a:focus-visible { outline: none !important; }"]),
    "focus covered": ("the focus is covered on", [STYLE % COVER]),
    "text cut off when spaced": ("text spacing: cut off", [TIGHT]),
}
"""The start of the problem that is reported, and the scripts that cause it."""


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(opener, environment, language, fault):
    expected, scripts = FAULTS[fault]
    frame = opener.show(State(Gallery(environment, language).launch()))
    for script in scripts:
        frame.evaluate(script)
    problems = [
        problem
        for width, theme in LOOKS[language]
        for problem in look_at(opener, frame, width, theme, language, "start", Counter())
    ]
    assert problems
    assert {problem.startswith(expected) for problem in problems} == {True}, problems


def one_of_each_page(states, tool):
    """Return the first state of each page: of an address, with or without a form, and of a fault of the tool."""
    pages = {}
    for name, state in states.items():
        pages.setdefault(page_of(state, tool), (name, state))
    return dict(pages.values())


def page_of(state, tool):
    method = "GET" if state.fields is None else "POST"
    try:
        endpoint, _ = tool.url_map.bind("").match(urlsplit(state.path).path, method)
    except HTTPException as error:
        endpoint = error.code
    return endpoint, method, state.tool_fault


def look_at(opener, frame, width, theme, language, name, figures, *, walk=True):
    """Return the problems of a page at a width, in a theme.

    All rules of axe look at it first, those about colours again in the other theme, and those about sizes at every
    width; a language with one look leaves colours and keyboard to English. What can be unfolded is, except at first.
    ``walk``: press Tab through the page.
    """
    looks = LOOKS[language]
    opener.resize(width, WIDTHS[width])
    opener.page.emulate_media(color_scheme=theme)
    is_first = (width, theme) == looks[0]
    if not is_first or len(looks) == 1:
        frame.evaluate(OPEN_ALL)
    is_new_theme = (width, theme) == next((look for look in looks if look[1] == theme), None)
    if is_first:
        # Colours are the same in every language.
        rules, problems = axe_problems(frame, without=() if len(looks) > 1 else COLOURS)
    else:
        rules, problems = axe_problems(frame, [*SIZES, *(COLOURS if is_new_theme else ())])
    figures["looks"] += 1
    figures["rules of axe"] += rules
    problems += layout_problems(frame, language)
    if walk and width in KEYBOARD_WIDTHS.get(language, ()) and theme == looks[0][1]:
        problems += keyboard_problems(opener.page, frame)
        figures["keyboard walks"] += 1
    if width == max(WIDTHS) and theme == "light":
        problems += zoom_problems(frame)
    if PICTURES:
        take_picture(opener, frame, f"{name}-{language}-{width}-{theme}")
    return problems


def take_picture(opener, frame, name):
    """Take a screenshot in a window as high as the page, because frames paint only visible parts."""
    size = opener.page.viewport_size
    height = frame.evaluate("document.documentElement.scrollHeight")
    opener.resize(size["width"], min(max(height, size["height"]), MAX_HEIGHT))
    frame.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    opener.page.wait_for_timeout(800)
    opener.page.screenshot(path=f"{PICTURES}/{name}.png")
    opener.resize(size["width"], size["height"])
