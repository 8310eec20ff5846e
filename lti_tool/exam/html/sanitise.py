"""Sanitise untrusted HTML with nh3, an HTML5 parser on html5ever.

A first pass escapes the input that an HTML5 parser would misread: a bare ``<`` in mathematics or prose opens no tag.
"""

from __future__ import annotations

import re

import nh3

from lti_tool.exam.html.styles import STYLE_PROPERTIES

TEXT_TAGS = frozenset(
    {"p", "br", "hr", "div", "span", "strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark"}
    | {"ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "a", "img", "caption"}
    | {"table", "thead", "tbody", "tfoot", "tr", "th", "td"}
)
OWN_TAGS = frozenset({"inline-math", "file-attachment", "page-clipping"})
"""Examplary's own elements. See docs/reference/examplary-api.md#rich-text."""

MATHML_TAGS = frozenset(
    {"math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"}
    | {"mstyle", "merror", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover"}
    | {"munderover", "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mtd"}
)
_DROPPED_WHOLE = {"script", "style", "template", "iframe", "object", "noscript", "textarea", "title", "svg", "select"}
_KNOWN = TEXT_TAGS | OWN_TAGS | MATHML_TAGS | _DROPPED_WHOLE | {
    "html",
    "head",
    "body",
    "meta",
    "link",
    "base",
    "font",
    "center",
    "section",
    "article",
    "header",
    "footer",
    "figure",
    "figcaption",
    "picture",
    "source",
    "video",
    "audio",
    "embed",
    "form",
    "input",
    "button",
    "label",
    "option",
    "colgroup",
    "col",
    "dl",
    "dt",
    "dd",
    "abbr",
    "cite",
    "q",
    "kbd",
    "samp",
    "var",
    "strike",
    "tt",
    "big",
    "main",
    "nav",
    "aside",
    "details",
    "summary",
    "time",
    "wbr",
    "ruby",
    "rt",
    "rp",
    "bdi",
    "bdo",
    "address",
}  # fmt: skip

_CLEANER = nh3.Cleaner(
    tags=set(TEXT_TAGS | OWN_TAGS | MATHML_TAGS),
    clean_content_tags=set(_DROPPED_WHOLE),
    attributes={
        "*": {"dir", "lang", "style"},
        "a": {"href", "title"},
        "img": {"src", "alt", "width", "height"},
        "ol": {"start", "type", "reversed"},
        "table": {"bgcolor"},
        "tr": {"bgcolor"},
        "td": {"colspan", "rowspan", "bgcolor"},
        "th": {"colspan", "rowspan", "scope", "bgcolor"},
        "file-attachment": {"title", "type", "href"},
        "page-clipping": {"url", "page", "x", "y", "width", "height"},
        "math": {"display"},
        "annotation": {"encoding"},
        "mi": {"mathvariant"},
        "mo": {"stretchy", "fence", "separator", "form", "lspace", "rspace"},
        "mfrac": {"linethickness"},
        "mspace": {"width"},
        "mtd": {"columnspan", "rowspan"},
        "menclose": {"notation"},
    },
    url_schemes={"http", "https", "mailto", "data"},
    filter_style_properties=set(STYLE_PROPERTIES),
    link_rel=None,
    strip_comments=True,
)

FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
"""Not allowed in XML, or (U+202D, U+202E) only good for showing text in another order than it has."""

_SUSPECT = re.compile(
    rf"<(?!/?(?:{'|'.join(sorted(TEXT_TAGS | OWN_TAGS))})(?:\s+[\w:-]+=\"[^\"<>]*\")*\s*/?>)(?=[A-Za-z/!?])"
)
_DROPPED = re.compile(
    rf"<!--|<({'|'.join(sorted(_DROPPED_WHOLE - {'iframe', 'object', 'svg'}))})(?:\s[^<>]*)?>(?!\s*</\1>)",
    re.IGNORECASE,
)
_CHARACTERS = r"[^<>&\r\xa0\ufeff]"
_MARKS = ("em", "strong", "b", "i", "u", "sub", "sup", "inline-math")
_WORDS = "|".join([f"{_CHARACTERS}++", "<br>", *(f"<{tag}>{_CHARACTERS}*+</{tag}>" for tag in _MARKS)])
_LISTS = "|".join(rf"<{tag}>(?:[ \n]*+<li>(?:{_WORDS})*+</li>)++[ \n]*+</{tag}>" for tag in ("ul", "ol"))
_CELLS = "|".join(rf"<{tag}>(?:{_WORDS}|<p>(?:{_WORDS})*+</p>)*+</{tag}>[ \n]*+" for tag in ("td", "th"))
_ROWS = rf"[ \n]*+(?:<tr>[ \n]*+(?:{_CELLS})++</tr>[ \n]*+)++"
_TABLE = rf"<table>[ \n]*+(?:<thead>{_ROWS}</thead>[ \n]*+)?+<tbody>{_ROWS}</tbody>[ \n]*+</table>"
_HARMLESS = re.compile(rf"(?:{_WORDS}|<p>(?:{_WORDS})*+</p>|{_LISTS}|{_TABLE})++")
"""What editors write most, as an HTML5 parser would write it again: words, emphasis, paragraphs, lists, tables."""

MAX_PARSED_DEPTH = 256
"""Elements inside one another. Far more than the tree keeps, see :mod:`lti_tool.exam.html.tree`."""

_SHALLOW = "p|li|t[rdh]|thead|tbody|tfoot|br|hr|img|wbr|col|input|source|embed|meta|link"
_NESTING = re.compile(rf"<(/?)(?!(?:{_SHALLOW})\b)[A-Za-z][^<>]*>")
"""Tags of elements that can be nested. The others are empty, or end where the next one begins."""

_WHOLE_TAG = re.compile(r"</?([A-Za-z][^\s/<>]*)([^<>]*)>")
_QUOTED = r"""(?:"(?:[^"<]*+|[^"]{0,1000}+)"|'(?:[^'<]*+|[^']{0,1000}+)')"""
TAG_WITH_ANGLES = re.compile(rf"""<([A-Za-z][^\s/<>"']*)((?:[^<>"'=]*+=\s*+{_QUOTED}){{1,12}}+[^<>"']*+)>""")
"""A tag with ``<`` in a quoted value, as in the description of a picture. Bounded, since it may be no tag."""

_NO_ATTRIBUTES = re.compile(r"\s+[^=\s/][^=]*")


def remove_forbidden_characters(text: str) -> str:
    """Return ``text`` without the characters that packages may not hold. None of them is printable."""
    return text if text.isprintable() else FORBIDDEN_CHARACTERS.sub("", text)


def drops_content(html: str) -> bool:
    """Return whether HTML has comments, or elements that are dropped with the words in them."""
    return _DROPPED.search(html) is not None


def as_safe_html(html: str) -> str | None:
    """Return HTML that needs no sanitising, as an HTML5 parser would serialise it, else ``None``."""
    if "<table><tr>" in html:  # every table has a body
        html = html.replace("<table><tr>", "<table><tbody><tr>").replace("</tr></table>", "</tr></tbody></table>")
    return html if _HARMLESS.fullmatch(html) else None


def sanitise(html: str) -> str:
    """Return harmless HTML: allowed elements only, all closed, attributes in double quotes, entities numeric or named.

    ``html`` has passed :func:`remove_forbidden_characters`.
    """
    if (harmless := as_safe_html(html)) is not None:
        return harmless
    if "<inline-math" in html:
        html = _guard_mathematics(html)
    return _CLEANER.clean(_shallow(_SUSPECT.sub(_guard, html)))


def _shallow(html: str) -> str:
    """Drop the tags of elements that are nested too deeply: the parser's time grows with the square of the depth."""
    if html.count("<") <= MAX_PARSED_DEPTH:
        return html
    depth = 0

    def keep_if_shallow(tag: re.Match[str]) -> str:
        nonlocal depth
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        return tag[0] if depth + bool(tag[1]) <= MAX_PARSED_DEPTH else ""

    return _NESTING.sub(keep_if_shallow, html)


def _guard_mathematics(html: str) -> str:
    """Escape ``<`` inside inline-math: ``a<b`` is no bold text. Linear, whatever is left open."""
    parts: list[str] = []
    position = 0
    while (start := html.find("<inline-math", position)) >= 0:
        begin, end = html.find(">", start) + 1, html.find("</inline-math>", start)
        if begin == 0 or end < begin:
            break
        parts += [html[position:begin], html[begin:end].replace("<", "&lt;")]
        position = end
    return "".join(parts) + html[position:]


def _guard(suspect: re.Match[str]) -> str:
    """Decide whether a ``<`` opens a tag or is a character."""
    html, start = suspect.string, suspect.start()
    if html.startswith("<!--", start) or html.startswith("<!", start) or html.startswith("<?", start):
        return "<"
    tag = _WHOLE_TAG.match(html, start) or TAG_WITH_ANGLES.match(html, start)
    if tag is None:
        return "&lt;"
    name = tag[1].lower()
    is_known = name in _KNOWN or ":" in name or "-" in name
    return "<" if is_known and not (len(name) == 1 and _NO_ATTRIBUTES.fullmatch(tag[2])) else "&lt;"
