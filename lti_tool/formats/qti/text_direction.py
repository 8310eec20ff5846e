"""The direction in which a text runs, said by signs of Unicode where no attribute may say it."""

from __future__ import annotations

from lti_tool.exam.richtext import Element

ISOLATES = {"ltr": "\u2066", "rtl": "\u2067", "auto": "\u2068"}
"""The sign that opens a text of each direction."""

_POP = "\u2069"


def direction_of(node: Element) -> str | None:
    """Return the direction that an element says it has."""
    for name, value in node.attributes:
        if name == "dir" and value in ISOLATES:
            return value
    return None


def isolated(inner: str, direction: str) -> str:
    """Return text between isolating signs; a line break ends their reach, so they are set anew after it."""
    opened = ISOLATES[direction]
    return opened + inner.replace("<br/>", f"{_POP}<br/>{opened}") + _POP
