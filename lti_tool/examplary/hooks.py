"""Interfaces for shared rate limits, a circuit breaker and metrics."""

from __future__ import annotations

from typing import Protocol


class Limiter(Protocol):
    """Called before every attempt."""

    def acquire(self, endpoint: str) -> None:
        """Wait until ``endpoint``, such as ``"GET /exams/{id}"``, may be called; may raise :class:`ExamplaryError`."""


class Observer(Protocol):
    """Called after every attempt."""

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Record an attempt. ``outcome`` is ``"ok"`` or the code of the error, such as ``"examplary.busy"``."""


class NoLimit:
    """A limiter without limits."""

    def acquire(self, endpoint: str) -> None:
        """Return at once."""


class NoObserver:
    """An observer that records nothing."""

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Do nothing."""
