"""Difficulty of questions by student level, an id of ``/student-levels``.

See docs/reference/examplary-api.md#flows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What a level means for the questions.

    ``depth`` is as in the banks, ``options`` the number of options of a choice, ``pieces`` that of the steps of an
    ordering or the pairs of a matching, ``words`` the range of an essay.
    """

    depth: int
    options: int
    pieces: int
    words: tuple[int, int]
    choice_points: float
    open_points: float
    essay_points: float


_ELEMENTARY = Difficulty(1, 3, 3, (40, 120), 1, 2, 6)
_MIDDLE = Difficulty(1, 4, 4, (100, 250), 1, 3, 8)
_LOWER = Difficulty(2, 4, 4, (150, 400), 1, 4, 10)
_UPPER = Difficulty(3, 4, 5, (250, 600), 1, 4, 12)
_HIGHER = Difficulty(3, 5, 5, (500, 1000), 2, 6, 20)
# The first pattern that matches the id decides.
_PATTERNS = (
    (r"undergrad|graduate|universi|college|bachelor|master|hbo|(?<![a-z])wo(?![a-z])", _HIGHER),
    (r"elementary|primary|kindergarten|basis|groep", _ELEMENTARY),
    (r"middle|junior|onderbouw|vmbo", _MIDDLE),
    (r"upper|senior|bovenbouw|vwo|gymnasium", _UPPER),
)


def difficulty_of(level: str) -> Difficulty:
    """Return the difficulty of a level id; lower secondary school if no pattern matches."""
    return next((difficulty for pattern, difficulty in _PATTERNS if re.search(pattern, level.lower())), _LOWER)
