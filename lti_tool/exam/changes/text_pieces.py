"""The pieces of a text with the elements around them, and the tree that they make."""

from __future__ import annotations

from lti_tool.exam.changes.chips import Chip
from lti_tool.exam.richtext import BLOCKS, Element, Node
from lti_tool.exam.value import value

Step = tuple[int, str, tuple[tuple[str, str], ...]]
"""An element of the original tree: its number there, its tag, its attributes."""

Path = tuple[Step, ...]
"""The elements around a piece, the outermost first."""


@value
class Piece:
    """A word, white space, a chip, or a line end, which is a boundary between two blocks or a line break in one."""

    text: str
    path: Path
    chip: Chip | None = None
    is_boundary: bool = False


def block_of(path: Path) -> Path:
    """Return the part of a path that ends with its innermost block; nothing if there is none."""
    length = next((place + 1 for place in reversed(range(len(path))) if path[place][1] in BLOCKS), 0)
    return path[:length]


def shared(first: Path, second: Path) -> Path:
    """Return the elements that two paths begin with."""
    length = next((place for place, (a, b) in enumerate(zip(first, second, strict=False)) if a[0] != b[0]), None)
    return first[: min(len(first), len(second)) if length is None else length]


def build(pieces: list[Piece]) -> tuple[Node, ...]:
    """Return the tree of these pieces. Lines without text are dropped."""
    builder = _Builder()
    for line in _lines(pieces):
        builder.add_line(line)
    return builder.nodes()


def _lines(pieces: list[Piece]) -> list[list[Piece]]:
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.is_boundary:
            lines.append([])
        else:
            lines[-1].append(piece)
    return [line for line in lines if any(piece.chip or not piece.text.isspace() for piece in line)]


class _Builder:
    """Builds a tree from lines. ``_open`` are the elements that are not closed yet, with their children."""

    def __init__(self) -> None:
        self._root: list[Node] = []
        self._open: list[tuple[Step, list[Node]]] = []
        self._block: Path | None = None
        self._was_alone = False

    def add_line(self, line: list[Piece]) -> None:
        """Add a line to the block of its first word."""
        first = next((piece for piece in line if piece.chip is None and not piece.text.isspace()), line[0])
        block = block_of(first.path)
        is_alone = len(line) == 1 and line[0].chip is not None and line[0].chip.is_block
        if block == self._block and not is_alone and not self._was_alone:
            self._begin_again(block)
        self._block = block
        self._was_alone = is_alone
        for piece in line:
            self._move_to((*block, *piece.path[len(block_of(piece.path)) :]))
            self._add(piece)
        self._move_to(block)

    def nodes(self) -> tuple[Node, ...]:
        """Close everything and return the tree."""
        self._close(0)
        return tuple(self._root)

    def _begin_again(self, block: Path) -> None:
        """Separate a line from the one before it in its block: begin a block like it, or break the line."""
        if block:
            self._close(len(block) - 1)
        else:
            self._move_to(block)
            self._children().append(Element("br", (), ()))

    def _move_to(self, path: Path) -> None:
        common = len(shared(tuple(step for step, _ in self._open), path))
        self._close(common)
        self._open += [(step, []) for step in path[common:]]

    def _close(self, length: int) -> None:
        while len(self._open) > length:
            (_, tag, attributes), children = self._open.pop()
            if children:
                self._children().append(Element(tag, attributes, tuple(children)))

    def _children(self) -> list[Node]:
        return self._open[-1][1] if self._open else self._root

    def _add(self, piece: Piece) -> None:
        children = self._children()
        node = piece.chip.node if piece.chip is not None else piece.text
        in_pre = any(step[1] == "pre" for step, _ in self._open)
        if node == "\n" and not in_pre:
            children.append(Element("br", (), ()))
        elif isinstance(node, str) and children and isinstance(children[-1], str):
            children[-1] += node
        else:
            children.append(node)
