"""HTML for Moodle: files by ``@@PLUGINFILE@@``, mathematics for its MathJax filter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import basename
from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Math
from lti_tool.formats.writing.html import HtmlRenderer
from lti_tool.formats.writing.media import MediaPaths

_UNDERSCORES = re.compile("_{5,}")
_FIELD_WIDTH = 18
"""Underscores in the line of a short answer, and about the width of its field."""

_PLUGIN_FILE = "@@PLUGINFILE@@"


class MoodleHtml(HtmlRenderer):
    """Renders one text."""

    def file_url(self, path: str) -> str:
        """Return the address of a file beside the text."""
        return f"{_PLUGIN_FILE}/{quote(basename(path))}"

    def escape_text(self, value: str) -> str:
        """Return escaped text that Moodle does not read as the address of a file."""
        html = super().escape_text(value)
        return html.replace(_PLUGIN_FILE, "&#64;@PLUGINFILE@@") if _PLUGIN_FILE in html else html


class ShortAnswerHtml(MoodleHtml):
    """Renders a text with one blank: a line of underscores, where Moodle puts the field of a short answer.

    It replaces the first run of five underscores or more, so runs in the text are shortened.
    """

    def blank(self, node: Blank) -> str:
        """Return the line."""
        return "_" * _FIELD_WIDTH

    def escape_text(self, value: str) -> str:
        """Return escaped text with shorter runs of underscores."""
        return _UNDERSCORES.sub("____", super().escape_text(value))

    def escape_attribute(self, value: str) -> str:
        """Return an escaped attribute value with shorter runs of underscores; an address has them percent-encoded."""
        if value.startswith("http"):
            return super().escape_attribute(_UNDERSCORES.sub(lambda run: "%5F" * len(run[0]), value))
        return _UNDERSCORES.sub("____", super().escape_attribute(value))


class GapHtml(MoodleHtml):
    """Renders a text with ``gaps`` in its blanks.

    No other brace or double bracket may look like a gap (see docs/reference/importers.md#moodle-xml).
    """

    def __init__(self, media: MediaPaths, language: str | None, gaps: Sequence[str]) -> None:
        super().__init__(media, language)
        self._gaps = gaps

    def blank(self, node: Blank) -> str:
        """Return the gap."""
        return self._gaps[node.index]

    def escape_text(self, value: str) -> str:
        """Return escaped text; opening braces and brackets become character references."""
        return _without_gap_marks(super().escape_text(value))

    def escape_attribute(self, value: str) -> str:
        """Return an escaped attribute value; opening braces and brackets become character references."""
        return _without_gap_marks(super().escape_attribute(value))

    def math(self, node: Math) -> str:
        """Return mathematics; opening braces and brackets become character references."""
        return _without_gap_marks(super().math(node))


def _without_gap_marks(html: str) -> str:
    return html.replace("{", "&#123;").replace("[", "&#91;") if "{" in html or "[" in html else html
