"""Work on many things, one step for all of them before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

_AT_ONCE = 256
"""Held while they are worked on. More gain nothing, and an exam of thousands must not be held twice."""

_Draft = TypeVar("_Draft")


def in_passes(drafts: Iterable[_Draft], *steps: Callable[[_Draft], object]) -> Iterator[_Draft]:
    """Yield ``drafts`` in their order once every step was taken with each.

    A processor that does the same a few hundred times in a row has at hand what it needs, and guesses right what comes
    next. Taking all steps for one question after the other takes a third longer (measured).
    """
    waiting = iter(drafts)
    while some := list(islice(waiting, _AT_ONCE)):
        for step in steps:
            for draft in some:
                step(draft)
        yield from some
