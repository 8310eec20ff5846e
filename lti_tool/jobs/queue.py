"""Huey, and the tasks that run on it.

A task carries an id and nothing else: what is to be done follows from the database. A task that gets lost is found
again by the sweeper, one that comes twice finds nothing to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from lti_tool.errors import SettingsError
from lti_tool.jobs.storage import open_huey, storage_errors

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.services import Services

log = structlog.get_logger(__name__)


class HueyQueue:
    """Leaves work for later (see :class:`lti_tool.services.queue.Queue`)."""

    def __init__(self, url: str, secret_key: str) -> None:
        self.huey = open_huey(url, secret_key)
        self._away = storage_errors(url)
        self._app: Flask | None = None
        self._look = self.huey.task(name="look")(self._run_look)
        self._chores = self.huey.task(name="chores")(self._run_chores)
        self._forget = self.huey.task(name="forget")(self._run_forget)
        self._closing = threading.Lock()
        self.huey.on_shutdown(name="close")(self.close)

    def close(self) -> None:
        """Close the queue's connections; they are opened again where they are needed."""
        # All threads of a worker end at once, and Huey looks before it locks.
        with self._closing:
            self.huey.storage.close()

    def bind(self, app: Flask) -> None:
        """Say in which app the tasks run."""
        self._app = app

    @property
    def app(self) -> Flask:
        """The app in which the tasks run."""
        if self._app is None:
            raise SettingsError("the queue was started without an app")
        return self._app

    def advance(self, generation_id: str, delay: float = 0) -> bool:
        """Ask for :meth:`ExamCollector.advance` in ``delay`` seconds; ``False``: the queue does not answer."""
        if delay:
            return self._leave("look", lambda: self._look.schedule((generation_id,), delay=delay))
        return self._leave("look", lambda: self._look(generation_id))

    def chores(self, delay: float = 0) -> bool:
        """Ask for :meth:`Chores.run_due` in ``delay`` seconds; ``False``: the queue does not answer."""
        if delay:
            return self._leave("chores", lambda: self._chores.schedule((), delay=delay))
        return self._leave("chores", self._chores)

    def apply_retention(self) -> bool:
        """Ask for :meth:`Retention.apply`; ``False``: the queue does not answer."""
        return self._leave("forget", self._forget)

    def depth(self) -> int | None:
        """Return how many jobs wait, those for later included; ``None``: the queue is away."""
        try:
            return int(self.huey.pending_count()) + int(self.huey.scheduled_count())
        except self._away as error:
            log.warning("queue.away", job="depth", error=type(error).__name__)
            return None

    def _leave(self, job: str, leave: Callable[[], object]) -> bool:
        try:
            leave()
        except self._away as error:
            # Nothing is lost: what is to be done stands in the database, and the sweeper reads it there.
            log.error("queue.away", job=job, error=type(error).__name__)  # noqa: TRY400 -- its text names hosts and users
            return False
        return True

    def _run_look(self, generation_id: str) -> None:
        with self.app.app_context():
            self._services().collector.advance(generation_id)

    def _run_chores(self) -> None:
        with self.app.app_context():
            self._services().chores.run_due()

    def _run_forget(self) -> None:
        with self.app.app_context():
            self._services().retention.apply()

    def _services(self) -> Services:
        services: Services = self.app.extensions["services"]
        return services
