"""Orders in which options are shown where nobody may read the right one off them. Always the same ones."""

from __future__ import annotations

from lti_tool.exam.model import Matching
from lti_tool.exam.richtext import RichText


def in_display_order(options: tuple[RichText, ...]) -> tuple[RichText, ...]:
    """Return options in an order that does not give the right one away."""
    return tuple(options[place] for place in display_order(options))


def display_order(options: tuple[RichText, ...]) -> tuple[int, ...]:
    """Return the places of options in an order that does not give the right one away."""
    found = tuple(sorted(range(len(options)), key=lambda place: options[place].plain_text().casefold()))
    return found[::-1] if found == tuple(range(len(options))) else found


def display_positions(order: tuple[int, ...]) -> dict[int, int]:
    """Return at which turn each place comes in an order."""
    return {place: turn for turn, place in enumerate(order)}


def right_column_order(question: Matching) -> tuple[int, ...]:
    """Return the places of the right column in an order in which the pairs do not stand side by side."""
    found = display_order(question.right)
    aligned = question.pairs is not None and all(found[a : a + 1] == (b,) for a, b in question.pairs)
    return found[::-1] if aligned else found
