"""HTML for Canvas. See docs/reference/importers.md#canvas-qti-12, and a package that both of its engines imported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar
from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Element, Math
from lti_tool.formats.writing.html import HtmlRenderer, latex_without_tags
from lti_tool.formats.writing.media import MediaPaths

FILE_BASE = "$IMS-CC-FILEBASE$/"
MAX_EQUATION_LENGTH = 1_000
"""Characters of LaTeX that still fit into the address of an equation image."""

_BRACKETED_NAME = re.compile(r"\[(?=[A-Za-z0-9_.\-]+\])")
"""New Quizzes takes this for a blank in any attribute, even of a formula such as ``\\sqrt[3]{x}``, and escapes it."""

_COMPLEX = re.compile(r"(?<![>\]\\])\[(?=[A-Za-z0-9_.\-]+\])")
"""A bracketed name that is no label of an arrow and no space after a line: in mhchem, a complex such as ``[Cu]^2+``."""

_QUOTED_TWICE = {code: quote(quote(chr(code), safe=""), safe="") for code in range(128)}
"""What becomes of each ASCII character in the address of an equation image."""


class CanvasHtml(HtmlRenderer):
    """Files by ``$IMS-CC-FILEBASE$``, mathematics as equation images (the safest form in Classic Quizzes)."""

    tag_replacements: ClassVar[Mapping[str, str]] = {"s": "del"}
    special_tags: ClassVar[frozenset[str]] = frozenset({"mark"})

    def file_url(self, path: str) -> str:
        """Return the address of a file of the package."""
        return FILE_BASE + quote(path)

    def special_element(self, node: Element) -> str:
        """Return a highlight, which Classic Quizzes doesn't know, as a background colour."""
        attributes = {"style": "background-color: yellow", **dict(node.attributes)}
        return self.element(Element("span", tuple(attributes.items()), node.children))

    def math(self, node: Math) -> str:
        r"""Return an equation image; MathML unchanged; very long LaTeX as ``\(…\)``."""
        if node.latex is None or len(node.latex) > MAX_EQUATION_LENGTH:
            return super().math(node)
        latex = _without_bracketed_names(latex_without_tags(node.latex))
        attribute = self.escape_attribute(latex)
        path = latex.translate(_QUOTED_TWICE) if latex.isascii() else quote(quote(latex, safe=""), safe="")
        image = (
            f'<img class="equation_image" title="{attribute}" src="/equation_images/{path}" '
            f'alt="LaTeX: {attribute}" data-equation-content="{attribute}">'
        )
        return f'<span style="display: block; text-align: center">{image}</span>' if node.display else image

    def escape_attribute(self, value: str) -> str:
        """Return an escaped attribute value without bracketed names."""
        if value.isalnum():
            return value
        if value.startswith("http"):
            value = value.replace("[", "%5B").replace("]", "%5D")
        return super().escape_attribute(_BRACKETED_NAME.sub("[ ", value))


def _without_bracketed_names(latex: str) -> str:
    """Return LaTeX that looks the same: a space changes no formula and no label of an arrow, but mhchem's complexes."""
    if "[" not in latex:
        return latex
    return _BRACKETED_NAME.sub("[ ", _COMPLEX.sub("[{}", latex) if "\\ce" in latex else latex)


class CanvasBlanksHtml(CanvasHtml):
    """For a text with blanks: a blank is ``[name]``, so no other bracket may look like one."""

    def __init__(self, media: MediaPaths, language: str | None, names: Sequence[str] = ()) -> None:
        super().__init__(media, language)
        self._names = names

    def blank(self, node: Blank) -> str:
        """Return the blank's name in brackets; without names (while measuring), a line."""
        return f"[{self._names[node.index]}]" if node.index < len(self._names) else super().blank(node)

    def escape_text(self, value: str) -> str:
        """Return escaped text; brackets as character references."""
        return super().escape_text(value).replace("[", "&#91;").replace("]", "&#93;")
