"""Text direction by Unicode's isolating characters, where QTI has no attribute for it."""

from __future__ import annotations

from lti_tool.exam.richtext import Element

ISOLATES = {"ltr": "\u2066", "rtl": "\u2067", "auto": "\u2068"}
"""The character that opens a text of each direction."""

_POP = "\u2069"


def direction_of(node: Element) -> str | None:
    """Return the direction in an element's ``dir`` attribute."""
    for name, value in node.attributes:
        if name == "dir" and value in ISOLATES:
            return value
    return None


def isolated(inner: str, direction: str) -> str:
    """Return text between isolating characters; a line break ends their reach, so they are repeated after it."""
    opening = ISOLATES[direction]
    return opening + inner.replace("<br/>", f"{_POP}<br/>{opening}") + _POP
