"""HTML for readers of a cartridge, written so that Moodle's restore keeps its meaning.

Moodle reads a question's text as Latin-1, though it is UTF-8, and unescapes character references once too often (its
entities.class.php: ``update_sources``, ``safexml``; run in PHP 8.2). So every other character is a reference, and no
character is where it would become markup. It also drops white space between two tags, and makes of each newline a line
break (its ``text_to_html``). So none of them is written: see docs/reference/moodle.md#common-cartridge. Other systems
show the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar
from urllib.parse import quote

from lti_tool.exam.richtext import BLOCKS, Blank, Element, Image, Math, Node
from lti_tool.formats.writing.html import HtmlRenderer, latex_without_tags
from lti_tool.formats.writing.media import MediaPaths

WEB_RESOURCES = "web_resources"
"""Folder of the package's files."""

_NO_DESCRIPTION = " "
"""Invisible, but not empty."""

_WORD_JOINER = "\u2060"
"""Invisible; separates characters that would read as a tag or as a character reference together."""

REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_ESCAPED_TAG = re.compile(r"&lt;(?=[A-Za-z/!?])")
_SPACE_BETWEEN_TAGS = re.compile(r"(?:\A|(?<=&gt;))(?=\s+(?:&lt;|\Z))")
"""Before white space that Moodle would drop: it unescapes the text first."""
_ESCAPED_REFERENCE = re.compile(r"&amp;(?=#?[A-Za-z0-9]+;)")


class CartridgeHtml(HtmlRenderer):
    """Files by their path from the assessment's folder, as Moodle and Sakai resolve them.

    ``numbered`` says whether blanks show their numbers.
    """

    special_tags: ClassVar[frozenset[str]] = frozenset({"pre"})

    def __init__(self, media: MediaPaths, language: str | None, *, numbered: bool = True) -> None:
        super().__init__(media, language)
        self._numbered = numbered

    def file_url(self, path: str) -> str:
        """Return the address of a file of the package."""
        return f"$IMS-CC-FILEBASE$../{WEB_RESOURCES}/{quote(path)}"

    def render(self, nodes: Iterable[Node]) -> str:
        """Return HTML; meaningless white space between blocks is left out."""
        nodes = tuple(nodes)
        spaces = [node for node in nodes if isinstance(node, str) and node.isspace()]
        if spaces and any(isinstance(node, Element) and node.tag in BLOCKS for node in nodes):
            nodes = tuple([node for node in nodes if node not in spaces])
        return super().render(nodes)

    def special_element(self, node: Element) -> str:
        """Return preformatted text; its lines become elements, for there must be no newline."""
        return _PreformattedHtml(self.media, self.language, numbered=self._numbered).element(_with_lines(node))

    def escape_text(self, value: str) -> str:
        """Return text that survives being unescaped twice, without newlines, and not of white space alone."""
        if not ("&" in value or "<" in value or ">" in value or "\n" in value or value[:1].isspace()):
            return value
        return _keep_space(_escape(super().escape_text(value)).replace("\n", " "))

    def escape_attribute(self, value: str) -> str:
        """Return an attribute value; a straight quotation mark would end it once it is unescaped."""
        if value.isalnum():
            return value
        return super().escape_attribute(escape_references(value.replace('"', "”").replace("\n", " ")))

    def image(self, node: Image) -> str:
        """Return an image; without a title and alternative text, Moodle would show its file name."""
        html = super().image(node if node.alt else replace(node, alt=_NO_DESCRIPTION))
        return html.replace("<img ", f'<img title="{_NO_DESCRIPTION}" ', 1) if html.startswith("<img ") else html

    def math(self, node: Math) -> str:
        """Return mathematics without characters that could become tags."""
        if node.latex is None:
            return super().math(node).replace("\n", " ")
        return super().math(Math(latex_without_tags(node.latex).replace("\n", " "), None, node.display))

    def blank(self, node: Blank) -> str:
        """Return a line to fill in, with its number if there are several."""
        return super().blank(node) if self._numbered else "_____"


class _PreformattedHtml(CartridgeHtml):
    """For the inside of ``<pre>``, where newlines and white space count."""

    special_tags: ClassVar[frozenset[str]] = frozenset()

    def render(self, nodes: Iterable[Node]) -> str:
        return HtmlRenderer.render(self, nodes)

    def escape_text(self, value: str) -> str:
        return "<br>".join(map(_keep_space, _escape(HtmlRenderer.escape_text(self, value)).split("\n")))


def _with_lines(node: Element) -> Element:
    """Return preformatted text with a block for each line; with ``<br>``, Moodle doubles the space between them.

    Text with markup in it stays as it is.
    """
    if len(node.children) == 1 and isinstance(code := node.children[0], Element):
        return Element(node.tag, node.attributes, (_with_lines(code),))
    if not all(isinstance(child, str) for child in node.children):
        return node
    lines = "".join(child for child in node.children if isinstance(child, str)).removesuffix("\n").split("\n")
    if len(lines) == 1:
        return node
    style = (("style", "display: block"),)
    blocks = tuple(Element("span", style, (line or _WORD_JOINER,)) for line in lines)
    return Element(node.tag, node.attributes, blocks)


def _keep_space(html: str) -> str:
    """Return escaped text without white space between two characters that read as tags."""
    if "&gt;" not in html and not html[:1].isspace():
        return html
    return _SPACE_BETWEEN_TAGS.sub(_WORD_JOINER, html)


def _escape(html: str) -> str:
    """Return escaped text in which nothing becomes a tag or a reference when it is unescaped once more."""
    if "&" not in html:
        return html
    return _ESCAPED_REFERENCE.sub(f"&amp;{_WORD_JOINER}", _ESCAPED_TAG.sub(f"&lt;{_WORD_JOINER}", html))


def escape_references(text: str) -> str:
    """Return plain text, for titles, in which nothing reads as a character reference."""
    return REFERENCE.sub(f"&{_WORD_JOINER}", text) if "&" in text else text


def in_ascii(html: str) -> str:
    """Return HTML with a reference for every character that is not ASCII."""
    return html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode("ascii")
