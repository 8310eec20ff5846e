"""HTML to the tree of :mod:`lti_tool.exam.richtext`."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

from lti_tool.exam.html.data_images import data_image, quote_drawings
from lti_tool.exam.html.formulas import clean_latex, has_doubtful_mathematics, join_divided_formulas, split_mathematics
from lti_tool.exam.html.plain_text import BREAK, keep_lines, parse_plain_text
from lti_tool.exam.html.replacements import replace_unsupported_elements
from lti_tool.exam.html.sanitise import MATHML_TAGS, OWN_TAGS, as_safe_html, remove_forbidden_characters, sanitise
from lti_tool.exam.html.styles import split_style
from lti_tool.exam.html.tags import mentioned_tags
from lti_tool.exam.richtext import EMPTY, VOID, Attachment, Element, Image, Math, Node, PageClipping, RichText

MAX_DEPTH = 32
"""Levels of nesting; deeper elements are flattened, so that no tree can exhaust the stack."""

_PARAGRAPH = re.compile(r"<p>([^<&$\\]+)</p>")
"""The most common text: one paragraph without markup."""

_NAME = "[a-z][a-z0-9-]*"
_SPECIAL = OWN_TAGS | MATHML_TAGS
"""Elements that are read with all their content."""

_MARKUP = re.compile(rf"<(/?)({_NAME})([^>]*)>")
"""Divides HTML into text, then four parts for each tag: a slash or nothing, its name, the rest, the text after it."""

_TAG = re.compile(r"<[^>]*>")
_NAMED_TAG = re.compile(rf"</?({_NAME})[^>]*>")
_VERBATIM = frozenset({"pre", "code"})
_UNSTYLED = frozenset({"div", "ul", "ol", "blockquote", "table", "thead", "tbody", "tfoot", "tr"})
"""Elements that hold blocks, which no bold or raised text can be around."""

_ATTRIBUTE = re.compile(r'([A-Za-z:_-]+)="([^"]*)"')
_LINE_ENDS = re.compile(r"[\t\r\n]")
_NO_SCHEME = re.compile(r"//[^/\\]")
_NOT_IN_ADDRESSES = re.compile(r"[\s\"'<>]")
_BARE_TAG = re.compile(r"<(/?)([a-z-]+)>")
"""Divides safe HTML into text, then three parts for each tag: a slash or nothing, its name, the text after it."""

_Attributes = tuple[tuple[str, str], ...]
_MATHML_NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def parse_rich_text(html: str) -> RichText:
    """Return ``html`` as a sanitised tree. Never fails: broken and hostile HTML yields its readable text."""
    return parse_simple_html(html) or parse_any_html(html)


def parse_simple_html(html: str) -> RichText | None:
    """Return the tree of the plain HTML that editors usually write, which is harmless; ``None`` for anything else."""
    if not html:
        return EMPTY
    html = remove_forbidden_characters(html)
    if "<" not in html and "&" not in html:
        return parse_plain_text(html)
    if paragraph := _PARAGRAPH.fullmatch(html):
        return RichText((Element("p", (), (paragraph[1],)),))
    harmless = as_safe_html(html)
    return RichText(_safe_nodes(join_divided_formulas(harmless))) if harmless is not None else None


def parse_any_html(html: str) -> RichText:
    """Return any HTML as a sanitised tree; tags that it only mentions are text."""
    html = _with_mentions_as_text(quote_drawings(keep_lines(remove_forbidden_characters(html))))
    return RichText(_Builder().build(join_divided_formulas(sanitise(replace_unsupported_elements(html)))))


def has_doubtful_formula(text: RichText) -> bool:
    """Return whether something outside code may have been meant as a formula but stayed text."""
    return any(
        has_doubtful_mathematics(node)
        if isinstance(node, str)
        else isinstance(node, Element) and node.tag not in _VERBATIM and has_doubtful_formula(RichText(node.children))
        for node in text.nodes
    )


def web_url(url: str) -> str:
    """Return ``url`` as browsers take it if it is an absolute http(s) address, else nothing.

    Line ends are removed, forbidden characters are quoted, and a scheme-relative address gets ``https``.
    """
    url = _LINE_ENDS.sub("", url.strip())
    url = f"https:{url}" if _NO_SCHEME.match(url) else url
    if url[:8].lower().startswith(("http://", "https://")) and "\\" not in url:
        return _NOT_IN_ADDRESSES.sub(lambda character: quote(character[0], safe=""), url)
    return ""


def image_url(url: str) -> str:
    """Return ``url`` if it is a web address or an image in a data address, else nothing."""
    return web_url(url) or data_image(url)


def _with_mentions_as_text(html: str) -> str:
    parts: list[str] = []
    position = 0
    for start in sorted(mentioned_tags(html)):
        parts += [html[position:start], "&lt;"]
        position = start + 1
    return "".join(parts) + html[position:]


def _safe_nodes(html: str) -> tuple[Node, ...]:
    """Return the nodes of HTML as :func:`as_safe_html` returns it: no attributes, no references, all tags in pairs."""
    first, *parts = _BARE_TAG.split(html)
    nodes = _text_nodes(first)
    outer: list[list[Node]] = []
    for slash, tag, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if tag == "inline-math" and not slash:
            latex = clean_latex(text)
            nodes += [Math(latex)] if latex else []
            continue
        if tag == "br":
            nodes.append(BREAK)
        elif not slash:
            outer.append(nodes)
            nodes = []
        elif tag != "inline-math":
            element = Element(tag, (), tuple(nodes))
            nodes = outer.pop()
            nodes.append(element)
        if text:
            nodes += _text_nodes(text)
    return tuple(nodes)


def _text_nodes(text: str) -> list[Node]:
    if "$" in text or "\\" in text:
        return split_mathematics(text)
    return [text] if text else []


class _Builder:
    """Builds a tree from sanitised HTML, whose elements are all closed."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._open: list[tuple[str, _Attributes, list[Node]]] = [("", (), self._nodes)]
        self._flattened: list[str] = []
        self._verbatim = 0

    def build(self, html: str) -> tuple[Node, ...]:
        parts = _MARKUP.split(html)
        self._text(parts[0])
        place = 1
        while place < len(parts):
            slash, tag, attributes, text = parts[place : place + 4]
            if slash:
                self._end(tag)
            elif tag in _SPECIAL:
                end = _end_of(tag, parts, place)
                self._special(tag, dict(_attributes(attributes)), _joined(parts[place + 3 : end]))
                place, text = end, "".join(parts[end + 3 : end + 4])
            else:
                self._start(tag, _attributes(attributes) if attributes else ())
            self._text(text)
            place += 4
        while len(self._open) > 1:
            self._close()
        return tuple(self._nodes)

    def _text(self, text: str) -> None:
        if not text:
            return
        if "&" in text:
            text = unescape(text)
        self._nodes += [text] if self._verbatim else _text_nodes(text)

    def _start(self, tag: str, attributes: _Attributes) -> None:
        if tag == "img":
            self._nodes.append(_image(dict(attributes)))
        elif tag in VOID:
            self._nodes.append(Element(tag, (), ()))
        elif len(self._open) > MAX_DEPTH:
            self._flattened.append(tag)
        else:
            self._verbatim += tag in _VERBATIM
            self._nodes = []
            self._open.append((tag, _allowed_attributes(tag, attributes) if attributes else (), self._nodes))

    def _special(self, tag: str, attributes: dict[str, str], inner: str) -> None:
        if tag == "inline-math":
            latex = clean_latex(unescape(_TAG.sub("", inner)) if "<" in inner or "&" in inner else inner)
            self._nodes += [Math(latex)] if latex else []
        elif tag == "math":
            self._nodes.append(_mathml(attributes, inner))
        elif tag == "file-attachment":
            self._nodes.append(_attachment(attributes, unescape(_TAG.sub("", inner))))
        elif tag == "page-clipping" and web_url(attributes.get("url", "")):
            keys = ("url", "page", "x", "y", "width", "height")
            self._nodes.append(PageClipping(*(attributes.get(key, "") for key in keys)))
        elif tag in MATHML_TAGS:
            self._text(_TAG.sub("", inner))

    def _end(self, tag: str) -> None:
        if self._flattened and self._flattened[-1] == tag:
            self._flattened.pop()
        elif self._open[-1][0] == tag:
            self._verbatim -= tag in _VERBATIM
            self._close()

    def _close(self) -> None:
        tag, attributes, children = self._open.pop()
        self._nodes = self._open[-1][2]
        if attributes:
            attributes, inner_tags = split_style(tag, attributes)
            for inner_tag in inner_tags if tag not in _UNSTYLED else ():
                children = [Element(inner_tag, (), tuple(children))]
        if tag == "a" and "href" not in dict(attributes):
            self._nodes += children
        else:
            self._nodes.append(Element(tag, attributes, tuple(children)))


