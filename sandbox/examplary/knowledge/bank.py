"""What a bank of knowledge about one school subject holds, in one language. All texts are our own, all facts true.

``depth`` is 1 for what children learn first, 2 for secondary school, 3 for what comes after. ``{subject}`` in a stem
stands for the words of the teacher. Answers and options are HTML, stems plain text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A question with one short answer that also reads well without its four wrong options."""

    depth: int
    stem: str
    right: str
    wrong: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Several:
    """A question with three right answers and three wrong ones."""

    stem: str
    right: tuple[str, str, str]
    wrong: tuple[str, str, str]
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that is true or not."""

    depth: int
    text: str
    true: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """A text with a ``___`` for each answer."""

    text: str
    answers: tuple[str, ...]
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """What belongs together: five lefts, each with a right of its own."""

    stem: str
    pairs: dict[str, str]
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Order:
    """Five steps in their order; ``hint`` says which end comes first."""

    stem: str
    hint: str
    steps: tuple[str, str, str, str, str]
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in one year of our era."""

    text: str
    year: int
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """A question whose answers are pictures, by their names in ``drawings.SHAPES``."""

    stem: str
    right: str
    wrong: tuple[str, str]
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Open:
    """A question to answer in some sentences, with an answer that earns all points."""

    depth: int
    stem: str
    model: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table of two columns; the chart beside it shows the same figures."""

    title: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A sum whose answer is ``{a}`` times ``{b}``, in ``unit``; both are drawn for each exam."""

    title: str
    text: str
    unit: str


@dataclass(frozen=True, slots=True)
class Bank:
    """One subject in one language. No ``product`` means: an equation to solve."""

    facts: tuple[Fact, ...]
    several: tuple[Several, ...]
    claims: tuple[Claim, ...]
    gaps: tuple[Gaps, ...]
    pairs: tuple[Pairs, ...]
    orders: tuple[Order, ...]
    events: tuple[Event, ...]
    drawings: tuple[Drawing, ...]
    opens: tuple[Open, ...]
    source: Source
    product: Product | None = None
