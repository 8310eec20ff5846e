"""HTML as Moodle takes it: files by ``@@PLUGINFILE@@``, mathematics for its MathJax filter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import basename
from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Math
from lti_tool.formats.writing.html import HtmlRenderer
from lti_tool.formats.writing.media import MediaFiles

_LINE = re.compile("_{5,}")
_WIDTH = 18
_PLUGIN_FILE = "@@PLUGINFILE@@"


class MoodleHtml(HtmlRenderer):
    """Remembers which files a text shows, since Moodle wants them beside that very text."""

    def __init__(self, media: MediaFiles, language: str | None) -> None:
        super().__init__(media, language)
        self._shown: dict[str, None] = {}

    def file_url(self, path: str) -> str:
        """Return how a text names a file that stands beside it."""
        self._shown[path] = None
        return f"{_PLUGIN_FILE}/{quote(basename(path))}"

    def shown(self) -> tuple[str, ...]:
        """Return the files of what was rendered since the last call, each once."""
        if not self._shown:
            return ()
        found = tuple(self._shown)
        self._shown.clear()
        return found

    def escape_text(self, value: str) -> str:
        """Return plain characters; none of them as the name of a file."""
        html = super().escape_text(value)
        return html.replace(_PLUGIN_FILE, "&#64;@PLUGINFILE@@") if _PLUGIN_FILE in html else html


class LineHtml(MoodleHtml):
    """For a text with one blank: a line, in whose place Moodle puts the field of a short answer, about as wide.

    It takes the first line of five underscores or more, so no other may be as long.
    """

    def blank(self, node: Blank) -> str:
        """Return the line."""
        return "_" * _WIDTH

    def escape_text(self, value: str) -> str:
        """Return plain characters, lines shortened."""
        return _LINE.sub("____", super().escape_text(value))

    def escape_attribute(self, value: str) -> str:
        """Return an attribute's value, lines shortened; in an address they are written in another way."""
        if value.startswith("http"):
            return super().escape_attribute(_LINE.sub(lambda line: "%5F" * len(line[0]), value))
        return _LINE.sub("____", super().escape_attribute(value))


class GapHtml(MoodleHtml):
    """For a text with gaps: what stands in ``gaps`` goes into its blanks.

    No other brace or double bracket may look like a gap (facts: qti-targets §3, "cloze braces").
    """

    gaps: Sequence[str] = ()

    def blank(self, node: Blank) -> str:
        """Return the gap."""
        return self.gaps[node.index]

    def escape_text(self, value: str) -> str:
        """Return plain characters; opening braces and brackets as character references."""
        return _plain(super().escape_text(value))

    def escape_attribute(self, value: str) -> str:
        """Return an attribute's value; opening braces and brackets as character references."""
        return _plain(super().escape_attribute(value))

    def math(self, node: Math) -> str:
        """Return mathematics; opening braces and brackets as character references."""
        return _plain(super().math(node))


def _plain(html: str) -> str:
    return html.replace("{", "&#123;").replace("[", "&#91;") if "{" in html or "[" in html else html
