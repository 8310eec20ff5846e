"""Budgets of the benchmarks: each is printed at the end of a run, and a missed one makes it fail."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """What was measured against a limit, in words, and whether it keeps within it."""

    result: str
    met: bool


def exit_by(budgets: Iterable[Budget]) -> None:
    """Print each budget with its result, and exit with 1 if one is missed."""
    shown = list(budgets)
    for budget in shown:
        print(f"Budget {'met' if budget.met else 'missed'}: {budget.result}", flush=True)
    if not all(budget.met for budget in shown):
        sys.exit(1)
