"""How Alembic finds our tables and our database."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from lti_tool.models import Base

try:
    import fcntl
except ImportError:  # Windows, where nobody starts several
    fcntl = None

LOCK = 7_402_551_003
"""Any number: it names our lock among the advisory locks of the database."""


def run_migrations() -> None:
    """Bring the database forward; where many machines start at once, one does it and the others wait."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, _only_one(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            # SQLite cannot alter a column: the table is made anew.
            render_as_batch=engine.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


class _only_one:  # noqa: N801 -- reads as a sentence where it is used
    """Holds the database's advisory lock; for SQLite, which has none, that of a file beside the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        if self._dialect == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            self._connection.commit()
        elif self._dialect in ("mysql", "mariadb"):
            self._connection.execute(text("SELECT GET_LOCK(:lock, 300)"), {"lock": str(LOCK)})
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
