"""The exam that the teacher asks Examplary for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExamRequest:
    """Values for Examplary's form."""

    title: str = "Water, forces and the Delta Works"
    subject: str = "Physics"
    instructions: str = "Mix of question types, with images and formulas."
