"""Checks of one page in the browser: axe, layout, zoom, text spacing, and the keyboard.

Each returns a list of problems, empty for a page without any. docs/accessibility.md says which criterion of WCAG 2.2
each of them looks at.
"""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH

AXE = Path(AXE_FILE_PATH).read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

COLOURS = ["color-contrast", "link-in-text-block"]
"""Rules whose results may differ from one theme to the other."""
SIZES = ["target-size", "scrollable-region-focusable", "css-orientation-lock"]
"""Rules whose results may differ from one width to another."""

RUN_AXE = """async ([tags, rules, without]) => {
    if (!window.axe) return null;
    const options = {
        runOnly: rules ? {type: "rule", values: rules} : {type: "tag", values: tags},
        rules: Object.fromEntries([
            ...(rules ? [] : [["target-size", {enabled: true}]]),
            ...without.map((rule) => [rule, {enabled: false}]),
        ]),
        resultTypes: ["violations"],
        iframes: false,
    };
    // A bar that stays in sight, and a menu that a person opened, cover what is below, which axe would call too small.
    const sheets = document.adoptedStyleSheets, still = new CSSStyleSheet();
    still.replaceSync(".add-bar, .sticky, .saved-place, .menu-list { position: static !important; }");
    document.adoptedStyleSheets = [...sheets, still];
    const {violations, passes} = await axe.run(document, options);
    document.adoptedStyleSheets = sheets;
    return {
        rules: violations.length + passes.length,
        problems: violations.map(({id, help, nodes}) =>
            `${id}: ${help} ${JSON.stringify(nodes.slice(0, 3).map(({html}) => html.slice(0, 160)))}`),
    };
}"""

