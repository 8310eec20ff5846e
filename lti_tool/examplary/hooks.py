"""Where shared rate limits, a circuit breaker and metrics plug in, without touching the client."""

from __future__ import annotations

from typing import Protocol


class Limiter(Protocol):
    """Asked before every attempt. Waits for its turn, or raises an :class:`~lti_tool.errors.ExamplaryError`."""

    def acquire(self, endpoint: str) -> None:
        """Let one attempt at ``endpoint`` (``"POST /users"``, ``"GET /exams/{id}"``) pass."""


class Observer(Protocol):
    """Told after every attempt."""

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Outcome is ``"ok"`` or the code of the error (``"examplary.busy"``)."""


class NoLimit:
    """Lets everything pass."""

    def acquire(self, endpoint: str) -> None:
        """Pass."""


class NoObserver:
    """Looks away."""

    def observe(self, endpoint: str, outcome: str, seconds: float) -> None:
        """Look away."""
