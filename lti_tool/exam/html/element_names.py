"""Names of HTML elements, by what they mean for a text of an exam."""

from __future__ import annotations

from lti_tool.exam.html.sanitise import MATHML_TAGS, OWN_TAGS, TEXT_TAGS

VOID_NAMES = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "mprescripts",
        "none",
        "mspace",
    )
)
OPTIONAL_END = frozenset(
    (
        "p",
        "li",
        "td",
        "th",
        "tr",
        "thead",
        "tbody",
        "tfoot",
        "caption",
        "colgroup",
        "dt",
        "dd",
        "rt",
        "rp",
        "option",
        "optgroup",
    )
)
"""Elements whose end tag may be left out (HTML Living Standard, optional tags)."""

PARENTS = {
    **dict.fromkeys(("td", "th", "tr", "thead", "tbody", "tfoot", "caption", "colgroup", "col"), ("table",)),
    "li": ("ul", "ol", "menu"),
    "dt": ("dl",),
    "dd": ("dl",),
    "rt": ("ruby",),
    "rp": ("ruby",),
}
"""Elements that occur only inside another one."""

OUTER_BLOCKS = frozenset(
    (
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "table",
        "blockquote",
        "pre",
        "section",
        "article",
        "aside",
        "figure",
        "header",
        "footer",
        "main",
        "nav",
        "address",
        "center",
        "details",
        "dl",
    )
)
"""Blocks with which an editor's HTML begins and ends."""

PAGE_NAMES = frozenset(
    (
        "html",
        "head",
        "body",
        "title",
        "meta",
        "link",
        "base",
        "script",
        "style",
        "template",
        "noscript",
        "form",
        "input",
        "button",
        "select",
        "option",
        "optgroup",
        "textarea",
        "label",
        "fieldset",
        "legend",
        "datalist",
        "output",
        "progress",
        "meter",
        "canvas",
        "dialog",
        "slot",
        "area",
        "map",
        "search",
        "frame",
        "frameset",
        "noframes",
        "applet",
        "marquee",
        "param",
        "track",
        "data",
    )
)
"""Elements of pages and forms, which no editor puts into a text."""

MEDIA_NAMES = frozenset(("audio", "video", "source", "iframe", "embed", "object", "picture"))
MARKS = frozenset(("strong", "em", "u", "s", "code", "mark", "sub", "sup", "span"))
"""What Examplary's editor marks words with. See docs/reference/examplary-api.md#rich-text."""

_TEXT_NAMES = frozenset(
    (
        "abbr",
        "acronym",
        "bdi",
        "bdo",
        "big",
        "cite",
        "dfn",
        "dir",
        "figcaption",
        "font",
        "hgroup",
        "kbd",
        "menu",
        "nobr",
        "q",
        "ruby",
        "rt",
        "rp",
        "samp",
        "strike",
        "summary",
        "svg",
        "time",
        "tt",
        "var",
        "wbr",
        "col",
        "colgroup",
        "dt",
        "dd",
        "inline-comment",
        "inline-comment-reply",
    )
)
KNOWN_NAMES = TEXT_TAGS | OWN_TAGS | MATHML_TAGS | OUTER_BLOCKS | PAGE_NAMES | MEDIA_NAMES | _TEXT_NAMES
