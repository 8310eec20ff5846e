"""A benchmark that misses a budget fails."""

import pytest

from bench.budgets import Budget, exit_by
from bench.launch import POSTGRESQL, SQLITE, budgets


def test_a_missed_budget_is_shown_and_fails(capsys):
    with pytest.raises(SystemExit) as exited:
        exit_by([Budget("one", met=True), Budget("two", met=False)])
    assert exited.value.code == 1
    assert capsys.readouterr().out == "Budget met: one\nBudget missed: two\n"


def test_met_budgets_do_not_fail(capsys):
    exit_by([Budget("one", met=True)])
    assert capsys.readouterr().out == "Budget met: one\n"


def test_launches_have_a_budget_for_each_measured_database():
    assert [budget.met for budget in budgets({SQLITE: 1.3, POSTGRESQL: 1.8})] == [True, False]
    assert [budget.met for budget in budgets({SQLITE: 1.4})] == [False]
