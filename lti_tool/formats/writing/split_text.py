"""Long texts in pieces: an LMS may refuse a text over a size (Canvas: 16,384 characters), so it is cut between blocks.

Never inside markup: every piece is a tree of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lti_tool.exam.richtext import Attachment, Blank, Element, Image, Math, Node

Measure = Callable[[Node], int]
"""Size of a node in the target, in the unit of its limit."""

_WORD = re.compile(r"\s*\S{1,200}|\s+")


def split_nodes(nodes: Iterable[Node], measure: Measure, limit: int) -> list[tuple[Node, ...]]:
    """Return ``nodes`` in groups of at most ``limit``; one group if they fit. Blanks and images stay whole."""
    groups: list[tuple[Node, ...]] = []
    group: list[Node] = []
    room = limit
    for node in nodes:
        for piece in _pieces(node, measure, limit):
            size = measure(piece)
            if group and size > room:
                groups.append(tuple(group))
                group, room = [], limit
            group.append(piece)
            room -= size
    return [*groups, tuple(group)] if group or not groups else groups


def _pieces(node: Node, measure: Measure, limit: int) -> list[Node]:
    if measure(node) <= limit:
        return [node]
    match node:
        case Element():
            return _element(node, measure, limit)
        case str():
            return _words(node, measure, limit)
        case Math(latex, mathml):
            return _words(latex if latex is not None else re.sub(r"<[^>]*>", " ", mathml or ""), measure, limit)
        case Image(alt=alt) | Attachment(title=alt):
            return _words(alt, measure, limit)
    return [node] if isinstance(node, Blank) else []


def _element(node: Element, measure: Measure, limit: int) -> list[Node]:
    frame = Element(node.tag, node.attributes, ())
    if measure(frame) > limit // 64:
        frame = Element(node.tag, (), ())
    groups = split_nodes(node.children, measure, limit - measure(frame))
    return [Element(frame.tag, frame.attributes, group) for group in groups]


def _words(text: str, measure: Measure, limit: int) -> list[Node]:
    pieces: list[Node] = []
    words: list[str] = []
    room = limit
    for word in _WORD.findall(text):
        size = measure(word)
        if words and size > room:
            pieces.append("".join(words))
            words, room = [], limit
        words.append(word)
        room -= size
    return [*pieces, "".join(words)] if words else pieces
