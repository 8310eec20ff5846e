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
class CheckReport:
    """``questions`` counts by type, ``media`` are paths in the package, ``remote`` addresses on the web."""

    kind: str
    title: str = ""
    questions: Counter[str] = field(default_factory=Counter)
    points: Decimal = Decimal(0)
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
