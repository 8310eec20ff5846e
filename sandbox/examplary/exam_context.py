"""Shared context of the question builders: phrases, bank, difficulty and random choices of one exam."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Generic, Protocol, TypeVar

from sandbox.examplary.bank import Bank
from sandbox.examplary.phrases import Phrases
from sandbox.examplary.store import Json, JsonObject
from sandbox.examplary.student_levels import Difficulty

Level = tuple[str, float]


class _BankEntry(Protocol):
    @property
    def depth(self) -> int: ...


Entry = TypeVar("Entry", bound=_BankEntry)


class Deck(Generic[Entry]):
    """Shuffled entries of a bank, those of the wanted depth on top."""

    def __init__(self, entries: tuple[Entry, ...], depth: int, rng: Random) -> None:
        self._entries = entries
        self._depth = depth
        self._rng = rng
        self._remaining: list[Entry] = []

    def draw(self) -> Entry:
        """Return the next entry; shuffle again when all have been drawn."""
        if not self._remaining:
            shuffled = self._rng.sample(self._entries, len(self._entries))
            self._remaining = sorted(shuffled, key=lambda entry: -abs(entry.depth - self._depth))
        return self._remaining.pop()


class Decks:
    """One deck for each part of the bank."""

    def __init__(self, bank: Bank, depth: int, rng: Random) -> None:
        self.facts = Deck(bank.facts, depth, rng)
        self.multiple_answers = Deck(bank.multiple_answers, depth, rng)
        self.statements = Deck(bank.statements, depth, rng)
        self.fill_ins = Deck(bank.fill_ins, depth, rng)
        self.matchings = Deck(bank.matchings, depth, rng)
        self.orderings = Deck(bank.orderings, depth, rng)
        self.events = Deck(bank.events, depth, rng)
        self.picture_choices = Deck(bank.picture_choices, depth, rng)
        self.open_questions = Deck(bank.open_questions, depth, rng)


@dataclass(frozen=True, slots=True)
class ExamContext:
    """Context of one exam. The same ``rng`` state gives the same questions; ``bank_name`` is the bank's subject."""

    phrases: Phrases
    bank: Bank
    bank_name: str
    difficulty: Difficulty
    rng: Random
    subject: str
    minutes: int
    decks: Decks

    def stem(self, text: str) -> str:
        """Return ``text`` with the teacher's own subject in place of ``{subject}``."""
        filled = text.replace("{subject}", self.subject)
        return filled[:1].upper() + filled[1:]

    def all_or_nothing(self, points: float = 1.0) -> JsonObject:
        """Return a rubric without partial credit."""
        return rubric([(self.phrases["right"], points), (self.phrases["wrong"], 0)])

    def partial_credit(self, points: float, model_answer: str = "") -> JsonObject:
        """Return a rubric of two criteria with partial credit, and a model answer."""
        phrases = self.phrases
        levels = [(phrases["full"], points / 2), (phrases["half"], points / 4), (phrases["missing"], 0.0)]
        return rubric(levels, levels, model_answer=model_answer)


def rubric(*criteria: list[Level], model_answer: str = "") -> JsonObject:
    """Return the scoring of a question (see docs/reference/examplary-api.md#exam-json)."""
    criteria_json: list[Json] = [
        {
            "id": f"c{number}",
            "title": levels[0][0],
            "levels": [
                {"id": f"c{number}l{place}", "title": title, "points": _number(points)}
                for place, (title, points) in enumerate(levels, 1)
            ],
        }
        for number, levels in enumerate(criteria, 1)
    ]
    scoring: JsonObject = {"rubricType": "analytical", "criteria": criteria_json}
    if model_answer:
        scoring["modelAnswer"] = model_answer
    return scoring


def _number(points: float) -> Json:
    """Write whole points as JSON integers, as Examplary does."""
    return int(points) if points == int(points) else points
