"""Alembic's environment: tables, database, and one migration at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import structlog
from alembic import context
from alembic.runtime.migration import MigrationInfo
from flask import current_app
from sqlalchemy import Connection, event, text

from lti_tool.models import Base
from lti_tool.models.database.engine import migration_engine

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

log = structlog.get_logger(__name__)

LOCK = 7_402_551_003
"""Arbitrary number of our advisory lock in the database."""

LOCK_TIMEOUT = 600
"""Seconds that a process waits for another one's migration."""

RESUMED = {
    "CREATE TABLE ": "CREATE TABLE IF NOT EXISTS ",
    "CREATE INDEX ": "CREATE INDEX IF NOT EXISTS ",
    "CREATE UNIQUE INDEX ": "CREATE UNIQUE INDEX IF NOT EXISTS ",
    "DROP TABLE ": "DROP TABLE IF EXISTS ",
    "DROP INDEX ": "DROP INDEX IF EXISTS ",
    " ADD COLUMN ": " ADD COLUMN IF NOT EXISTS ",
    " DROP COLUMN ": " DROP COLUMN IF EXISTS ",
    " FOREIGN KEY(": " FOREIGN KEY IF NOT EXISTS (",
    " DROP FOREIGN KEY ": " DROP FOREIGN KEY IF EXISTS ",
}
"""MariaDB commits each of these statements at once. In this form, a migration that was killed can be resumed.

Those with a space before them are parts of ALTER TABLE.
"""


def run_migrations() -> None:
    """Upgrade the database; if several processes start together, one upgrades and the others wait."""
    engine = migration_engine(current_app.extensions["migrate"].db.engine)
    with engine.connect() as connection, _exclusive(connection), _atomic_or_resumable(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            # SQLite can't alter a column: the table is recreated.
            render_as_batch=engine.dialect.name == "sqlite",
            transaction_per_migration=True,
            on_version_apply=_log_step,
        )
        with context.begin_transaction():
            context.run_migrations()


def _log_step(*, step: MigrationInfo, **_context: object) -> None:
    log.info("migration.done", source=step.source_revision_ids, target=step.destination_revision_ids)


@contextmanager
def _atomic_or_resumable(connection: Connection) -> Iterator[None]:
    """Make a killed migration roll back, or on MariaDB resume."""
    if connection.dialect.name == "sqlite":
        with _in_transactions_of_sqlite(connection):
            yield
        return
    if connection.dialect.name in ("mysql", "mariadb"):
        event.listen(connection, "before_cursor_execute", _resume, retval=True)
    yield


@contextmanager
def _in_transactions_of_sqlite(connection: Connection) -> Iterator[None]:
    """Run DDL in transactions, which SQLite supports but Python's driver does not begin.

    Recreating a table drops it, and with foreign keys on that would delete the rows that refer to it
    (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.commit()
    event.listen(connection, "begin", _begin)
    try:
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"rows with broken foreign keys: {sorted({row[0] for row in broken})}")
    finally:
        event.remove(connection, "begin", _begin)
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.commit()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _resume(
    _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
) -> tuple[str, object]:
    begins = statement.lstrip()
    for once, resumed in RESUMED.items():
        place = "ALTER TABLE " if once.startswith(" ") else once
        if begins.startswith(place) and resumed not in statement:
            statement = statement.replace(once, resumed, 1)
    return statement, parameters


class _exclusive:  # noqa: N801 -- a context manager, named like a function
    """Holds the database's advisory lock, or for SQLite that of a file beside the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        if self._dialect == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            self._connection.commit()
        elif self._dialect in ("mysql", "mariadb"):
            parameters = {"lock": str(LOCK), "timeout": LOCK_TIMEOUT}
            if self._connection.scalar(text("SELECT GET_LOCK(:lock, :timeout)"), parameters) != 1:
                raise TimeoutError("another process has been migrating this database for too long")
            self._connection.commit()
        elif fcntl is not None and self._connection.engine.url.database not in (None, "", ":memory:"):
            self._file = Path(f"{self._connection.engine.url.database}.migrating").open("w")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_error: object) -> None:
        if self._dialect == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            self._connection.commit()
        elif self._dialect in ("mysql", "mariadb"):
            self._connection.execute(text("SELECT RELEASE_LOCK(:lock)"), {"lock": str(LOCK)})
            self._connection.commit()
        elif self._file is not None:
            self._file.close()


run_migrations()
