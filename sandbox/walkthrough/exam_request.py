"""What the walking teacher asks Examplary for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """The words that go into Examplary's form."""

    title: str = "Water, forces and the Delta Works"
    subject: str = "Physics"
    instructions: str = "Mix of question types, with images and formulas."
