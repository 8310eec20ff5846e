"""How Moodle divides a mark. Facts: qti-targets §3 (a fraction that is not on its list keeps out the whole file)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

ALL = "100"
NONE = "0"
WRONG = "-100"
"""Of a wrong tick among several right answers: it takes away whatever the right ones earned."""

MOST_EVEN = 10
"""Up to so many right answers each earns the same."""

_MOST = 20
_EVEN = ("100", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5", "11.11111", "10")
"""One part of 1, 2, … 10. All parts together are 100 % for Moodle, which rounds at the seventh decimal."""


def shares(count: int) -> tuple[str, ...]:
    """Return what each of ``count`` right answers earns, in percent: legal each, and 100 together.

    From 11 to 20 some earn 10 and some 5; of more than 20 the first twenty earn 5 and the others nothing, for there is
    no legal part below 5. So ticking all of them is always 100 %, and no right tick ever costs anything.
    """
    if count <= MOST_EVEN:
        return (_EVEN[count - 1],) * count
    tens = max(_MOST - count, 0)
    fives = _MOST - 2 * tens
    return ("10",) * tens + ("5",) * fives + (NONE,) * (count - tens - fives)


def weights(points: Decimal, count: int) -> tuple[int, ...]:
    """Return whole weights, at least 1 each, for ``count`` gaps; together as near to ``points`` as can be.

    Moodle reads only whole numbers in a gap, and takes their sum as the mark of the question.
    """
    total = max(count, int(points.to_integral_value(ROUND_HALF_EVEN)))
    each, rest = divmod(total, count)
    return tuple(each + 1 if place < rest else each for place in range(count))
