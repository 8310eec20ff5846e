"""Concurrency-safe writes: no lost update, no deadlock, on SQLite, PostgreSQL and MariaDB.

* A single row is changed by its primary key alone: :func:`compare_and_set`. With any other index (``done_at IS NULL``)
  MariaDB locks that index's entry first and deadlocks with writers that use the primary key (error 1213, seen with six
  workers on ten chores).
* A row is inserted by one statement that does nothing if the row exists: :func:`insert_if_absent`. A savepoint around
  an insert is lost after a deadlock, and a failed insert keeps its lock on the existing row.
* Many rows are deleted or updated in batches, selected without a lock and ordered by key: :func:`delete_in_batches`,
  :func:`update_in_batches`.
* A transaction updates a row before it inserts rows that refer to it: MariaDB puts a shared lock on the referenced
  row, and of two transactions that share it neither can update the row.
* Conflicts that remain are normal: a function that is a whole transaction gets :func:`retry_on_conflict`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Delete,
    Insert,
    Table,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models.database.base import Base, db
from lti_tool.models.database.errors import DatabaseFailure, classify_failure

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 8
INTEGRITY_ATTEMPTS = 3
"""Attempts when a constraint contradicts what the transaction read a moment ago."""
MAX_SECONDS = 10.0
"""Time after which a transaction with conflicts gives up: a person is waiting for the page."""

FIRST_PAUSE = 0.02
_random = random.SystemRandom()
"""Not seeded, so processes forked from one parent do not pause for the same time."""

BATCH_SIZE = 500
"""Rows deleted or updated in one transaction."""


def connect_for_reading() -> Connection:
    """Return a connection for a single SELECT. On PostgreSQL it runs outside a transaction: no BEGIN, no ROLLBACK.

    SQLite begins no transaction for a SELECT anyway, and on MariaDB switching the mode costs two statements.
    """
    connection = db.engine.connect()
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="AUTOCOMMIT")
    return connection


def retry_on_conflict(work: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function that is one whole transaction: run it again after a conflict with another transaction.

    The function begins and commits its own transaction and has no other side effects. Raises the last error after
    :data:`ATTEMPTS` or :data:`MAX_SECONDS`.
    """

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        began = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            try:
                return work(*args, **kwargs)
            except DBAPIError as error:
                db.session.rollback()
                if attempt == ATTEMPTS or time.monotonic() - began > MAX_SECONDS or not _is_retryable(error, attempt):
                    raise
                log.info("transaction.retried", work=work.__qualname__, number=attempt, error=type(error.orig).__name__)
            time.sleep(FIRST_PAUSE * 2**attempt * _random.random())

    return run


def _is_retryable(error: DBAPIError, attempt: int) -> bool:
    """Return whether to try again; after an IntegrityError, a fresh read may see the other transaction's row."""
    if isinstance(error, IntegrityError):
        return attempt < INTEGRITY_ATTEMPTS
    return classify_failure(error) is DatabaseFailure.CONFLICT


def compare_and_set(
    table: type[Base],
    key: ColumnElement[bool],
    *conditions: ColumnElement[bool],
    **values: Any,  # noqa: ANN401 -- of any column
) -> bool:
    """Set ``values`` in the row with the primary key ``key`` if all ``conditions`` hold; return whether they did.

    Of several concurrent callers, exactly one gets ``True``. The caller commits.
    """
    statement = by_primary_key(update(table).where(key, *conditions).values(**values))
    return _row_count(db.session.execute(statement.execution_options(synchronize_session=False))) == 1


def by_primary_key(statement: Update) -> Update:
    """Make MariaDB find the rows of ``statement`` by the primary key only."""
    for dialect in ("mariadb", "mysql"):
        statement = statement.with_hint("FORCE INDEX (PRIMARY)", dialect_name=dialect)
    return statement


def _row_count(result: object) -> int:
    return cast("CursorResult[Any]", result).rowcount


def insert_if_absent(table: type[Base], values: Mapping[str, Any], connection: Connection | None = None) -> None:
    """Insert a row with the defaults of ``table``; do nothing if one of its unique keys is taken.

    Uses ``connection``, or the session's. The caller commits.
    """
    connection = connection or db.session.connection()
    connection.execute(_insert_or_skip(cast("Table", table.__table__), connection.dialect.name), dict(values))


def _insert_or_skip(table: Table, dialect: str) -> Insert:
    match dialect:
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        case "mysql" | "mariadb":
            first = next(iter(table.primary_key))
            # "INSERT IGNORE" would also hide values that are too long and broken foreign keys.
            return mysql.insert(table).on_duplicate_key_update({first.name: first})
    return insert(table)


def delete_in_batches(key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> int:
    """Delete the rows for which ``conditions`` hold and return their number. Commits after each batch.

    ``key`` is the table's primary key. A row that no longer meets the conditions when its batch runs is left alone.
    """
    return _in_batches(key, conditions, delete(key.class_))


def update_in_batches(key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool], **values: Any) -> int:  # noqa: ANN401 -- of any column
    """Set ``values`` where ``conditions`` hold, like :func:`delete_in_batches`.

    The new values must make the conditions false, or the loop does not end.
    """
    return _in_batches(key, conditions, by_primary_key(update(key.class_).values(**values)))


def _in_batches(
    key: InstrumentedAttribute[Any], conditions: tuple[ColumnElement[bool], ...], statement: Delete | Update
) -> int:
    total = 0
    while True:
        keys = list(db.session.scalars(select(key).where(*conditions).order_by(key).limit(BATCH_SIZE)))
        # End the read transaction: it must not hold a snapshot while others write.
        db.session.rollback()
        total += _execute(statement.where(key.in_(keys), *conditions)) if keys else 0
        if len(keys) < BATCH_SIZE:
            return total


@retry_on_conflict
def _execute(statement: Delete | Update) -> int:
    count = _row_count(db.session.execute(statement.execution_options(synchronize_session=False)))
    db.session.commit()
    return count
