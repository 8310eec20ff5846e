"""Engine options that make SQLite, PostgreSQL and MariaDB behave alike."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import structlog
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from lti_tool.errors import SettingsError
from lti_tool.models.database.base import db
from lti_tool.models.database.errors import classify_failure

log = structlog.get_logger(__name__)

BUSY_SECONDS = 30
"""How long a writer in SQLite waits for another writer."""

TIMEOUTS = {
    # libpq: seconds, except the last one, which is in milliseconds.
    "postgresql": {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    },
    # PyMySQL: the first one covers the TCP connection only.
    "mysql": {"connect_timeout": 5, "read_timeout": 60, "write_timeout": 60},
}
"""When a silent server counts as unavailable: a machine without power closes no connection, and the kernel's own
timeout is a quarter of an hour."""


def engine_options(url: str | URL) -> dict[str, object]:
    """Return SQLAlchemy's engine options for ``url``. Parameters are hidden in errors: logs hold no personal data."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        # IMMEDIATE: a transaction takes its lock at its first write and waits for it there, not in the middle.
        return {"hide_parameters": True, "connect_args": {"timeout": BUSY_SECONDS, "isolation_level": "IMMEDIATE"}}
    options: dict[str, object] = {"hide_parameters": True, "pool_recycle": 1800, "pool_pre_ping": True}
    options["connect_args"] = TIMEOUTS.get("mysql" if backend == "mariadb" else backend, {})
    if backend in ("mysql", "mariadb"):
        # As on the other databases: each statement sees what others have committed, and no gap locks.
        options["isolation_level"] = "READ COMMITTED"
    return options


def migration_engine(engine: Engine) -> Engine:
    """Return an engine without read timeouts, for long migration statements."""
    if engine.dialect.name not in ("mysql", "mariadb"):
        return engine
    return create_engine(engine.url, **engine_options(engine.url) | {"connect_args": {"connect_timeout": 5}})


def close_session(_error: BaseException | None = None) -> None:
    """End the session of a request or a job, even if its connection has broken: the response is complete by then."""
    if not db.session.registry.has():
        return
    try:
        db.session.remove()
    except DBAPIError as error:
        log.warning("database.connection_lost", trouble=classify_failure(error))
        db.session().invalidate()
        db.session.remove()


def absolute_sqlite_url(url: str) -> str:
    """Return ``url`` with an absolute SQLite path, and create its folder."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return url
    path = Path(str(parts.database)).resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"LTI_TOOL_DATABASE_URL: {path.parent} can't be made: {error.strerror}") from error
    return parts.set(database=str(path)).render_as_string(hide_password=False)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _record: object) -> None:
    """Turn on WAL, so that readers don't wait for writers, and foreign keys, which are off by default."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
