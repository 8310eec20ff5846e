"""Reshape rich text to QTI's content models: elements are moved, never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lti_tool.exam.richtext import BLOCKS, Element, Node
from lti_tool.exam.value import value

CELLS = frozenset({"td", "th"})

_ROW_GROUPS = ("thead", "tfoot", "tbody")
"""In the order in which a table holds them."""

_BREAK = Element("br", (), ())

Piece = list[Node] | Element
"""A run of inline content, or a block."""


def is_block(node: Node) -> bool:
    """Return whether a node is a block, or an inline element that holds one."""
    return isinstance(node, Element) and (node.tag in BLOCKS or not is_inline(node.children))


def is_white_space(nodes: Iterable[Node]) -> bool:
    """Return whether nodes are white space only."""
    return all(isinstance(node, str) and not node.strip() for node in nodes)


def pieces(nodes: Iterable[Node]) -> Iterator[Piece]:
    """Divide nodes into runs of inline content and blocks; inline elements that hold blocks go inside the blocks."""
    run: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element):
            run.append(node)
            continue
        for part in _with_blocks_outside(node):
            if isinstance(part, Element) and part.tag in BLOCKS:
                if run:
                    yield run
                    run = []
                yield part
            else:
                run.append(part)
    if run:
        yield run


def list_items(nodes: Iterable[Node]) -> Iterator[Element]:
    """Return the content of a list as ``li`` elements only."""
    run: list[Node] = []
    for node in nodes:
        if not (isinstance(node, Element) and node.tag == "li"):
            run.append(node)
            continue
        if not is_white_space(run):
            yield Element("li", (), tuple(run))
        run = []
        yield node
    if not is_white_space(run):
        yield Element("li", (), tuple(run))


def without_trailing_breaks(run: list[Node]) -> list[Node]:
    """Remove line breaks at the end of a run that becomes a paragraph."""
    while run and isinstance(run[-1], Element) and run[-1].tag == "br":
        run = run[:-1]
    return run


def is_inline(nodes: Sequence[Node]) -> bool:
    """Return whether nodes neither are nor hold blocks."""
    return not any(isinstance(node, Element) and is_block(node) for node in nodes)


def flattened(nodes: Sequence[Node]) -> Sequence[Node]:
    """Return nodes as inline content only: each block begins on a new line instead."""
    if is_inline(nodes):
        return nodes
    inline: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element) or not is_block(node):
            inline.append(node)
        elif node.tag in BLOCKS:
            inline += [_BREAK, *flattened(node.children)] if inline else flattened(node.children)
        else:
            inline.append(Element(node.tag, node.attributes, tuple(flattened(node.children))))
    return inline


def _with_blocks_outside(node: Element) -> Iterable[Node]:
    """Return ``<b>x<p>y</p></b>`` as ``<b>x</b><p><b>y</b></p>``; other elements unchanged."""
    return _inside_out(node) if node.tag not in BLOCKS and is_block(node) else (node,)


def _inside_out(node: Element) -> Iterator[Node]:
    for piece in pieces(node.children):
        if not isinstance(piece, Element):
            yield Element(node.tag, node.attributes, tuple(piece))
        elif piece.tag == "hr":
            yield piece
        else:
            inner = Element(node.tag, node.attributes, piece.children)
            yield Element(piece.tag, piece.attributes, tuple(_with_blocks_outside(inner)))


@value
class Table:
    """The parts of a table: rows by their group, and ``misplaced`` content, which no table may hold."""

    captions: Sequence[Element]
    rows: Mapping[str, Sequence[Element]]
    misplaced: Sequence[Node]


def table(children: Iterable[Node]) -> Table:
    """Sort the children of a table; every row has at least one cell and only cells."""
    captions: list[Element] = []
    rows: dict[str, list[Element]] = {group: [] for group in _ROW_GROUPS}
    misplaced: list[Node] = []
    for child in children:
        tag = child.tag if isinstance(child, Element) else ""
        if isinstance(child, Element) and tag == "caption":
            captions.append(child)
        elif isinstance(child, Element) and tag in _ROW_GROUPS:
            rows[tag] += _rows(child.children)
        elif tag == "tr":
            rows["tbody"] += _rows((child,))
        elif not is_white_space([child]):
            misplaced.append(child)
    if not rows["tbody"]:  # the only group that must have a row
        donor = "thead" if rows["thead"] else "tfoot"
        rows["tbody"], rows[donor] = rows[donor], []
    return Table(captions, rows, misplaced)


def _rows(children: Iterable[Node]) -> Iterator[Element]:
    for child in children:
        row = child if isinstance(child, Element) and child.tag == "tr" else Element("tr", (), (child,))
        cells = tuple(_cells(row.children))
        if cells:
            yield row if cells == row.children else Element("tr", row.attributes, cells)


def _cells(children: Iterable[Node]) -> Iterator[Element]:
    for child in children:
        if isinstance(child, Element) and child.tag in CELLS:
            yield child
        elif not is_white_space([child]):
            yield Element("td", (), (child,))
