"""HTML as Canvas takes it. Facts: qti-targets §2 "Dialect recipes", and the package that both of its engines read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Math
from lti_tool.formats.writing.html import HtmlRenderer, latex_without_angle_brackets

FILE_BASE = "$IMS-CC-FILEBASE$/"
LONGEST_EQUATION = 1_000
"""Characters of LaTeX that still go into the address of an equation image."""

_NAMED = re.compile(r"\[(?=[A-Za-z0-9_.\-]+\])")
"""What New Quizzes takes for a blank wherever it stands, also in a formula such as ``\\sqrt[3]{x}``."""


class CanvasHtml(HtmlRenderer):
    """Files by ``$IMS-CC-FILEBASE$``, mathematics as equation images (the safest form in Classic)."""

    tag_replacements: ClassVar[Mapping[str, str]] = {"s": "del"}

    def file_url(self, path: str) -> str:
        """Return how texts name a file of the package."""
        return FILE_BASE + quote(path)

    def math(self, node: Math) -> str:
        r"""Return an equation image; MathML as it is; very long LaTeX as ``\(…\)``."""
        if node.latex is None or len(node.latex) > LONGEST_EQUATION:
            return super().math(node)
        shown = latex_without_angle_brackets(node.latex)
        latex = self.escape_attribute(shown)
        source = quote(shown, safe="").replace("%", "%25")  # quoted twice
        image = (
            f'<img class="equation_image" title="{latex}" src="/equation_images/{source}" '
            f'alt="LaTeX: {latex}" data-equation-content="{latex}">'
        )
        return f'<span style="display: block; text-align: center">{image}</span>' if node.display else image


class CanvasBlanks(CanvasHtml):
    """For a text with blanks: a blank is ``[name]``, so that no other bracket may look like one."""

    names: tuple[str, ...] = ()

    def blank(self, node: Blank) -> str:
        """Return the blank's name in brackets; a line where the question has no names (it is only measured)."""
        return f"[{self.names[node.index]}]" if node.index < len(self.names) else super().blank(node)

    def escape_text(self, value: str) -> str:
        """Return plain characters; brackets as character references."""
        return _brackets(super().escape_text(value))

    def escape_attribute(self, value: str) -> str:
        """Return an attribute's value, in which nothing looks like a blank; a space there changes no formula."""
        if value.startswith("http"):
            value = value.replace("[", "%5B").replace("]", "%5D")
        return super().escape_attribute(_NAMED.sub("[ ", value))


def _brackets(html: str) -> str:
    return html.replace("[", "&#91;").replace("]", "&#93;")
