"""The length of a text as Canvas counts it: in characters (see docs/reference/importers.md#long-texts)."""

from __future__ import annotations

from lti_tool.exam.richtext import Node
from lti_tool.formats.writing.html import HtmlRenderer

_FILE_URL_GROWTH = 120
"""Characters by which the address of an image may grow when Canvas imports it."""


def size_of_html(html: str) -> int:
    """Return the most characters that a text may have in Canvas."""
    return len(html) + _FILE_URL_GROWTH * html.count("<img")


def size_of_nodes(nodes: tuple[Node, ...], html: HtmlRenderer) -> int:
    """Return the most characters that nodes may have in Canvas."""
    return sum(size_of_html(html.node(node)) for node in nodes)
