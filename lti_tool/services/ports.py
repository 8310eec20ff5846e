"""What the use cases need of the outside, as they see it."""

from __future__ import annotations

from typing import Protocol


class Queue(Protocol):
    """Where work is left for later. Jobs carry an id and no state: doing one twice does nothing."""

    def look(self, generation_id: str, delay: float = 0) -> None:
        """Ask for :meth:`Collecting.look` in ``delay`` seconds."""

    def chores(self, delay: float = 0) -> None:
        """Ask for :meth:`Chores.run_due` in ``delay`` seconds."""


class Idle:
    """A queue for commands that leave the work to the sweeper."""

    def look(self, generation_id: str, delay: float = 0) -> None:
        """Leave it to the sweeper."""

    def chores(self, delay: float = 0) -> None:
        """Leave it to the sweeper."""
