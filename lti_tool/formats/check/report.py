"""What a package holds and what is wrong with it, in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Problem:
    """``place`` names the file or the question. ``serious`` if an importer would trip over it or lose something."""

    place: str
    sentence: str
    advice: str
    serious: bool = True


@dataclass(slots=True)
class Tally:
    """Questions counted by type, and their points."""

    questions: Counter[str] = field(default_factory=Counter)
    points: Decimal = Decimal(0)

    def add(self, kind: str, points: Decimal) -> None:
        """Count a question."""
        self.questions[kind] += 1
        self.points += points


@dataclass(slots=True)
class CheckReport:
    """``tally`` is of all questions, ``elsewhere`` of those that others than Canvas read, where that is a copy.

    ``media`` are paths in the package, ``remote`` addresses on the web.
    """

    kind: str
    title: str = ""
    tally: Tally = field(default_factory=Tally)
    elsewhere: Tally = field(default_factory=Tally)
    media: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)
    remote: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    schema: str = ""

    def add(self, place: str, sentence: str, advice: str, *, serious: bool = True) -> None:
        """Note a problem, once."""
        problem = Problem(place, sentence, advice, serious)
        if problem not in self.problems[-50:]:
            self.problems.append(problem)

    @property
    def questions(self) -> Counter[str]:
        """How many questions there are of each type."""
        return self.tally.questions

    @property
    def points(self) -> Decimal:
        """Points of all questions."""
        return self.tally.points

    @property
    def is_good(self) -> bool:
        """True if no importer would trip."""
        return not any(problem.serious for problem in self.problems)


def number(text: str | None) -> Decimal | None:
    """Return a number that an XML document gives, or ``None``."""
    try:
        found = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
