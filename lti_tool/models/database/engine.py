"""How each database is spoken to, so that all of them behave alike."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import structlog
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from lti_tool.models.database.base import db
from lti_tool.models.database.errors import classify_failure
from lti_tool.models.database.pinging import look_first

log = structlog.get_logger(__name__)

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

SILENT = {
    # libpq's words: seconds, but the last, which is in milliseconds.
    "postgresql": {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    },
    # PyMySQL's: the first is for the TCP connection alone.
    "mysql": {"connect_timeout": 5, "read_timeout": 60, "write_timeout": 60},
}
"""After how long a server that says nothing is taken for away: a machine that lost its power closes no connection, and
the kernel's own patience with it is a quarter of an hour."""


def engine_options(url: str | URL) -> dict[str, object]:
    """Return SQLAlchemy's engine options for ``url``. Errors are logged, so they name no values: names, addresses."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        # IMMEDIATE: a transaction takes its lock at its first write and waits for it there, not in the middle.
        return {"hide_parameters": True, "connect_args": {"timeout": BUSY_SECONDS, "isolation_level": "IMMEDIATE"}}
    options: dict[str, object] = {"hide_parameters": True, "pool_recycle": 1800}
    options |= {"pool_events": [(look_first, "checkout")]} if backend == "postgresql" else {"pool_pre_ping": True}
    options["connect_args"] = SILENT.get("mysql" if backend == "mariadb" else backend, {})
    if backend in ("mysql", "mariadb"):
        # Like the others: a transaction sees what others have committed, and takes no locks on gaps.
        options["isolation_level"] = "READ COMMITTED"
    return options


def migration_engine(engine: Engine) -> Engine:
    """Return an engine for statements that may take as long as they take: those of a migration."""
    if engine.dialect.name not in ("mysql", "mariadb"):
        return engine
    return create_engine(engine.url, **engine_options(engine.url) | {"connect_args": {"connect_timeout": 5}})


def close_session(_error: BaseException | None = None) -> None:
    """End the session of a request or a job, also where its connection has broken: the answer is made by then."""
    if not db.session.registry.has():
        return
    try:
        db.session.remove()
    except DBAPIError as error:
        log.warning("database.connection_lost", trouble=classify_failure(error))
        db.session().invalidate()
        db.session.remove()


def absolute_sqlite_url(url: str) -> str:
    """Return ``url`` with a relative SQLite file made absolute_sqlite_url, and its folder made."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return url
    path = Path(str(parts.database)).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    return parts.set(database=str(path)).render_as_string(hide_password=False)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _record: object) -> None:
    """WAL lets readers read while somebody writes; foreign keys are off in SQLite unless asked for."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
