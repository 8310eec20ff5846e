"""HTML for readers of a cartridge, written so that Moodle's restore keeps its meaning.

Moodle reads a question's text as Latin-1, though it is UTF-8, and unescapes character references once too often (its
entities.class.php: ``update_sources``, ``safexml``; run in PHP 8.2). So every other character is a reference, and no
character is where it would become markup. Other systems show the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Image, Math
from lti_tool.formats.writing.html import HtmlRenderer, latex_without_tags
from lti_tool.formats.writing.media import MediaPaths

WEB_RESOURCES = "web_resources"
"""Folder of the package's files."""

_NO_DESCRIPTION = " "
"""Says nothing, but is not empty."""

_WORD_JOINER = "\u2060"
"""Invisible; separates characters that would read as a tag or as a character reference together."""

REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_ESCAPED_TAG = re.compile(r"&lt;(?=[A-Za-z/!?])")
_ESCAPED_REFERENCE = re.compile(r"&amp;(?=#?[A-Za-z0-9]+;)")


class CartridgeHtml(HtmlRenderer):
    """Files by their path from the assessment's folder, as Moodle and Sakai resolve them.

    ``numbered`` says whether blanks show their numbers.
    """

    def __init__(self, media: MediaPaths, language: str | None, *, numbered: bool = True) -> None:
        super().__init__(media, language)
        self._numbered = numbered

    def file_url(self, path: str) -> str:
        """Return the address of a file of the package."""
        return f"$IMS-CC-FILEBASE$../{WEB_RESOURCES}/{quote(path)}"

    def escape_text(self, value: str) -> str:
        """Return text that survives being unescaped twice."""
        html = super().escape_text(value)
        if "&" not in html:
            return html
        return _ESCAPED_REFERENCE.sub(f"&amp;{_WORD_JOINER}", _ESCAPED_TAG.sub(f"&lt;{_WORD_JOINER}", html))

    def escape_attribute(self, value: str) -> str:
        """Return an attribute value; a straight quotation mark would end it once it is unescaped."""
        return super().escape_attribute(escape_references(value.replace('"', "”")))

    def image(self, node: Image) -> str:
        """Return an image; without a title and alternative text, Moodle would show its file name."""
        html = super().image(node if node.alt else replace(node, alt=_NO_DESCRIPTION))
        return html.replace("<img ", f'<img title="{_NO_DESCRIPTION}" ', 1) if html.startswith("<img ") else html

    def math(self, node: Math) -> str:
        """Return mathematics without characters that could become tags."""
        if node.latex is None:
            return super().math(node)
        return super().math(Math(latex_without_tags(node.latex), None, node.display))

    def blank(self, node: Blank) -> str:
        """Return a line to fill in, with its number if there are several."""
        return super().blank(node) if self._numbered else "_____"


def escape_references(text: str) -> str:
    """Return plain text, for titles, in which nothing reads as a character reference."""
    return REFERENCE.sub(f"&{_WORD_JOINER}", text) if "&" in text else text


def in_ascii(html: str) -> str:
    """Return HTML with a reference for every character that is not ASCII."""
    return html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode("ascii")
