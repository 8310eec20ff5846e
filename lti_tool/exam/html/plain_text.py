"""Plain text to a tree: every character stays; lines and indentation stay visible; formulas are recognised."""

from __future__ import annotations

import re

from lti_tool.exam.html.formulas import split_mathematics
from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.richtext import Element, Math, Node, RichText

BREAK = Element("br", (), ())

_INDENTATION = re.compile(r"^[ \t]+|(?<=[^ \t])(?: {2,}|[ \t]*\t[ \t]*)(?=\S)", re.MULTILINE)
_HAS_LINES = re.compile(r"<(?:br|p|div|[uod]l|h[1-6r]|table|pre|blockquote|math|section|figure)[\s/>]", re.IGNORECASE)
_OUTSIDE_TEXT = re.compile(r"(<inline-math[^<>]*>[^<]*</inline-math>|<[^<>]*>)")
_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")
_TAB = "    "


def parse_plain_text(text: str, *, is_option: bool = False) -> RichText:
    """Return plain text as a tree. An option keeps its indentation even if it is a single line."""
    text = remove_forbidden_characters(text)
    words = text.strip()
    if "\n" not in words and "\r" not in words and not (is_option and text[:1] in "\t " and _is_indented(text)):
        return RichText(tuple(split_mathematics(words))) if "$" in words or "\\" in words else RichText.plain(words)
    lines = _with_visible_indentation(_BLANK_LINES.sub("", text.rstrip()))
    return RichText(tuple(_lines(split_mathematics(lines))))


def has_line_elements(html: str) -> bool:
    """Return whether HTML has blocks or line breaks, so that the ends of its own lines mean nothing."""
    return _HAS_LINES.search(html) is not None


def keep_lines(html: str) -> str:
    """Return HTML in which the lines of its text are kept as in plain text, if it has no block and no line break."""
    html = html.strip()
    if "\n" not in html or has_line_elements(html):
        return html
    parts = _OUTSIDE_TEXT.split(html)
    parts[::2] = [_with_visible_indentation(part).replace("\n", "<br>") for part in parts[::2]]
    return "".join(parts)


def _is_indented(text: str) -> bool:
    return bool(text.strip()) and text.startswith(("  ", "\t"))


def _with_visible_indentation(text: str) -> str:
    """Return text with no-break spaces where HTML would fold spaces that mean something."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INDENTATION.sub(lambda spaces: "\xa0" * len(spaces[0].replace("\t", _TAB)), text)


def _lines(nodes: list[Node]) -> list[Node]:
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, Math):
            result.append(Math((node.latex or "").replace("\xa0", " "), None, node.display))
        if not isinstance(node, str):
            continue
        first, *later_lines = node.split("\n")
        result += [first] if first else []
        for line in later_lines:
            result += [BREAK, line.rstrip(" ")] if line.rstrip(" ") else [BREAK]
    return result
