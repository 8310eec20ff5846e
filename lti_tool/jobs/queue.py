"""Huey, on the storage that the operator's address names, and the tasks that run on it.

A task carries an id and nothing else: what is to be done follows from the database. A task that gets lost is found
again by the sweeper, one that comes twice finds nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from lti_tool.errors import SettingsError

if TYPE_CHECKING:
    from flask import Flask

    from lti_tool.services import Services

NAME = "examplary_lms"


class HueyQueue:
    """Leaves work for later (see :class:`lti_tool.services.ports.Queue`)."""

    def __init__(self, url: str, secret_key: str) -> None:
        self.huey = _open(url, secret_key)
        self._app: Flask | None = None
        self._look = self.huey.task(name="look")(self._run_look)
        self._chores = self.huey.task(name="chores")(self._run_chores)
        self._sweep = self.huey.periodic_task(crontab(minute="*"), name="sweep")(self._run_sweep)
        self._forget = self.huey.periodic_task(crontab(hour="3", minute="17"), name="forget")(self._run_forget)

    def bind(self, app: Flask) -> None:
        """Say in which app the tasks run."""
        self._app = app

    def look(self, generation_id: str, delay: float = 0) -> None:
        """Ask for :meth:`Collecting.look` in ``delay`` seconds."""
        self._look.schedule((generation_id,), delay=delay) if delay else self._look(generation_id)

    def chores(self, delay: float = 0) -> None:
        """Ask for :meth:`Chores.run_due` in ``delay`` seconds."""
        self._chores.schedule((), delay=delay) if delay else self._chores()

    def _run_look(self, generation_id: str) -> None:
        app = self._bound()
        with app.app_context():
            _services(app).collecting.look(generation_id)

    def _run_chores(self) -> None:
        app = self._bound()
        with app.app_context():
            _services(app).chores.run_due()

    def _run_sweep(self) -> None:
        app = self._bound()
        with app.app_context():
            _services(app).sweeper.sweep()

    def _run_forget(self) -> None:
        app = self._bound()
        with app.app_context():
            _services(app).retention.forget()

    def _bound(self) -> Flask:
        if self._app is None:
            raise SettingsError("the queue was started without an app")
        return self._app


class _EmbeddedConsumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """A worker inside the web process, which keeps its own signal handlers."""

    def _set_signal_handlers(self) -> None:
        pass


def start_worker(queue: HueyQueue, threads: int = 2) -> Consumer:
    """Work off the queue in threads of this process; stop with ``.stop(graceful=True)``."""
    consumer = _EmbeddedConsumer(
        queue.huey, workers=threads, initial_delay=0.05, max_delay=0.5, check_worker_health=False
    )
    consumer.start()
    return consumer


def _services(app: Flask) -> Services:
    services: Services = app.extensions["services"]
    return services


def _open(url: str, secret_key: str) -> Huey:
    """Open the storage at ``url``; tasks are signed, so that whoever can write there cannot make us run code."""
    common = {"name": NAME, "results": False, "serializer": SignedSerializer(secret=secret_key, salt="lti_tool.jobs")}
    match urlsplit(url).scheme:
        case "sqlite":
            path = Path(url.removeprefix("sqlite:///")).resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            return SqliteHuey(filename=str(path), timeout=30, **common)
        case "redis" | "rediss":
            return RedisHuey(url=url, **common)
        case "postgresql":
            return PostgresHuey(dsn=url, **common)
        case "memory":
            return MemoryHuey(immediate=True, **common)
    raise SettingsError("LTI_TOOL_QUEUE_URL must begin with sqlite:///, redis:// or postgresql://")
