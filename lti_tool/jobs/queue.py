"""The job queue on Huey, and its tasks.

A task carries an id and nothing else; the database says what is to be done. The sweeper finds the work of a lost task,
and a task that runs twice finds nothing to do.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog
from huey.api import TaskWrapper

from lti_tool.errors import SettingsError
from lti_tool.jobs.storage import open_huey, storage_errors

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.services import Services

log = structlog.get_logger(__name__)


class HueyQueue:
    """Enqueues jobs and runs them (see :class:`lti_tool.services.queue.Queue`)."""

    def __init__(self, url: str, secret_key: str, name: str) -> None:
        self.huey = open_huey(url, secret_key, name)
        self._storage_errors = storage_errors(url)
        self._app: Flask | None = None
        # Tasks are stored under these names: keep them, or an upgrade loses the waiting jobs.
        self._advance_task = self.huey.task(name="look")(self._run_advance)
        self._chores_task = self.huey.task(name="chores")(self._run_chores)
        self._import_task = self.huey.task(name="import")(self._run_import)
        self._retention_task = self.huey.task(name="forget")(self._run_retention)
        self._closing = threading.Lock()
        self.huey.on_shutdown(name="close")(self.close)

    def close(self) -> None:
        """Close the queue's connections; they are reopened on demand."""
        # All threads of a worker end at once, and Huey checks before it locks.
        with self._closing:
            self.huey.storage.close()

    def bind(self, app: Flask) -> None:
        """Set the app in which tasks run."""
        self._app = app

    @property
    def app(self) -> Flask:
        """The app in which tasks run; raises :class:`SettingsError` before :meth:`bind`."""
        if self._app is None:
            raise SettingsError("the queue was started without an app")
        return self._app

    def advance(self, generation_id: str, delay: float = 0) -> bool:
        """Enqueue :meth:`ExamCollector.advance`, to run in ``delay`` seconds."""
        return self._enqueue(self._advance_task, generation_id, delay=delay)

    def chores(self, delay: float = 0) -> bool:
        """Enqueue :meth:`Chores.run_due`, to run in ``delay`` seconds."""
        return self._enqueue(self._chores_task, delay=delay)

    def run_import(self, import_id: str, delay: float = 0) -> bool:
        """Enqueue :meth:`ImportJob.advance`, to run in ``delay`` seconds."""
        return self._enqueue(self._import_task, import_id, delay=delay)

    def apply_retention(self) -> bool:
        """Enqueue :meth:`Retention.apply`."""
        return self._enqueue(self._retention_task)

    def depth(self) -> int | None:
        """Return the number of jobs, scheduled ones included; ``None`` if the queue does not answer."""
        try:
            return int(self.huey.pending_count()) + int(self.huey.scheduled_count())
        except self._storage_errors as error:
            log.warning("queue.away", job="depth", error=type(error).__name__)
            return None

    def _enqueue(self, task: TaskWrapper, *arguments: str, delay: float = 0) -> bool:
        try:
            if delay:
                task.schedule(arguments, delay=delay)
            else:
                task(*arguments)
        except self._storage_errors as error:
            # Nothing is lost: the sweeper finds the work in the database.
            log.error("queue.away", job=task.name, error=type(error).__name__)  # noqa: TRY400 -- its text names hosts and users
            return False
        return True

    def _run_advance(self, generation_id: str) -> None:
        with self.app.app_context():
            self._services().collector.advance(generation_id)

    def _run_chores(self) -> None:
        with self.app.app_context():
            self._services().chores.run_due()

    def _run_import(self, import_id: str) -> None:
        with self.app.app_context():
            self._services().import_job.advance(import_id)

    def _run_retention(self) -> None:
        with self.app.app_context():
            self._services().retention.apply()

    def _services(self) -> Services:
        services: Services = self.app.extensions["services"]
        return services
