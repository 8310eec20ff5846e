"""What the use cases need of the outside, as they see it."""

from __future__ import annotations

from typing import Protocol


class Queue(Protocol):
    """Where work is left for later. Jobs carry an id and no state: doing one twice does nothing."""

    def look(self, generation_id: str, delay: float = 0) -> bool:
        """Ask for :meth:`Collecting.look` in ``delay`` seconds; ``False``: the queue is away, the sweeper does it."""

    def chores(self, delay: float = 0) -> bool:
        """Ask for :meth:`Chores.run_due` in ``delay`` seconds; ``False``: the queue is away, the sweeper does it."""

    def forget(self) -> bool:
        """Ask for :meth:`Retention.forget`; ``False``: the queue is away, the sweeper does it."""

    def depth(self) -> int | None:
        """Return how many jobs wait, those for later included; ``None``: the queue is away."""


class Idle:
    """A queue for commands that leave the work to the sweeper."""

    def look(self, generation_id: str, delay: float = 0) -> bool:
        """Leave it to the sweeper."""
        return False

    def chores(self, delay: float = 0) -> bool:
        """Leave it to the sweeper."""
        return False

    def forget(self) -> bool:
        """Leave it to the sweeper."""
        return False

    def depth(self) -> int | None:
        """Return that nothing waits."""
        return 0
