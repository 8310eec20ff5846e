"""Examplary for LMS: exams travel from Examplary into a course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flask import Flask

    from config.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """Return the tool, wired by ``settings`` (from the environment if none are given).

    Starts nothing: see ``wsgi.py`` for the worker. Raises :class:`lti_tool.errors.SettingsError` if the settings do
    not fit, and ``SystemExit`` with a sentence for each if those of the environment do not.
    """
    # Imported here, so that ``lti_tool.exam`` and ``lti_tool.formats`` can be used without any of it.
    from flask_migrate import Migrate  # noqa: PLC0415
    from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: PLC0415

    from config.settings import read_settings  # noqa: PLC0415
    from lti_tool import web  # noqa: PLC0415
    from lti_tool.jobs import HueyQueue  # noqa: PLC0415
    from lti_tool.models import db  # noqa: PLC0415
    from lti_tool.models.database.engine import absolute_sqlite_url, close_session, engine_options  # noqa: PLC0415
    from lti_tool.services.build import build_services  # noqa: PLC0415
    from lti_tool.web.http import App  # noqa: PLC0415

    settings = settings or read_settings()
    app = App(
        "lti_tool",
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
        max_request_bytes=settings.max_request_bytes,
    )
    database_url = absolute_sqlite_url(settings.database_url)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(database_url),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    # Called before Flask-SQLAlchemy's own, which raises where the connection has broken.
    app.teardown_appcontext(close_session)
    Migrate(app, db, directory=str(ROOT / "lti_tool" / "models" / "migrations"))
    queue = HueyQueue(settings.queue_url, settings.secret_key.get_secret_value())
    services = build_services(settings, queue)
    app.extensions["services"] = services
    queue.bind(app)
    app.extensions["jobs"] = queue
    web.init_app(app, services)
    return app


class Worker(Protocol):
    """Threads that work off the queue."""

    def leave(self) -> None:
        """Begin to stop."""

    def stop(self, graceful: bool = False) -> None:
        """Stop; ``graceful`` finishes what is being done."""


def start_worker(app: Flask, threads: int = 2) -> Worker:
    """Work off the queue of ``app`` in threads of this process."""
    from lti_tool.jobs import start_worker as start  # noqa: PLC0415

    worker: Worker = start(app.extensions["jobs"], threads)
    return worker
