"""Examplary for LMS: an LTI 1.3 tool that brings exams from Examplary into a course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lti_tool._version import __version__

if TYPE_CHECKING:
    from flask import Flask

    from config.settings import Settings

__all__ = ["ROOT", "WorkerHandle", "__version__", "create_app", "start_embedded_worker", "start_worker"]

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def _static_folder() -> Path:
    """Return ``static``: inside the package once installed from a wheel, beside it in a checkout."""
    installed = PACKAGE / "static"
    return installed if installed.is_dir() else ROOT / "static"


def create_app(settings: Settings | None = None) -> Flask:
    """Return the Flask app for ``settings``, by default those of the environment.

    Starts no threads: see :func:`start_worker`. Raises :class:`lti_tool.errors.SettingsError` for settings that don't
    fit; invalid settings in the environment raise ``SystemExit`` with a sentence for each.
    """
    # Imported here, so that ``lti_tool.exam`` and ``lti_tool.formats`` can be used without any of it.
    from flask import Flask
    from flask_migrate import Migrate
    from werkzeug.middleware.proxy_fix import ProxyFix

    from config.settings import read_settings
    from lti_tool import web
    from lti_tool.jobs import HueyQueue
    from lti_tool.models import db
    from lti_tool.models.database.engine import absolute_sqlite_url, close_session, engine_options
    from lti_tool.services.build import build_services
    from lti_tool.web.public_address import PublicAddress

    settings = settings or read_settings()
    app = Flask(
        "lti_tool",
        static_folder=str(_static_folder()),
        static_url_path="/static",
        template_folder="web/templates",
    )
    database_url = absolute_sqlite_url(settings.database_url)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        SQLALCHEMY_DATABASE_URI=database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(database_url),
    )
    wsgi_app = PublicAddress(app.wsgi_app, settings.base_url)
    # Of the proxies' headers only the browser's address counts: scheme, host and path are those of the settings.
    app.wsgi_app = ProxyFix(wsgi_app, settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]  # as Werkzeug's manual says
    db.init_app(app)
    # Runs before Flask-SQLAlchemy's own teardown, which raises if the connection is broken.
    app.teardown_appcontext(close_session)
    Migrate(app, db, directory=str(PACKAGE / "models" / "migrations"))
    queue = HueyQueue(settings.queue_url, settings.secret_key.get_secret_value(), settings.key_prefix)
    services = build_services(settings, queue)
    app.extensions["services"] = services
    queue.bind(app)
    app.extensions["jobs"] = queue
    web.init_app(app, services)
    return app


class WorkerHandle(Protocol):
    """Threads that run the jobs of the queue."""

    def begin_stop(self) -> None:
        """Begin to stop, and return at once."""

    def stop(self, graceful: bool = False) -> None:
        """Stop and wait for it; ``graceful`` lets running jobs finish."""


def start_worker(app: Flask, threads: int = 2) -> WorkerHandle:
    """Run the jobs of ``app`` in threads of this process until :meth:`WorkerHandle.stop` is called."""
    from lti_tool.jobs import start_worker as start

    worker: WorkerHandle = start(app.extensions["jobs"], threads)
    return worker


def start_embedded_worker(app: Flask) -> WorkerHandle | None:
    """Start a worker that ends with this server process, unless ``LTI_TOOL_EMBEDDED_WORKER`` is off.

    Call it in the main thread of a process that serves pages, after the server has set its signal handlers and never
    before a fork. A worker interrupted by a deploy finishes its jobs or releases them to the next process.
    """
    import atexit

    from lti_tool.jobs import stop_on_sigterm

    if not app.extensions["services"].settings.embedded_worker:
        return None
    worker = start_worker(app)
    stop_on_sigterm(worker.begin_stop)
    atexit.register(worker.stop, graceful=True)
    return worker