def _end_of(tag: str, parts: list[str], start: int) -> int:
    """Return at which of the parts of :data:`_MARKUP` an element ends that starts at ``start``."""
    ends = (place for place in range(start + 4, len(parts), 4) if parts[place] and parts[place + 1] == tag)
    return next(ends, len(parts))


def _joined(parts: list[str]) -> str:
    """Return HTML from text and the parts of its tags."""
    tags = zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4], strict=True)
    return parts[0] + "".join([f"<{slash}{name}{rest}>{text}" for slash, name, rest, text in tags])


def _attributes(raw: str) -> _Attributes:
    return tuple((name, unescape(value)) for name, value in _ATTRIBUTE.findall(raw))


def _allowed_attributes(tag: str, attributes: _Attributes) -> _Attributes:
    return tuple((name, _clean_value(name, value)) for name, value in attributes if _is_allowed(tag, name, value))


def _clean_value(name: str, value: str) -> str:
    return web_url(value) or value if name == "href" else value


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and (bool(web_url(value)) or value.lower().startswith("mailto:"))
    if name == "dir":
        return value in {"ltr", "rtl", "auto"}
    if name in {"colspan", "rowspan", "start"}:
        return value.isascii() and value.isdigit() and len(value) < 4
    return True


def _image(attributes: dict[str, str]) -> Image:
    return Image(
        image_url(attributes.get("src", "")),
        attributes.get("alt", "").strip(),
        _pixels(attributes.get("width", "")),
        _pixels(attributes.get("height", "")),
    )


def _pixels(value: str) -> int | None:
    digits = value.strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < len(digits) < 5 and int(digits) else None


def _attachment(attributes: dict[str, str], name: str) -> Attachment:
    title = (attributes.get("title") or name).strip()
    return Attachment(web_url(attributes.get("href", "")), title, attributes.get("type", "").strip())


def _mathml(attributes: dict[str, str], inner: str) -> Math:
    """Return MathML with its namespace, and the TeX of its annotation."""
    body = _NAMED_TAG.sub(lambda tag: tag[0] if tag[1] in MATHML_TAGS else "", inner)
    body = body.replace("&nbsp;", "&#160;")
    display = attributes.get("display") == "block"
    shape = ' display="block"' if display else ""
    tex = re.search(r'<annotation encoding="application/x-tex">([^<]*)</annotation>', body)
    latex = clean_latex(unescape(tex[1])) if tex else ""
    return Math(latex or None, f'<math xmlns="{_MATHML_NAMESPACE}"{shape}>{body}</math>', display)
