"""HTML to the tree of :mod:`lti_tool.exam.richtext`."""

from __future__ import annotations

import re
from html import unescape

from lti_tool.exam.formulas import split_mathematics
from lti_tool.exam.richtext import EMPTY, VOID, Attachment, Element, Image, Math, Node, PageClipping, RichText, Text
from lti_tool.exam.sanitise import FORBIDDEN, MATHML_TAGS, TEXT_TAGS, characters, sanitise

DEEPEST = 32
"""Elements inside one another; deeper ones are laid flat, so that no tree can exhaust the stack."""

_MARKUP = re.compile(r"[<&]")
_MATHEMATICS = re.compile(r"[$]|\\[(\[]")
_PARAGRAPH = re.compile(r"<p>([^<&$\\]+)</p>")
"""What editors write most: one paragraph without any markup in it."""

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^>]*)>|[^<]+")
_ATTRIBUTE = re.compile(r'([A-Za-z:_-]+)="([^"]*)"')
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=\s%]+\Z", re.IGNORECASE)
_MATHML_NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def parse_rich_text(html: str) -> RichText:
    """Return ``html`` as a sanitised tree. Never fails: broken and hostile HTML gives what is readable in it."""
    if not html:
        return EMPTY
    if FORBIDDEN.search(html):
        html = characters(html)
    if not _MARKUP.search(html):
        return _plain(html)
    if paragraph := _PARAGRAPH.fullmatch(html):
        return RichText((Element("p", (), (Text(paragraph[1]),)),))
    return RichText(_Builder().build(sanitise(html)))


def web_address(url: str) -> str:
    """Return ``url`` if it is an absolute http(s) address without blanks or quotes, else nothing."""
    url = url.strip()
    if url[:8].lower().startswith(("http://", "https://")) and not re.search(r"[\s\"'<>\\]", url):
        return url
    return ""


def image_address(url: str) -> str:
    """Return ``url`` if it is a web address or an image in a data address, else nothing."""
    return web_address(url) or (url.strip() if _DATA_IMAGE.match(url.strip()) else "")


def _plain(text: str) -> RichText:
    text = text.strip()
    if not _MATHEMATICS.search(text) and "\n" not in text:
        return RichText((Text(text),)) if text else EMPTY
    nodes: list[Node] = []
    for line in text.splitlines():
        nodes += [Element("br", (), ())] if nodes else []
        nodes += split_mathematics(line)
    return RichText(tuple(nodes))


class _Builder:
    """Builds a tree from sanitised HTML, whose elements are all closed."""

    def __init__(self) -> None:
        self._open: list[tuple[str, tuple[tuple[str, str], ...], list[Node]]] = [("", (), [])]
        self._flattened: list[str] = []
        self._verbatim = 0

    def build(self, html: str) -> tuple[Node, ...]:
        position = 0
        while position < len(html):
            token = _TOKEN.match(html, position)
            if token is None:
                position += 1
                continue
            position = token.end()
            if token[2] is None:
                self._text(unescape(token[0]))
            elif token[1]:
                self._end(token[2])
            else:
                position = self._start(token[2], token[3], html, position)
        while len(self._open) > 1:
            self._close()
        return tuple(self._open[0][2])

    def _text(self, text: str) -> None:
        if not self._verbatim and _MATHEMATICS.search(text):
            self._add(*split_mathematics(text))
        else:
            self._add(Text(text))

    def _add(self, *nodes: Node) -> None:
        self._open[-1][2].extend(nodes)

    def _start(self, tag: str, raw: str, html: str, position: int) -> int:
        """Take an element in; return where to go on reading."""
        attributes = tuple((name, unescape(value)) for name, value in _ATTRIBUTE.findall(raw)) if raw else ()
        if tag in TEXT_TAGS:
            self._text_element(tag, attributes)
            return position
        end = html.find(f"</{tag}>", position)
        inner = html[position:end] if end >= 0 else html[position:]
        self._special(tag, dict(attributes), inner)
        return end + len(tag) + 3 if end >= 0 else len(html)

    def _text_element(self, tag: str, attributes: tuple[tuple[str, str], ...]) -> None:
        if tag == "img":
            self._add(_image(dict(attributes)))
        elif tag in VOID:
            self._add(Element(tag, (), ()))
        elif len(self._open) > DEEPEST:
            self._flattened.append(tag)
        else:
            self._verbatim += tag in {"pre", "code"}
            self._open.append((tag, _kept(tag, attributes), []))

    def _special(self, tag: str, attributes: dict[str, str], inner: str) -> None:
        if tag == "inline-math":
            latex = unescape(re.sub(r"<[^>]*>", "", inner)).strip()
            self._add(*([Math(latex)] if latex else []))
        elif tag == "math":
            self._add(_mathml(attributes, inner))
        elif tag == "file-attachment":
            self._add(_attachment(attributes, unescape(re.sub(r"<[^>]*>", "", inner))))
        elif tag == "page-clipping" and web_address(attributes.get("url", "")):
            keys = ("url", "page", "x", "y", "width", "height")
            self._add(PageClipping(*(attributes.get(key, "") for key in keys)))
        elif tag in MATHML_TAGS:
            self._text(unescape(re.sub(r"<[^>]*>", "", inner)))

    def _end(self, tag: str) -> None:
        if self._flattened and self._flattened[-1] == tag:
            self._flattened.pop()
        elif len(self._open) > 1 and self._open[-1][0] == tag:
            self._verbatim -= tag in {"pre", "code"}
            self._close()

    def _close(self) -> None:
        tag, attributes, children = self._open.pop()
        self._add(Element(tag, attributes, tuple(children)))


def _kept(tag: str, attributes: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in attributes if _is_fit(tag, name, value)) if attributes else ()


def _is_fit(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and (bool(web_address(value)) or value.lower().startswith("mailto:"))
    if name == "dir":
        return value in {"ltr", "rtl", "auto"}
    if name in {"colspan", "rowspan", "start"}:
        return value.isascii() and value.isdigit() and len(value) < 4
    return True


def _image(attributes: dict[str, str]) -> Image:
    return Image(
        image_address(attributes.get("src", "")),
        attributes.get("alt", "").strip(),
        _pixels(attributes.get("width", "")),
        _pixels(attributes.get("height", "")),
    )


def _pixels(value: str) -> int | None:
    digits = value.strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < len(digits) < 5 and int(digits) else None


def _attachment(attributes: dict[str, str], name: str) -> Attachment:
    title = (attributes.get("title") or name).strip()
    return Attachment(web_address(attributes.get("href", "")), title, attributes.get("type", "").strip())


def _mathml(attributes: dict[str, str], inner: str) -> Math:
    """Return MathML with its namespace, and the TeX that stands in its annotation."""
    body = _TOKEN.sub(lambda token: token[0] if token[2] is None or token[2] in MATHML_TAGS else "", inner)
    body = body.replace("&nbsp;", "&#160;")
    display = attributes.get("display") == "block"
    shape = ' display="block"' if display else ""
    tex = re.search(r'<annotation encoding="application/x-tex">([^<]*)</annotation>', body)
    latex = unescape(tex[1]).strip() if tex else ""
    return Math(latex or None, f'<math xmlns="{_MATHML_NAMESPACE}"{shape}>{body}</math>', display)
