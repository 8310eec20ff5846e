"""Shapes for pictures: functions that return whether a point of the square from -1 to 1 (y downwards) is inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import pi, sin

Inside = Callable[[float, float], bool]

_PEN = 0.05
# Available in every colour; the others are blue.
BASIC_SHAPES = ("circle", "square", "triangle")


def _axes(x: float, y: float) -> bool:
    return abs(x + 0.8) <= 0.015 or abs(y - 0.8) <= 0.015


def _graph(height: Callable[[float], float]) -> Inside:
    """Return a line graph with axes; ``height`` maps x to y, both from 0 to 1."""

    def inside(x: float, y: float) -> bool:
        place = (x + 0.8) / 1.5
        line = 0 <= place <= 1 and abs((0.8 - y) / 1.5 - height(place)) <= _PEN
        return line or _axes(x, y)

    return inside


def _dots(*centres: tuple[float, float], size: float = 0.2) -> Inside:
    def inside(x: float, y: float) -> bool:
        return any((x - across) ** 2 + (y - down) ** 2 <= size**2 for across, down in centres)

    return inside


def bars(values: Sequence[float]) -> Inside:
    """Return a bar chart of non-negative values."""
    highest = max(values) or 1.0

    def inside(x: float, y: float) -> bool:
        place = (x + 0.7) / 1.5 * len(values)
        bar = 0 <= place < len(values) and place % 1 < 0.7
        return (bar and 0 <= (0.8 - y) / 1.5 <= values[int(place)] / highest) or _axes(x, y)

    return inside


_CLOUD = _dots((-0.5, 0.5), (-0.2, 0.1), (0.0, 0.4), (0.3, -0.1), (0.5, -0.5), size=0.08)

SHAPES: dict[str, Inside] = {
    "circle": lambda x, y: x * x + y * y <= 0.64,
    "square": lambda x, y: max(abs(x), abs(y)) <= 0.7,
    "triangle": lambda x, y: -0.7 <= y <= 0.7 and abs(x) <= (y + 0.7) / 1.4 * 0.8,
    "parabola": lambda x, y: abs(y - (0.7 - 1.6 * x * x)) <= 0.05 or abs(x) <= 0.015 or abs(y - 0.7) <= 0.015,
    "wedge": lambda x, y: -0.7 <= y <= 0.7 and abs(x) <= (0.7 - y) / 1.4 * 0.8,
    "ellipse": lambda x, y: x * x / 0.72 + y * y / 0.3 <= 1,
    "rectangle": lambda x, y: abs(x) <= 0.85 and abs(y) <= 0.45,
    "diamond": lambda x, y: abs(x) + abs(y) * 1.4 <= 0.9,
    "rod": lambda x, y: max(abs(x) - 0.55, 0) ** 2 + y * y <= 0.09,
    "wave": lambda x, y: abs(x) <= 0.85 and abs(y - 0.3 * sin(3 * pi * x)) <= 0.12,
    "line-of-three": _dots((-0.6, 0), (0, 0), (0.6, 0), size=0.32),
    "bend-of-three": _dots((-0.5, 0.3), (0, -0.15), (0.5, 0.3), size=0.32),
    "pair": _dots((-0.3, 0), (0.3, 0), size=0.34),
    "rising": _graph(lambda place: place * 0.9),
    "falling": _graph(lambda place: 0.95 - place * 0.9),
    "level": _graph(lambda _: 0.5),
    "steeper": _graph(lambda place: place * place * 0.9),
    "dot": _dots((0, 0.6)),
    "two-dots": _dots((0, -0.3), (0, 0.6)),
    "three-dots": _dots((-0.6, 0.6), (0, 0.6), (0.6, 0.6)),
    "bars": bars((2, 5, 3, 4)),
    "scatter": lambda x, y: _axes(x, y) or _CLOUD(x, y),
}
