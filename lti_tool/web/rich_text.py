"""Rich text of an exam as HTML for our own pages. The tree is harmless; images come from our own addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup, escape

from lti_tool.exam import RichText
from lti_tool.exam.richtext import VOID, Attachment, Blank, Element, Image, Math, Node, PageClipping, Text
from lti_tool.formats.qti.mathml import mathml

HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6"}
"""A question's own headings stand below those of the page."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file that we have. ``shown``: browsers may show it; else it is only downloaded (SVG can hold scripts)."""

    address: str
    shown: bool


Media = Mapping[str, Held]
"""By the address in the exam; what is not in it could not be had."""

DeepLinkingResponses = tuple[tuple[str, ...], ...]


def rich(text: RichText, media: Media, answers: DeepLinkingResponses | None = None) -> Markup:
    """Return ``text`` as HTML; ``answers`` are written into its blanks."""
    return _Writer(media, answers or ()).nodes(text.nodes)


class _Writer:
    def __init__(self, media: Media, answers: DeepLinkingResponses) -> None:
        self._media, self._answers = media, answers

    def nodes(self, nodes: Iterable[Node]) -> Markup:
        return Markup("").join(self._node(node) for node in nodes)

    def _node(self, node: Node) -> Markup:
        if isinstance(node, Text):
            return escape(node.value)
        return self._element(node) if isinstance(node, Element) else self._special(node)

    def _special(self, node: Math | Image | PageClipping | Attachment | Blank) -> Markup:
        match node:
            case Math():
                return _math(node)
            case Image():
                return self._image(node.url, node.alt, _size(node))
            case PageClipping():
                return self._image(node.image_url, str(gettext("Part of a page")), Markup(""))
            case Attachment():
                return self._attachment(node)
            case Blank(index):
                return self._blank(index)

    def _element(self, node: Element) -> Markup:
        tag = HEADINGS.get(node.tag, node.tag)
        attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in node.attributes)
        if node.tag == "a":
            attributes += Markup(' target="_blank" rel="noopener noreferrer"')
        start = Markup("<{}{}>").format(tag, attributes)
        if node.tag in VOID:
            return start
        return start + self.nodes(node.children) + Markup("</{}>").format(tag)

    def _image(self, url: str, alt: str, size: Markup) -> Markup:
        held = Held(url, shown=True) if url.startswith("data:") else self._media.get(url)
        if held is None:
            words = gettext("Image missing: %(alt)s", alt=alt) if alt else gettext("Image missing")
            return _missing("icon-image", str(words))
        if not held.shown:
            return _download(held, alt or str(gettext("Image")))
        return Markup('<img src="{}" alt="{}" decoding="async"{}>').format(held.address, alt, size)

    def _attachment(self, node: Attachment) -> Markup:
        title, held = node.title or str(gettext("File")), self._media.get(node.url)
        if held is None:
            return _missing("icon-file", str(gettext("File missing: %(title)s", title=title)))
        return _download(held, title)

    def _blank(self, index: int) -> Markup:
        if index >= len(self._answers):
            return Markup('<span class="blank">{}</span>').format(str(gettext("blank")))
        return Markup('<span class="blank key">{}</span>').format(" / ".join(self._answers[index]))


def _missing(icon: str, words: str) -> Markup:
    return Markup('<span class="missing"><span class="icon {}" aria-hidden="true"></span>{}</span>').format(icon, words)


def _download(held: Held, title: str) -> Markup:
    return Markup('<a class="attachment" href="{}" download>{}</a>').format(held.address, title)


def _size(image: Image) -> Markup:
    width = Markup(' width="{}"').format(image.width) if image.width else Markup("")
    return width + (Markup(' height="{}"').format(image.height) if image.height else Markup(""))


def _math(node: Math) -> Markup:
    """MathML, which browsers show by themselves; LaTeX as it stands where it cannot be read."""
    found = mathml(node)
    if found is not None:
        return Markup(found)  # noqa: S704 -- checked element by element in lti_tool.formats.qti.mathml
    return Markup('<code class="latex">{}</code>').format(node.latex or "")
