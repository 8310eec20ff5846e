"""Chips: the parts of a text that an editor shows as one character each, so that they can't be broken.

Formulas, pictures, tables, files and blanks are chips. In the editable text a chip is ``⟦3⟧``; people see it with a
label, ``⟦3: formula x^2⟧``, which reads back as the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from lti_tool.exam.richtext import Attachment, Blank, Element, Image, Math, Node, PageClipping, RichText
from lti_tool.exam.value import value

CHIP = re.compile(r"⟦\s*(\d{1,6})\s*(?::[^⟦⟧]*)?⟧")
"""A chip in a text, with or without a label."""

MAX_HINT_LENGTH = 40
"""Maximum length of a hint."""

_BRACKETS = re.compile("[⟦⟧\\s]+")


class ChipKind(StrEnum):
    """Kinds of chips."""

    FORMULA = "formula"
    PICTURE = "picture"
    TABLE = "table"
    FILE = "file"
    BLANK = "blank"
    LINE = "line"
    SYMBOL = "sign"


_ELEMENTS = {"table": ChipKind.TABLE, "hr": ChipKind.LINE}
_KINDS: Mapping[type[Node], ChipKind] = MappingProxyType(
    {
        Math: ChipKind.FORMULA,
        Image: ChipKind.PICTURE,
        PageClipping: ChipKind.PICTURE,
        Attachment: ChipKind.FILE,
        Blank: ChipKind.BLANK,
    }
)


@value
class Chip:
    """``number`` counts from 1 in the original text; ``hint`` is the beginning of its content, and may be empty."""

    number: int
    kind: ChipKind
    node: Node

    @property
    def marker(self) -> str:
        """The chip in an editable text."""
        return f"⟦{self.number}⟧"

    @property
    def hint(self) -> str:
        """The beginning of the chip's text, on one line."""
        if self.kind is ChipKind.BLANK:
            return ""
        return _BRACKETS.sub(" ", RichText((self.node,)).plain_text())[:MAX_HINT_LENGTH].strip()

    @property
    def is_block(self) -> bool:
        """Return whether it has a line of its own."""
        return self.kind in (ChipKind.TABLE, ChipKind.LINE)


def chip_kind(node: Node) -> ChipKind | None:
    """Return the kind of chip for ``node``; ``None`` for a node whose text can be edited."""
    if isinstance(node, Element):
        return _ELEMENTS.get(node.tag)
    if isinstance(node, str):
        return ChipKind.SYMBOL if node in ("⟦", "⟧") else None
    return _KINDS[type(node)]


def with_labels(text: str, label: Callable[[int], str]) -> str:
    """Return an editable text with the label of each chip, given its number."""

    def labelled(chip: re.Match[str]) -> str:
        words = _BRACKETS.sub(" ", label(int(chip[1]))).strip()
        return f"⟦{chip[1]}: {words}⟧" if words else f"⟦{chip[1]}⟧"

    return CHIP.sub(labelled, text)


def without_labels(text: str) -> str:
    """Return an editable text in its stored form: no labels, and one character for each line end."""
    return CHIP.sub(lambda chip: f"⟦{int(chip[1])}⟧", text.replace("\r\n", "\n").replace("\r", "\n"))
