"""What a maker of questions draws from: the facts of one subject, each once before one comes again."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Generic, Protocol, TypeVar

from sandbox.examplary.content import Words
from sandbox.examplary.knowledge.bank import (
    Bank,
    Claim,
    Drawing,
    Event,
    Fact,
    Gaps,
    Open,
    Order,
    Pairs,
    Several,
)
from sandbox.examplary.store import Json, JsonObject
from sandbox.examplary.student_levels import Grade

Level = tuple[str, float]


class _Card(Protocol):
    @property
    def depth(self) -> int: ...


Card = TypeVar("Card", bound=_Card)


class Deck(Generic[Card]):
    """Shuffled cards, those of the wished depth on top."""

    def __init__(self, cards: tuple[Card, ...], depth: int, rng: Random) -> None:
        self._cards, self._depth, self._rng = cards, depth, rng
        self._left: list[Card] = []

    def draw(self) -> Card:
        """The next card; when all were drawn, they are shuffled again."""
        if not self._left:
            shuffled = self._rng.sample(self._cards, len(self._cards))
            self._left = sorted(shuffled, key=lambda card: -abs(card.depth - self._depth))
        return self._left.pop()


class Decks:
    """The decks of one exam."""

    def __init__(self, bank: Bank, depth: int, rng: Random) -> None:
        self.facts: Deck[Fact] = Deck(bank.facts, depth, rng)
        self.several: Deck[Several] = Deck(bank.several, depth, rng)
        self.claims: Deck[Claim] = Deck(bank.claims, depth, rng)
        self.gaps: Deck[Gaps] = Deck(bank.gaps, depth, rng)
        self.pairs: Deck[Pairs] = Deck(bank.pairs, depth, rng)
        self.orders: Deck[Order] = Deck(bank.orders, depth, rng)
        self.events: Deck[Event] = Deck(bank.events, depth, rng)
        self.drawings: Deck[Drawing] = Deck(bank.drawings, depth, rng)
        self.opens: Deck[Open] = Deck(bank.opens, depth, rng)


@dataclass(frozen=True, slots=True)
class Maker:
    """What the makers know. The same ``rng`` state gives the same questions; ``key`` names the bank's subject."""

    words: Words
    bank: Bank
    key: str
    grade: Grade
    rng: Random
    subject: str
    minutes: int
    decks: Decks

    def say(self, text: str) -> str:
        """``text`` with the teacher's own words for the subject."""
        said = text.replace("{subject}", self.subject)
        return said[:1].upper() + said[1:]

    def points(self, points: float = 1.0) -> JsonObject:
        """A rubric of right or wrong."""
        return rubric([(self.words["right"], points), (self.words["wrong"], 0)])

    def graded(self, points: float, model: str = "") -> JsonObject:
        """A rubric with partial credit in two criteria, and a model answer."""
        words = self.words
        levels = [(words["full"], points / 2), (words["half"], points / 4), (words["missing"], 0.0)]
        return rubric(levels, levels, model=model)


def rubric(*criteria: list[Level], model: str = "") -> JsonObject:
    """The scoring of a question (facts: examplary-api §5)."""
    listed: list[Json] = [
        {
            "id": f"c{number}",
            "title": levels[0][0],
            "levels": [
                {"id": f"c{number}l{place}", "title": title, "points": _whole(points)}
                for place, (title, points) in enumerate(levels, 1)
            ],
        }
        for number, levels in enumerate(criteria, 1)
    ]
    made: JsonObject = {"rubricType": "analytical", "criteria": listed}
    if model:
        made["modelAnswer"] = model
    return made


def _whole(points: float) -> Json:
    return int(points) if points == int(points) else points
