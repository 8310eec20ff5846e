"""How rows are changed while many processes do the same: no write is lost, and nobody waits in a ring.

* One row is changed by its primary key, and found by nothing else: :func:`change_row`. MariaDB would find it by
  another index if it could (``done_at IS NULL``), lock that index's entry first, and meet whoever comes by the primary
  key in a ring (error 1213, seen with six workers on ten chores).
* A row is put in by one statement that does nothing where there is one: :func:`put_row`. A savepoint around an insert
  is gone after a deadlock, and an insert that fails keeps its lock on what was there.
* Many rows are deleted a few at a time, found without a lock and taken in the order of their key: :func:`delete_rows`,
  :func:`update_rows`.
* A transaction changes a row before it inserts others that refer to it: MariaDB locks the row that is referred to,
  and two transactions that share such a lock can neither of them change the row.
* Two that meet all the same are normal life: a function that is a whole transaction is :func:`repeatable`.
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
from lti_tool.models.database.errors import Trouble, trouble_of

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 8
UNTRUE = 3
"""How often a row may contradict what was read a moment ago."""
PATIENCE = 10.0
"""Seconds after which a transaction that keeps meeting others is given up: somebody waits for a page."""

FIRST_PAUSE = 0.02
_dice = random.SystemRandom()
"""The system's, so that processes forked from one parent do not wait alike."""

AT_ONCE = 500
"""Rows that are deleted in one transaction."""


def repeatable(work: Callable[P, T]) -> Callable[P, T]:
    """Let a function that is one whole transaction be done again if another one came in its way.

    It begins and ends its transaction (or others have only read before), and asks nobody but the database. Raises the
    last error after :data:`TRIES` or :data:`PATIENCE`.
    """

    @wraps(work)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        began = time.monotonic()
        for number in range(1, TRIES + 1):
            try:
                return work(*args, **kwargs)
            except DBAPIError as error:
                db.session.rollback()
                if number == TRIES or time.monotonic() - began > PATIENCE or not _may_pass(error, number):
                    raise
                log.info("transaction.again", work=work.__qualname__, number=number, error=type(error.orig).__name__)
            time.sleep(FIRST_PAUSE * 2**number * _dice.random())
        raise AssertionError  # pragma: no cover -- the last try returns or raises

    return again


def _may_pass(error: DBAPIError, number: int) -> bool:
    """Return whether to try again. What was read may be true no longer: a person was erased, another made the row."""
    return number < UNTRUE if isinstance(error, IntegrityError) else trouble_of(error) is Trouble.MET


def change_row(table: type[Base], key: ColumnElement[bool], *holds: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 -- of any column
    """Set ``values`` in the row with the primary key ``key`` if it ``holds`` still; return whether it did.

    Compare-and-set: of many who try at once, one is told that it was them. The caller commits.
    """
    statement = by_primary_key(update(table).where(key, *holds).values(**values))
    return changed(db.session.execute(statement.execution_options(synchronize_session=False))) == 1


def by_primary_key(statement: Update) -> Update:
    """Return ``statement`` so that MariaDB finds its rows in the primary key alone."""
    for dialect in ("mariadb", "mysql"):
        statement = statement.with_hint("FORCE INDEX (PRIMARY)", dialect_name=dialect)
    return statement


def changed(result: object) -> int:
    """Return how many rows a statement found."""
    return cast("CursorResult[Any]", result).rowcount


def put_row(table: type[Base], values: Mapping[str, Any], rows: Connection | None = None) -> None:
    """Insert a row, or do nothing where one of its unique keys is taken. The caller commits, the session or ``rows``.

    The columns' defaults are those of ``table``.
    """
    place = db.session if rows is None else rows
    dialect = (db.session.get_bind() if rows is None else rows).dialect.name
    place.execute(_unless_there(cast("Table", table.__table__), dialect), dict(values))


def _unless_there(table: Table, dialect: str) -> Insert:
    match dialect:
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        case "mysql" | "mariadb":
            first = next(iter(table.primary_key))
            # "INSERT IGNORE" would also swallow what is too long and what refers to nothing.
            return mysql.insert(table).on_duplicate_key_update({first.name: first})
    return insert(table)


def delete_rows(key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> int:
    """Delete the rows for which ``conditions`` hold, a few at a time, and return how many. Commits.

    ``key`` is the primary key of their table. What no longer holds when its turn comes stays.
    """
    return _few_at_a_time(key, conditions, delete(key.class_))


def update_rows(key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool], **values: Any) -> int:  # noqa: ANN401 -- of any column
    """Set ``values``, after which ``conditions`` hold no longer, where they hold; otherwise as :func:`delete_rows`."""
    return _few_at_a_time(key, conditions, by_primary_key(update(key.class_).values(**values)))


def _few_at_a_time(
    key: InstrumentedAttribute[Any], conditions: tuple[ColumnElement[bool], ...], statement: Delete | Update
) -> int:
    total = 0
    while True:
        keys = list(db.session.scalars(select(key).where(*conditions).order_by(key).limit(AT_ONCE)))
        # Whoever reads holds nothing up.
        db.session.rollback()
        total += _write(statement.where(key.in_(keys), *conditions)) if keys else 0
        if len(keys) < AT_ONCE:
            return total


@repeatable
def _write(statement: Delete | Update) -> int:
    found = changed(db.session.execute(statement.execution_options(synchronize_session=False)))
    db.session.commit()
    return found