FACTS = """() => ({
    language: document.documentElement.lang,
    direction: document.documentElement.dir,
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""

TEXT_TWICE_AS_LARGE = """() => { document.documentElement.style.fontSize = "200%"; }"""
TEXT_SPACED = """() => {
    document.documentElement.style.fontSize = "";
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
        p { margin-block-end: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
}"""
TEXT_AS_BEFORE = """() => { document.documentElement.style.fontSize = ""; document.adoptedStyleSheets = []; }"""
CUT_OFF = """() => [...document.querySelectorAll("button, .button, a, h1, h2, h3, label, summary")]
    .filter((element) => element.checkVisibility({visibilityProperty: true}))
    .filter((element) => !element.closest(".visually-hidden, .skip"))
    .filter((element) => getComputedStyle(element).overflow !== "visible" && !element.closest("code, pre"))
    .filter((element) =>
        element.scrollWidth > element.clientWidth + 2 || element.scrollHeight > element.clientHeight + 6)
    .map((element) => element.outerHTML.slice(0, 120))"""

FOCUSABLE = "a[href], button, summary, input:not([type=hidden]), select, textarea, iframe, [tabindex='0']"
WATCH = (
    """() => {
    for (const details of document.querySelectorAll("details.menu, details.confirm")) details.open = false;
    window.reached = window.reached ?? new Map();
    window.reached.clear();
    const isUnder = (element) => {
        const box = element.getBoundingClientRect(), inset = 2;
        const points = [[.5, .5], [0, 0], [1, 0], [0, 1], [1, 1]].map(([across, down]) =>
            [box.left + inset + across * (box.width - 2 * inset), box.top + inset + down * (box.height - 2 * inset)]);
        const tops = points.map(([x, y]) => document.elementFromPoint(x, y));
        return box.width > 4 && box.height > 4
            && tops.every((top) => top && !element.contains(top) && !top.contains(element));
    };
    const isOutlined = (element) => ["solid", "auto"].includes(getComputedStyle(element).outlineStyle);
    window.note = () => {
        const target = document.activeElement;
        window.reached.set(target, [isOutlined(target), isUnder(target)]);
    };
    // The key that enters the frame may come up outside it.
    window.enter = ({target}) => {
        if (!window.reached.has(target)) window.reached.set(target, [isOutlined(target), false]);
    };
    window.stops = () => [...document.querySelectorAll("FOCUSABLE")]
        .filter((element) => element.checkVisibility({visibilityProperty: true}) && !element.disabled)
        .filter((stop) => stop.tagName !== "IFRAME" && (stop.type !== "radio" || stop.checked));
    window.progress = () => [window.reached.size, window.stops().filter((stop) => !window.reached.has(stop)).length];
    // When the key comes up, the browser has moved the focus and scrolled to it.
    if (!window.watches) {
        document.addEventListener("focusin", window.enter);
        document.addEventListener("keyup", window.note);
    }
    window.watches = true;
    document.activeElement.blur();
}"""
).replace("FOCUSABLE", FOCUSABLE)
HAS_FOCUS = "document.hasFocus() && document.activeElement !== document.body"
MISSED = """() => window.stops().flatMap((stop) => {
    const [isOutlined, isCovered] = window.reached.get(stop) ?? [false, false];
    return [isOutlined ? "" : "no focus is seen on ", isCovered ? "the focus is covered on " : ""]
        .filter(Boolean).map((problem) => problem + stop.outerHTML.slice(0, 120));
})"""
MORE_STOPS = 20
"""How often Tab is pressed again while it reaches something new, but not yet everything."""
MAX_STOPS = 400


def axe_problems(frame, rules=None, without=()):
    """Run axe's rules for WCAG 2.2 A and AA and its best practices, or ``rules``; return their number and problems.

    The rules in ``without`` are left out.
    """
    arguments = [TAGS, rules, list(without)]
    result = frame.evaluate(RUN_AXE, arguments)
    if result is None:
        frame.evaluate(AXE)
        result = frame.evaluate(RUN_AXE, arguments)
    return result["rules"], result["problems"]


def layout_problems(frame, language):
    """Check for one heading, a title, the language of the page and its direction, and no horizontal scrolling."""
    facts = frame.evaluate(FACTS)
    checks = {
        "language": facts["language"] == language,
        "direction": facts["direction"] == ("rtl" if language == "ar" else "ltr"),
        "one heading": facts["headings"] == 1,
        "title": facts["title"].endswith("· Examplary") and len(facts["title"]) > 14,
        "width": facts["over"] <= 0,
    }
    return [f"{name}: {facts}" for name, fine in checks.items() if not fine]


def zoom_problems(frame):
    """Check that text twice as large, and text with wider spacing, neither runs off the page nor is cut off."""
    problems = []
    for name, change in (("200 % text", TEXT_TWICE_AS_LARGE), ("text spacing", TEXT_SPACED)):
        frame.evaluate(change)
        over, cut_off = frame.evaluate(FACTS)["over"], frame.evaluate(CUT_OFF)
        problems += [f"{name}: {over} px too wide"] if over > 0 else []
        problems += [f"{name}: cut off {text}" for text in cut_off]
    frame.evaluate(TEXT_AS_BEFORE)
    return problems


def keyboard_problems(page, frame):
    """Check that Tab reaches every button, link and field, with a visible focus that nothing covers.

    Menus are closed as with Escape, because an open menu may cover the rest of the page.
    """
    frame.evaluate(WATCH)
    page.keyboard.press("Tab")
    # Playwright's wait_for_function needs eval, which the page's policy forbids.
    for _ in range(100):
        if frame.evaluate(HAS_FOCUS):
            break
        page.wait_for_timeout(50)
    # The first key came up outside the frame.
    frame.evaluate("window.note()")
    before, (reached, missing) = 0, frame.evaluate("window.progress()")
    stops = missing
    while missing and before < reached < MAX_STOPS:
        for _ in range(stops):
            page.keyboard.press("Tab")
        before, stops = reached, MORE_STOPS
        reached, missing = frame.evaluate("window.progress()")
    return frame.evaluate(MISSED)
