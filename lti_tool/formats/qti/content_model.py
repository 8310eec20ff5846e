"""Trees of rich text brought into the shapes that QTI's content models know. Nothing is lost, only moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lti_tool.exam.richtext import BLOCKS, Element, Node, Text

CELLS = frozenset({"td", "th"})

_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_BREAK = Element("br", (), ())

Piece = list[Node] | Element
"""A run of text, or a block."""


def is_block(node: Node) -> bool:
    """Tell whether a node is a block, or an inline element that holds one."""
    return isinstance(node, Element) and (node.tag in BLOCKS or any(map(is_block, node.children)))


def is_nothing(nodes: Iterable[Node]) -> bool:
    """Tell whether nodes are but white space."""
    return all(isinstance(node, Text) and not node.value.strip() for node in nodes)


def pieces(nodes: Iterable[Node]) -> Iterator[Piece]:
    """Divide nodes into runs of text and blocks; inline elements that hold blocks are turned inside out."""
    run: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element):
            run.append(node)
            continue
        for one in _lifted(node):
            if isinstance(one, Element) and one.tag in BLOCKS:
                if run:
                    yield run
                    run = []
                yield one
            else:
                run.append(one)
    if run:
        yield run


def items(nodes: Iterable[Node]) -> Iterator[Element]:
    """Return what a list holds as ``li`` elements only."""
    run: list[Node] = []
    for node in nodes:
        if not (isinstance(node, Element) and node.tag == "li"):
            run.append(node)
            continue
        if not is_nothing(run):
            yield Element("li", (), tuple(run))
        run = []
        yield node
    if not is_nothing(run):
        yield Element("li", (), tuple(run))


def without_end_breaks(run: list[Node]) -> list[Node]:
    """Leave out line breaks at the end of a paragraph that we put around loose text."""
    while run and isinstance(run[-1], Element) and run[-1].tag == "br":
        run = run[:-1]
    return run


def is_run(nodes: Sequence[Node]) -> bool:
    """Tell whether there is no block among nodes, or in them."""
    return not is_block(nodes[0]) if len(nodes) == 1 else not any(map(is_block, nodes))


def flattened(nodes: Sequence[Node]) -> Sequence[Node]:
    """Return nodes without blocks, for where none may stand: each begins on a new line instead."""
    if is_run(nodes):
        return nodes
    found: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element) or not is_block(node):
            found.append(node)
        elif node.tag in BLOCKS:
            found += [_BREAK, *flattened(node.children)] if found else flattened(node.children)
        else:
            found.append(Element(node.tag, node.attributes, tuple(flattened(node.children))))
    return found


def _lifted(node: Element) -> Iterable[Node]:
    """Return ``<b>x<p>y</p></b>`` as ``<b>x</b><p><b>y</b></p>``; other elements as they are."""
    if node.tag in BLOCKS or not is_block(node):
        return (node,)
    return _turned_out(node)


def _turned_out(node: Element) -> Iterator[Node]:
    for piece in pieces(node.children):
        if not isinstance(piece, Element):
            yield Element(node.tag, node.attributes, tuple(piece))
        elif piece.tag == "hr":
            yield piece
        else:
            inner = Element(node.tag, node.attributes, piece.children)
            yield Element(piece.tag, piece.attributes, tuple(_lifted(inner)))


@dataclass(slots=True)
class Table:
    """The pieces of a table; ``loose`` is what may not stand in one."""

    captions: list[Element] = field(default_factory=list)
    rows: dict[str, list[Element]] = field(default_factory=lambda: {"thead": [], "tfoot": [], "tbody": []})
    loose: list[Node] = field(default_factory=list)


def table(children: Iterable[Node]) -> Table:
    """Sort the children of a table; every row has at least one cell and only cells."""
    found = Table()
    for child in children:
        tag = child.tag if isinstance(child, Element) else ""
        if isinstance(child, Element) and tag == "caption":
            found.captions.append(child)
        elif isinstance(child, Element) and tag in _ROW_GROUPS:
            found.rows[tag] += _rows(child.children)
        elif tag == "tr":
            found.rows["tbody"] += _rows((child,))
        elif not is_nothing([child]):
            found.loose.append(child)
    if not found.rows["tbody"]:
        name = "thead" if found.rows["thead"] else "tfoot"
        found.rows["tbody"], found.rows[name] = found.rows[name], []
    return found


def _rows(children: Iterable[Node]) -> Iterator[Element]:
    for child in children:
        is_row = isinstance(child, Element) and child.tag == "tr"
        row = child.children if isinstance(child, Element) and is_row else (child,)
        cells = tuple(_cells(row))
        if cells:
            yield Element("tr", child.attributes if isinstance(child, Element) and is_row else (), cells)


def _cells(children: Iterable[Node]) -> Iterator[Element]:
    for child in children:
        if isinstance(child, Element) and child.tag in CELLS:
            yield child
        elif not is_nothing([child]):
            yield Element("td", (), (child,))
