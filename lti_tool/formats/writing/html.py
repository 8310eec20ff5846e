"""Trees to HTML. Formats override what their LMS wants otherwise: images, mathematics, blanks, brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape as escape_html
from typing import ClassVar
from urllib.parse import quote

from lti_tool.exam.richtext import (
    VOID,
    Attachment,
    Blank,
    Element,
    Image,
    Math,
    Node,
    PageClipping,
    RichText,
)
from lti_tool.formats.text.phrases import phrase
from lti_tool.formats.writing.media import MediaPaths

Attributes = tuple[tuple[str, str], ...]

_WORD_JOINER = "\u2060"
_DELIMITER = re.compile(r"(\$(?=\$)|\\(?=[(\[]))")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")


class HtmlRenderer:
    """Renders the texts of one exam. ``language`` is the language of the placeholders for missing media."""

    tag_replacements: ClassVar[Mapping[str, str]] = {}
    """Elements that an LMS loses, and those that say the same."""

    special_tags: ClassVar[frozenset[str]] = frozenset()
    """Elements that :meth:`special_element` renders."""

    def __init__(self, media: MediaPaths, language: str | None) -> None:
        self.media = media
        self.language = language

    def render(self, nodes: Iterable[Node]) -> str:
        """Return HTML for ``nodes``."""
        return "".join(map(self.node, nodes))

    def text(self, text: RichText) -> str:
        """Return HTML for a rich text."""
        nodes = text.nodes
        return self.node(nodes[0]) if len(nodes) == 1 else self.render(nodes)

    def node(self, node: Node) -> str:
        """Return HTML for one node."""
        if isinstance(node, str):
            return self.escape_text(without_delimiters(node) if "\\" in node or "$$" in node else node)
        if isinstance(node, Element):
            return self.special_element(node) if node.tag in self.special_tags else self.element(node)
        return self._special(node)

    def escape_text(self, value: str) -> str:
        """Return plain characters, escaped."""
        if not ("&" in value or "<" in value or ">" in value):
            return value
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def element(self, node: Element) -> str:
        """Return an element with its children."""
        tag, children = self.tag_replacements.get(node.tag, node.tag), node.children
        start = f"<{tag}{self._attributes(node.attributes)}>" if node.attributes else f"<{tag}>"
        if tag in VOID:
            return start
        inner = self.node(children[0]) if len(children) == 1 else self.render(children)
        return f"{start}{inner}</{tag}>"

    def special_element(self, node: Element) -> str:
        """Return one of the :attr:`special_tags` with its children."""
        return self.element(node)

    def image(self, node: Image) -> str:
        """Return an image, or words in its place."""
        path = self.media.path(node)
        source = self.file_url(path) if path is not None else node.url if node.url.startswith("http") else ""
        if not source:
            return self.escape_text(f"{node.alt} {phrase('missing_picture', self.language)}".strip())
        size = f' width="{node.width}"' if node.width else ""
        size += f' height="{node.height}"' if node.height else ""
        return f'<img src="{self.escape_attribute(source)}" alt="{self.escape_attribute(node.alt)}"{size}>'

    def math(self, node: Math) -> str:
        r"""Return mathematics: ``\(…\)``, which MathJax shows, or MathML."""
        if node.latex is None:
            return node.mathml or ""
        before, after = ("\\[", "\\]") if node.display else ("\\(", "\\)")
        return self.escape_text(f"{before}{node.latex}{after}")

    def attachment(self, node: Attachment) -> str:
        """Return a link to a file beside the text."""
        path = self.media.path(node)
        source = self.file_url(path) if path is not None else node.url
        title = self.escape_text(node.title or "file")
        return f'<a href="{self.escape_attribute(source)}">{title}</a>' if source else title

    def blank(self, node: Blank) -> str:
        """Return a place to fill in."""
        return f"{node.index + 1}:\u202f_____"

    def file_url(self, path: str) -> str:
        """Return how texts name a file of the package."""
        return quote(path)

    def escape_attribute(self, value: str) -> str:
        """Return an attribute's value, escaped."""
        return value if value.isalnum() else escape_html(value)

    def _special(self, node: Node) -> str:
        match node:
            case Image():
                return self.image(node)
            case Math():
                return self.math(node)
            case Attachment():
                return self.attachment(node)
            case PageClipping():
                return self.image(Image(node.image_url))
            case Blank():
                return self.blank(node)
        return ""

    def _attributes(self, attributes: Attributes) -> str:
        markup = ""
        for name, value in attributes:
            markup += f' {name}="{self.escape_attribute(value)}"'
        return markup


def without_delimiters(text: str) -> str:
    r"""Return text that MathJax leaves alone: an invisible joiner divides ``$$``, ``\(`` and ``\[``."""
    return _DELIMITER.sub(f"\\1{_WORD_JOINER}", text)


def latex_without_tags(latex: str) -> str:
    """Return LaTeX in which no ``<`` begins a tag once an importer has unescaped it; the space changes no formula."""
    return _TAG_START.sub("< ", latex) if "<" in latex else latex
