"""Deterministic display orders that do not reveal the correct one."""

from __future__ import annotations

import hashlib

from lti_tool.exam.model import Matching, Ordering
from lti_tool.exam.richtext import RichText


def in_display_order(question: Ordering) -> tuple[RichText, ...]:
    """Return the items in an order that does not reveal the correct one."""
    return tuple(question.options[place] for place in display_order(question))


def display_order(question: Ordering) -> tuple[int, ...]:
    """Return the indices of the items, shuffled in the same way each time, but never in the correct order.

    An alphabetical order would reveal a correct order that is alphabetical, or its reverse.
    """
    right_order = tuple(range(len(question.options)))
    order = tuple(sorted(right_order, key=lambda place: _hash(question, place)))
    return (*order[1:], order[0]) if order == right_order and order else order


def _hash(question: Ordering, place: int) -> bytes:
    return hashlib.sha256(f"{question.id} {place} {len(question.options)}".encode("utf-8", "replace")).digest()


def display_positions(order: tuple[int, ...]) -> dict[int, int]:
    """Return the position of each index in an order."""
    return {index: position for position, index in enumerate(order)}


def right_column_order(question: Matching) -> tuple[int, ...]:
    """Return the indices of the right column in an order in which no two pairs are side by side."""
    order = _alphabetical(question.right)
    aligned = question.pairs is not None and all(order[left : left + 1] == (right,) for left, right in question.pairs)
    return order[::-1] if aligned else order


def _alphabetical(texts: tuple[RichText, ...]) -> tuple[int, ...]:
    order = tuple(sorted(range(len(texts)), key=lambda place: texts[place].plain_text().casefold()))
    return order[::-1] if order == tuple(range(len(texts))) else order
