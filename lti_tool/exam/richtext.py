"""Rich text as a sanitised tree.

A tree is harmless: no scripts, no event handlers, only http(s), mailto and image data addresses, no control
characters. :func:`lti_tool.exam.html.tree.parse_rich_text` builds trees; formats render them in their dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from lti_tool.exam.value import value
from lti_tool.exam.visible_text import collapse_white_space, without_invisible_characters

BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"}
    | {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
)
VOID = frozenset({"br", "hr"})
PAGE_CLIPPINGS = "https://api.examplary.ai/public/page-clippings"
"""See docs/reference/examplary-api.md#rich-text (no key needed)."""


@value
class Math:
    """Mathematics: ``latex`` without delimiters, or ``mathml`` as a whole well-formed ``<math xmlns=…>`` element.

    At least one is set; MathML with a TeX annotation sets both. ``display`` means on a line of its own.
    """

    latex: str | None
    mathml: str | None = None
    display: bool = False


@value
class Image:
    """``url`` is http(s), or a ``data:image/…;base64`` address, or empty if the exam gives none we may use.

    A drawing (``svg+xml``) in a data address is not sanitised, so it is safe only as the source of an ``<img>``.
    Packages hold it sanitised, see :mod:`lti_tool.formats.writing.svg`.

    ``width`` and ``height`` are CSS pixels.
    """

    url: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


@value
class Attachment:
    """A file to download beside the text (Examplary's ``<file-attachment>``)."""

    url: str
    title: str
    media_type: str = ""


@value
class PageClipping:
    """A rectangle of a page of a document; all numbers as Examplary wrote them (its units)."""

    url: str
    page: str
    x: str
    y: str
    width: str
    height: str

    @property
    def image_url(self) -> str:
        """Address under which Examplary draws the clipping as an image."""
        keys = ("url", "page", "x", "y", "width", "height")
        return f"{PAGE_CLIPPINGS}?{urlencode([(key, getattr(self, key)) for key in keys])}"


@value
class Blank:
    """A place to fill in; ``index`` counts from 0. Only in the body of a fill-in question."""

    index: int


@value
class Element:
    """An HTML element: ``tag`` in lower case, ``attributes`` in their original order, unescaped."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Node, ...]


Node = str | Element | Math | Image | Attachment | PageClipping | Blank
"""A string is plain characters, unescaped."""


@value
class RichText:
    """A sequence of nodes. Equal trees are equal values."""

    nodes: tuple[Node, ...] = ()

    @classmethod
    def plain(cls, text: str) -> RichText:
        """Return ``text`` unchanged, without reading any of it as markup."""
        return cls((text,)) if text else EMPTY

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is visible."""
        return is_blank(self.nodes[0]) if len(self.nodes) == 1 else all(map(is_blank, self.nodes))

    def walk(self) -> Iterator[Node]:
        """Yield all nodes, parents first."""
        stack = list(reversed(self.nodes))
        while stack:
            node = stack.pop()
            yield node
            if isinstance(node, Element):
                stack.extend(reversed(node.children))

    def plain_text(self) -> str:
        """Return the text as read aloud: white space folded, mathematics as LaTeX, images by their alternative text."""
        if len(self.nodes) == 1 and isinstance(self.nodes[0], str):
            return _fold(self.nodes[0])
        parts: list[str] = []
        for node in self.nodes:
            _gather(node, parts)
        return _fold("".join(parts))

    def look(self) -> tuple[str, ...]:
        """Return what distinguishes texts regardless of fonts: words, pictures, colours, raised and lowered parts."""
        if len(self.nodes) == 1 and isinstance(self.nodes[0], str):
            return (without_invisible_characters(_fold(self.nodes[0])),)
        marks = (_mark(node) for node in self.walk())
        return (without_invisible_characters(self.plain_text()), *(mark for mark in marks if mark))

    def appearance(self) -> tuple[object, ...]:
        """Return a value that is equal for texts that look the same: without invisible characters and white space."""
        if len(self.nodes) == 1 and isinstance(self.nodes[0], str) and self.nodes[0].isascii():
            return (_fold(self.nodes[0]),)
        return _trimmed(_appearance(self.nodes, verbatim=False))

    def media(self) -> Iterator[str]:
        """Yield the http(s) addresses of images, clippings and attachments, in order, with repeats."""
        for node in self.walk():
            if isinstance(node, Image | Attachment):
                if node.url.startswith("http"):
                    yield node.url
            elif isinstance(node, PageClipping):
                yield node.image_url


EMPTY = RichText()


def _appearance(nodes: tuple[Node, ...], *, verbatim: bool) -> tuple[object, ...]:
    parts: list[object] = []
    for node in nodes:
        match node:
            case str():
                parts.append(node if verbatim else collapse_white_space(node))
            case Element(tag, attributes, children):
                inner = _appearance(children, verbatim=verbatim or tag == "pre")
                parts.append((tag, attributes, _trimmed(inner) if tag in BLOCKS and tag != "pre" else inner))
            case _:
                parts.append(node)
    return tuple(parts)


def _trimmed(parts: tuple[object, ...]) -> tuple[object, ...]:
    """Strip leading and trailing white space."""
    if parts and isinstance(parts[0], str):
        parts = (parts[0].lstrip(" "), *parts[1:])
    return (*parts[:-1], parts[-1].rstrip(" ")) if parts and isinstance(parts[-1], str) else parts


def _mark(node: Node) -> str:
    match node:
        case Element(tag, attributes, children) if tag in {"sub", "sup"} or "style" in dict(attributes):
            return f"{tag} {dict(attributes).get('style', '')} {RichText(children).plain_text()}"
        case Image(url=url) | Attachment(url=url):
            return url
        case Math(latex, mathml):
            return latex or mathml or ""
        case PageClipping():
            return node.image_url
    return ""


def _fold(text: str) -> str:
    is_line = text.isprintable() and "  " not in text  # of all white space only the space is printable
    return text.strip() if is_line else " ".join(text.split())


def is_blank(node: Node) -> bool:
    """Return whether nothing of a node would be seen."""
    if isinstance(node, str):
        return not node.strip()
    if not isinstance(node, Element) or node.tag == "hr":
        return False
    return all(map(is_blank, node.children))


def _gather(node: Node, parts: list[str]) -> None:
    if isinstance(node, str):
        parts.append(node)
    elif isinstance(node, Element):
        around = " " if node.tag in BLOCKS or node.tag == "br" else ""
        parts.append(around)
        for child in node.children:
            _gather(child, parts)
        parts.append(around)
    else:
        _gather_special(node, parts)


def _gather_special(node: Node, parts: list[str]) -> None:
    match node:
        case Math(latex, mathml):
            parts.append(latex if latex is not None else re.sub(r"<[^>]*>", "", mathml or ""))
        case Image(alt=alt):
            parts.append(alt)
        case Attachment(title=title):
            parts.append(title)
        case Blank():
            parts.append("___")
        case PageClipping():
            pass
