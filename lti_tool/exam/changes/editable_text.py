"""A rich text as plain text that people edit, and back.

:func:`editable` writes a tree as lines of text in which formulas, pictures and the like are chips.
:func:`edited` compares a changed text with the original one, word by word. Unchanged words keep their elements (bold,
a link, an item of a list); new words take those of their neighbours. Chips are found by their numbers, wherever they
were moved to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from lti_tool.exam.changes.chips import CHIP, Chip, chip_kind, without_labels
from lti_tool.exam.changes.rejected_changes import CHIP_LOST, CHIP_TWICE, CHIP_UNKNOWN, DoesNotFit
from lti_tool.exam.changes.text_pieces import Path, Piece, block_of, build, shared
from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.richtext import BLOCKS, Element, Node, RichText
from lti_tool.exam.value import value

MAX_COMPARED = 3_000
"""Words on either side that are compared one by one; of longer changes only the beginning and the end are."""

_WORDS = re.compile(r"⟦\d+⟧|\n|[^\S\n\xa0]+|\xa0|\w+|[^\w\s]")
_WHITE_SPACE = re.compile(r"[^\S\xa0]+")


@value
class EditableText:
    """``text`` holds each of the ``chips`` once."""

    text: str
    chips: tuple[Chip, ...]


def editable(original: RichText) -> EditableText:
    """Return a rich text for an editor."""
    pieces, chips = _take_apart(original)
    return EditableText("".join(piece.text for piece in pieces), chips)


def edited(original: RichText, text: str) -> RichText:
    """Return ``original`` with the words of ``text``; raise :class:`DoesNotFit` if a chip was lost or doubled.

    The text of :func:`editable` gives the original itself.
    """
    pieces, chips = _take_apart(original)
    text = _tidy(text)
    if text == _tidy("".join(piece.text for piece in pieces)):
        return original
    _check_chips(text, chips)
    by_marker = {piece.text: piece for piece in pieces if piece.chip is not None}
    return RichText(build(_with_paths(pieces, _WORDS.findall(text), by_marker)))


def same_text(first: str, second: str) -> bool:
    """Return whether two editable texts mean the same, whatever the labels of their chips and the line ends."""
    return _tidy(first) == _tidy(second)


def _tidy(text: str) -> str:
    lines = remove_forbidden_characters(without_labels(text)).split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).strip("\n")


def _check_chips(text: str, chips: tuple[Chip, ...]) -> None:
    counts = Counter(int(chip[1]) for chip in CHIP.finditer(text))
    numbers = {chip.number for chip in chips}
    for number in sorted(numbers | set(counts)):
        if number not in numbers:
            raise DoesNotFit(CHIP_UNKNOWN.with_facts(number=number))
        if counts[number] != 1:
            raise DoesNotFit((CHIP_TWICE if counts[number] else CHIP_LOST).with_facts(number=number))


def _take_apart(original: RichText) -> tuple[list[Piece], tuple[Chip, ...]]:
    """Return the words, white space, other characters and line ends of a text in order, and its chips."""
    reader = _Reader()
    reader.read(original.nodes, ())
    return reader.pieces(), tuple(reader.chips)


class _Reader:
    """Divides a tree into lines of pieces. A block begins and ends a line, and so does a chip that is one."""

    def __init__(self) -> None:
        self.chips: list[Chip] = []
        self._lines: list[list[Piece]] = [[]]
        self._elements = 0

    def read(self, nodes: tuple[Node, ...], path: Path) -> None:
        for node in nodes:
            if isinstance(node, str):
                self._read_text(node, path)
            elif chip_kind(node) is not None:
                self._add_chip(node, path)
            elif isinstance(node, Element):
                self._read_element(node, path)

    def pieces(self) -> list[Piece]:
        """Return the pieces of all lines that show something, with a boundary between two lines."""
        result: list[Piece] = []
        for line in filter(None, map(_stripped, self._lines)):
            result += [Piece("\n", block_of(line[0].path), is_boundary=True)] if result else []
            result += line
        return result

    def _read_element(self, node: Element, path: Path) -> None:
        if node.tag == "br":
            self._lines[-1].append(Piece("\n", path))
            return
        self._elements += 1
        is_block = node.tag in BLOCKS
        if is_block:
            self._lines.append([])
        self.read(node.children, (*path, (self._elements, node.tag, node.attributes)))
        if is_block:
            self._lines.append([])

    def _read_text(self, text: str, path: Path) -> None:
        if not any(tag == "pre" for _, tag, _ in path):
            text = _WHITE_SPACE.sub(" ", text)
            if text.startswith(" ") and not _ends_open(self._lines[-1]):
                text = text[1:]
        for part in re.split("([⟦⟧])", text):
            if part in ("⟦", "⟧"):
                self._add_chip(part, path)
            else:
                self._lines[-1] += [Piece(word, path) for word in _WORDS.findall(part)]

    def _add_chip(self, node: Node, path: Path) -> None:
        kind = chip_kind(node)
        if kind is None:
            raise ValueError("not a chip")
        chip = Chip(len(self.chips) + 1, kind, node)
        self.chips.append(chip)
        if chip.is_block:
            self._lines.append([])
        self._lines[-1].append(Piece(chip.marker, path, chip))
        if chip.is_block:
            self._lines.append([])


def _ends_open(line: list[Piece]) -> bool:
    """Return whether a space would be seen at the end of the line."""
    return bool(line) and line[-1].text not in (" ", "\n")


def _stripped(line: list[Piece]) -> list[Piece]:
    while line and line[-1].chip is None and line[-1].text.isspace() and "\xa0" not in line[-1].text:
        line.pop()
    return line


def _with_paths(pieces: list[Piece], words: list[str], by_marker: dict[str, Piece]) -> list[Piece]:
    """Return the new words with the elements around them."""
    sources = _sources(pieces, words)
    result: list[Piece] = []
    for place, (word, source) in enumerate(zip(words, sources, strict=True)):
        if word in by_marker:
            result.append(by_marker[word])
        elif source is not None and source.text == word:
            result.append(source)
        else:
            path = source.path if source is not None else _path_between(result, sources[place + 1 :])
            result.append(_new_piece(word, path))
    return result


def _new_piece(word: str, path: Path) -> Piece:
    if word == "\n":
        in_block = bool(block_of(path)) and not any(tag == "pre" for _, tag, _ in path)
        return Piece(word, block_of(path) if in_block else path, is_boundary=in_block)
    return Piece(" " if word.isspace() and word != "\xa0" else word, path)


def _path_between(before: list[Piece], after: list[Piece | None]) -> Path:
    """Return the elements that the pieces before and after have in common; at the end of a line, its block."""
    following = next((piece for piece in after if piece is not None), None)
    if not before:
        return block_of(following.path) if following is not None else ()
    if before[-1].text == "\n" and following is not None:
        return block_of(following.path)
    previous = before[-1].path
    if following is None or following.text == "\n":
        return block_of(previous)
    both = shared(previous, following.path)
    return both if len(both) >= len(block_of(previous)) else block_of(previous)


def _sources(pieces: list[Piece], words: list[str]) -> list[Piece | None]:
    """Return, for each new word, the piece that it was, or replaces; ``None`` if it is an addition."""
    sources: list[Piece | None] = []
    for old_start, old_end, new_start, new_end in _blocks([piece.text for piece in pieces], words):
        sources += _matched(pieces[old_start:old_end], words[new_start:new_end])
    return sources


def _matched(old: list[Piece], new: list[str]) -> list[Piece | None]:
    if [piece.text for piece in old] == new:
        return list(old)
    replaced = next((piece for piece in old if piece.chip is None and not piece.text.isspace()), None)
    return [replaced if word != "\n" else None for word in new]


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the equal and the different ranges of two lists, in order."""
    shorter = min(len(old), len(new))
    start = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - start
    end = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    old_end, new_end = len(old) - end, len(new) - end
    yield 0, start, 0, start
    if max(old_end, new_end) - start > MAX_COMPARED:
        yield start, old_end, start, new_end
    else:
        for _, i1, i2, j1, j2 in SequenceMatcher(None, old[start:old_end], new[start:new_end]).get_opcodes():
            yield start + i1, start + i2, start + j1, start + j2
    yield old_end, len(old), new_end, len(new)
