"""A connection to PostgreSQL that has gone is found out before it is used; one that is well is not asked."""

import time

import pytest
from sqlalchemy import create_engine, event, text

from lti_tool.models.database import pinging
from lti_tool.models.database.engine import engine_options
from tests.support.databases import SERVER_URLS, reachable


@pytest.fixture
def engine():
    if not reachable("postgresql"):
        pytest.skip("postgresql does not answer on this machine")
    made = create_engine(SERVER_URLS["postgresql"], **engine_options(SERVER_URLS["postgresql"]))
    yield made
    made.dispose()


@pytest.fixture
def asked(monkeypatch):
    """How often the server was asked whether it is there."""
    seen, ask = [], pinging._ask
    monkeypatch.setattr(pinging, "_ask", lambda connection: (seen.append(1), ask(connection)))
    return seen


def backend(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT pg_backend_pid()"))


def end(number):
    other = create_engine(SERVER_URLS["postgresql"], isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    other.dispose()


def test_a_connection_in_use_is_not_asked(engine, asked):
    assert len({backend(engine) for _ in range(5)}) == 1
    assert not asked


def test_a_connection_that_the_server_has_ended_is_found_out_at_once(engine, asked):
    first = backend(engine)
    end(first)
    assert backend(engine) != first
    assert len(asked) == 1


def test_a_connection_that_was_closed_here_is_found_out(engine):
    first, raw = backend(engine), engine.raw_connection()
    held = raw.dbapi_connection
    raw.close()
    held.close()
    assert backend(engine) != first


def test_a_connection_that_has_rested_is_asked(engine, asked, monkeypatch):
    first = backend(engine)
    later = time.monotonic() + pinging.RESTED_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert backend(engine) == first
    assert len(asked) == 1


def test_what_the_asking_began_is_over(engine, asked, monkeypatch):
    monkeypatch.setattr(pinging, "RESTED_SECONDS", -1.0)
    statuses = []
    event.listen(engine, "checkout", lambda connection, *_: statuses.append(connection.info.transaction_status))
    backend(engine)
    backend(engine)
    assert asked
    assert {status.name for status in statuses} == {"IDLE"}
