"""Budgets of the benchmarks: each is printed at the end of a run, and a missed one makes it fail."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A measurement beside its limit, in words, and whether it is within it."""

    result: str
    met: bool


def exit_by(budgets: Iterable[Budget]) -> None:
    """Print each budget with its result, and exit with 1 if one is missed."""
    checked = list(budgets)
    for budget in checked:
        print(f"Budget {'met' if budget.met else 'missed'}: {budget.result}", flush=True)
    if not all(budget.met for budget in checked):
        sys.exit(1)
