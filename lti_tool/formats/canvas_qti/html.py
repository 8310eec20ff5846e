"""HTML as Canvas takes it. Facts: qti-targets §2 "Dialect recipes", and the package that both of its engines read."""

from __future__ import annotations

from urllib.parse import quote

from lti_tool.exam.richtext import Blank, Element, Image, Math, PageClipping, RichText, Text
from lti_tool.formats.html import HtmlRenderer

FILE_BASE = "$IMS-CC-FILEBASE$/"
LONGEST_EQUATION = 1_000
"""Characters of LaTeX that still go into the address of an equation image."""

_SIGNS = str.maketrans({"<": "＜", ">": "＞"})


class CanvasHtml(HtmlRenderer):
    """Files by ``$IMS-CC-FILEBASE$``, mathematics as equation images (the safest form in Classic)."""

    def address(self, path: str) -> str:
        """Return how texts name a file of the package."""
        return FILE_BASE + quote(path)

    def math(self, node: Math) -> str:
        r"""Return an equation image; MathML as it is; very long LaTeX as ``\(…\)``."""
        if node.latex is None or len(node.latex) > LONGEST_EQUATION:
            return super().math(node)
        latex = self.attribute(node.latex)
        source = quote(node.latex, safe="").replace("%", "%25")  # quoted twice
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

    def characters(self, value: str) -> str:
        """Return plain characters; brackets as character references."""
        return _brackets(super().characters(value))

    def attribute(self, value: str) -> str:
        """Return an attribute's value; brackets as character references."""
        return _brackets(super().attribute(value))


def _brackets(html: str) -> str:
    return html.replace("[", "&#91;").replace("]", "&#93;")


def has_pictures(text: RichText) -> bool:
    """Tell whether a text loses something where only plain text is shown."""
    return any(isinstance(node, Image | PageClipping) for node in text.walk())


def plain_label(text: RichText) -> str:
    r"""Return a text for places where Canvas keeps no markup: mathematics as ``\(…\)``, no sign that looks like a tag.

    Classic shows it as it stands, New Quizzes reads it as HTML; so neither ``<`` nor an ``&`` that starts a character
    reference may be in it. Only shown, never compared.
    """
    parts: list[str] = []
    _gather(text, parts)
    label = " ".join("".join(parts).split()).translate(_SIGNS)
    return label.replace("&", "＆") if "&" in label and ";" in label else label


def _gather(text: RichText, parts: list[str]) -> None:
    for node in text.nodes:
        if isinstance(node, Math) and node.latex is not None:
            latex = node.latex.replace("<", "\\lt ").replace(">", "\\gt ")
            parts.append(f"\\({latex}\\)")
        elif isinstance(node, Text):
            parts.append(node.value)
        elif isinstance(node, Element):
            _gather(RichText(node.children), parts)
            parts.append(" " if node.tag not in {"sub", "sup", "strong", "em", "b", "i", "u", "span", "a"} else "")
        else:
            parts.append(RichText((node,)).plain_text())
