"""HTML as readers of a cartridge take it, so that Moodle's restore leaves of it what it says.

Moodle reads a question's text as Latin-1, though it is UTF-8, and undoes character references once too often (its
entities.class.php: ``update_sources``, ``safexml``; run in PHP 8.2). So every other character is a reference, and no
sign stands where it would become markup. Other systems show the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Image, Math
from lti_tool.formats.writing.html import HtmlRenderer, latex_without_angle_brackets

WEB_RESOURCES = "web_resources"
"""Folder of the package that holds its files."""

_SILENT = " "
"""Says nothing, and is not nothing."""

_JOINER = "\u2060"
"""Seen by nobody: keeps signs apart that would read as a tag or as a character reference together."""

REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_TAG = re.compile(r"&lt;(?=[A-Za-z/!?])")
_REFERENCE = re.compile(r"&amp;(?=#?[A-Za-z0-9]+;)")


class CartridgeHtml(HtmlRenderer):
    """Files by their way from the assessment's folder, as Moodle and Sakai resolve them.

    ``numbered`` says whether blanks show their numbers.
    """

    numbered = True

    def file_url(self, path: str) -> str:
        """Return how texts name a file."""
        return f"$IMS-CC-FILEBASE$../{WEB_RESOURCES}/{quote(path)}"

    def escape_text(self, value: str) -> str:
        """Return plain characters, escaped so that they may be unescaped once more."""
        html = super().escape_text(value)
        if "&" not in html:
            return html
        return _REFERENCE.sub(f"&amp;{_JOINER}", _TAG.sub(f"&lt;{_JOINER}", html))

    def escape_attribute(self, value: str) -> str:
        """Return an attribute's value; a quotation mark in it would end it once it is unescaped."""
        return super().escape_attribute(named(value.replace('"', "”")))

    def image(self, node: Image) -> str:
        """Return an image; Moodle would call one without title or alternative text by the name of its file."""
        html = super().image(node if node.alt else replace(node, alt=_SILENT))
        return html.replace("<img ", f'<img title="{_SILENT}" ', 1) if html.startswith("<img ") else html

    def math(self, node: Math) -> str:
        """Return mathematics without signs that could become tags."""
        return super().math(
            node if node.latex is None else Math(latex_without_angle_brackets(node.latex), None, node.display)
        )

    def blank(self, node: Blank) -> str:
        """Return a line to fill in, with its number if there are several."""
        return super().blank(node) if self.numbered else "_____"


def named(text: str) -> str:
    """Return plain text for titles, in which nothing reads as a character reference."""
    return REFERENCE.sub(f"&{_JOINER}", text) if "&" in text else text


def in_ascii(html: str) -> str:
    """Return HTML with a reference for every character that is not ASCII."""
    return html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode("ascii")
