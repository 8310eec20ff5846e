"""Small bar charts: the geometry of an inline SVG, which carries no style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
GAP = 0.2
"""Share of each bar's width that stays empty."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the view box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of some numbers, and their maximum and sum."""

    bars: tuple[Bar, ...]
    most: int
    total: int


def bar_chart(numbers: Sequence[int]) -> Chart:
    """Return a chart in which the largest number has the full height; one that isn't 0 can be seen."""
    most, step = max(numbers, default=0), WIDTH / max(len(numbers), 1)
    bars = []
    for index, number in enumerate(numbers):
        height = max(3.0, HEIGHT * number / most) if number else 0.0
        bars.append(
            Bar(
                round((index + GAP / 2) * step, 1),
                round(HEIGHT - height, 1),
                round((1 - GAP) * step, 1),
                round(height, 1),
            )
        )
    return Chart(tuple(bars), most, sum(numbers))
