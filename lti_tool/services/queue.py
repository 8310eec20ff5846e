"""The interface of the job queue."""

from __future__ import annotations

from typing import Protocol


class Queue(Protocol):
    """Jobs to be run later. A job carries an id and no state, so that running it twice does no harm.

    Every method returns ``False`` if the queue does not answer; the sweeper then finds the work in the database.
    """

    def advance(self, generation_id: str, delay: float = 0) -> bool:
        """Enqueue :meth:`ExamCollector.advance`, to run in ``delay`` seconds."""

    def chores(self, delay: float = 0) -> bool:
        """Enqueue :meth:`Chores.run_due`, to run in ``delay`` seconds."""

    def run_import(self, import_id: str, delay: float = 0) -> bool:
        """Enqueue :meth:`ImportJob.advance`, to run in ``delay`` seconds."""

    def apply_retention(self) -> bool:
        """Enqueue :meth:`Retention.apply`."""

    def depth(self) -> int | None:
        """Return the number of jobs, scheduled ones included; ``None`` if the queue does not answer."""
