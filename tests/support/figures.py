"""A plugin for figures: what tests count is summed over all processes, and printed at the end."""

from __future__ import annotations

from collections import Counter

import pytest

FIGURES = pytest.StashKey[Counter[str]]()


@pytest.fixture
def figures(request):
    """Counts that are printed at the end, by what they count."""
    return request.config.stash.setdefault(FIGURES, Counter())


def pytest_sessionfinish(session):
    """Hand what a process counted to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = dict(session.config.stash.get(FIGURES, {}))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Add what a process of pytest-xdist counted; one that crashed hands over nothing."""
    counted = getattr(node, "workeroutput", {}).get("figures", {})
    node.config.stash.setdefault(FIGURES, Counter()).update(counted)


def pytest_terminal_summary(terminalreporter, config):
    """Print what was counted."""
    if counts := config.stash.get(FIGURES, None):
        terminalreporter.write_line(", ".join(f"{number} {name}" for name, number in counts.items()))
