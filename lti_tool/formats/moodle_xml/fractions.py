"""Fractions of a mark in Moodle. See docs/reference/importers.md#moodle-xml."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

ALL = "100"
NONE = "0"
WRONG = "-100"
"""A wrong tick among several correct answers cancels what the correct ones earned."""

MAX_EVEN = 10
"""The most correct answers that can all earn the same fraction."""

_MAX_SHARES = 20
_EVEN = ("100", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5", "11.11111", "10")
"""One part of 1, 2, … 10. Moodle rounds at the seventh decimal, so all parts together are 100 %."""


def shares(count: int) -> tuple[str, ...]:
    """Return the fraction of each of ``count`` correct answers, in percent: all listed by Moodle, 100 together.

    From 11 to 20 some earn 10 and some 5. Above 20 the first twenty earn 5 and the others nothing, as Moodle lists no
    fraction below 5. Ticking all of them always gives 100 %, and no correct tick costs anything.
    """
    if count <= MAX_EVEN:
        return (_EVEN[count - 1],) * count
    tens = max(_MAX_SHARES - count, 0)
    fives = _MAX_SHARES - 2 * tens
    return ("10",) * tens + ("5",) * fives + (NONE,) * (count - tens - fives)


def weights(points: Decimal, count: int) -> tuple[int, ...]:
    """Return whole weights, at least 1 each, for ``count`` gaps, with a sum as close to ``points`` as possible.

    Moodle reads only whole numbers in a gap, and uses their sum as the question's mark.
    """
    total = max(count, int(points.to_integral_value(ROUND_HALF_EVEN)))
    weight, remainder = divmod(total, count)
    return tuple(weight + 1 if place < remainder else weight for place in range(count))
