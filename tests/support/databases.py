"""Databases of the tests: SQLite, and PostgreSQL and MariaDB if they answer on this machine."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, delete, event, inspect, text
from sqlalchemy.exc import ProgrammingError

from tests.support.servers import SERVERS

SERVER_URLS = {name: SERVERS[name].shared_url() for name in ("postgresql", "mariadb")}
DATABASES = ("sqlite", *SERVER_URLS)

READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET default_transaction_read_only = on",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
"""Statements that make a connection read-only."""


@contextmanager
def read_only(engine):
    """Make every new connection of ``engine`` read-only."""

    def prepare(connection, _record):
        cursor = connection.cursor()
        cursor.execute(READ_ONLY[engine.dialect.name])
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", prepare)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", prepare)
        engine.dispose()


@contextmanager
def executed_statements(engine):
    """Yield a list, to which each statement that ``engine`` executes is added."""
    statements = []

    def add(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", add)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", add)


@cache
def reachable(name):
    """Return whether a database server or Redis answers; fail in CI, where no test may be skipped for it."""
    if SERVERS[name].answers(SERVERS[name].shared_url()):
        return True
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} does not answer, and CI tests against it")
    return False


def make_database(name, database, server=None):
    """Create an empty database, replacing a left-over one, and return its URL.

    ``server`` is the URL of a server other than the usual one.
    """
    engine = create_engine(server or SERVER_URLS[name], isolation_level="AUTOCOMMIT")
    options = " CHARACTER SET utf8mb4" if name == "mariadb" else ""
    with engine.connect() as connection:
        connection.execute(_drop_statement(name, database))
        connection.execute(text(f"CREATE DATABASE {database}{options}"))
    engine.dispose()
    return engine.url.set(database=database).render_as_string(hide_password=False)


def empty_tables(url):
    """Delete all rows, and create the tables if they are missing."""
    from lti_tool.models import Base

    engine = create_engine(url)
    try:
        _delete_rows(engine)
    except ProgrammingError:
        Base.metadata.create_all(engine)
        _delete_rows(engine)
    finally:
        engine.dispose()


def _delete_rows(engine):
    from lti_tool.models import Base

    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))


@cache
def _empty_sqlite_file():
    """Return the content of an SQLite database with all tables: copying it is a tenth of creating them."""
    from lti_tool.models import Base

    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.sqlite3")
        Base.metadata.create_all(engine)
        engine.dispose()
        return Path(folder, "empty.sqlite3").read_bytes()


def create_tables():
    """Create the tables of the current app's database, unless it has them."""
    from lti_tool.models import Platform, db

    file = Path(db.engine.url.database)
    if db.engine.dialect.name == "sqlite" and not file.exists():
        file.write_bytes(_empty_sqlite_file())
    elif not inspect(db.engine).has_table(Platform.__tablename__):
        db.create_all()


def drop_database(name, database):
    """Drop a database of :func:`make_database`."""
    engine = create_engine(SERVER_URLS[name], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(_drop_statement(name, database))
    engine.dispose()


def _drop_statement(name, database):
    # PostgreSQL drops no database to which a test is still connected.
    return text(f"DROP DATABASE IF EXISTS {database}{' WITH (FORCE)' if name == 'postgresql' else ''}")
