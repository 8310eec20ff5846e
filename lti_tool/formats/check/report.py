"""The report of a check: the questions of a package, and its problems in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Problem:
    """``place`` names the file or the question. A ``serious`` one makes an importer fail or lose something."""

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
    """``tally`` counts all questions, ``elsewhere`` those in the copy for systems other than Canvas, if there is one.

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

    _known: set[Problem] = field(default_factory=set)

    def add(self, place: str, sentence: str, advice: str, *, serious: bool = True) -> None:
        """Add a problem, once."""
        problem = Problem(place, sentence, advice, serious)
        if problem not in self._known:
            self._known.add(problem)
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
        """Return whether no problem is serious."""
        return not any(problem.serious for problem in self.problems)


def number(text: str | None) -> Decimal | None:
    """Return a number from an XML document, or ``None``."""
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
