"""Deterministic display orders that do not reveal the correct one."""

from __future__ import annotations

from lti_tool.exam.model import Matching
from lti_tool.exam.richtext import RichText


def in_display_order(options: tuple[RichText, ...]) -> tuple[RichText, ...]:
    """Return options in an order that does not reveal the correct one."""
    return tuple(options[place] for place in display_order(options))


def display_order(options: tuple[RichText, ...]) -> tuple[int, ...]:
    """Return the indices of options in an order that does not reveal the correct one."""
    order = tuple(sorted(range(len(options)), key=lambda place: options[place].plain_text().casefold()))
    return order[::-1] if order == tuple(range(len(options))) else order


def display_positions(order: tuple[int, ...]) -> dict[int, int]:
    """Return the position of each index in an order."""
    return {place: turn for turn, place in enumerate(order)}


def right_column_order(question: Matching) -> tuple[int, ...]:
    """Return the indices of the right column in an order in which no two pairs are side by side."""
    order = display_order(question.right)
    aligned = question.pairs is not None and all(order[a : a + 1] == (b,) for a, b in question.pairs)
    return order[::-1] if aligned else order
