"""A database server that says nothing more is taken for away in seconds, not after the kernel's quarter of an hour."""

import socket
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from lti_tool.models.database import engine as module
from lti_tool.models.database.engine import engine_options, migration_engine
from lti_tool.models.database.errors import DatabaseFailure, classify_failure
from tests.support.databases import SERVER_URLS, reachable

DRIVERS = ("postgresql+psycopg", "mariadb+pymysql")


@pytest.fixture
def silent():
    """A server that takes connections and never says a word, as one behind a broken network."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        yield listener.getsockname()[1]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_server_that_says_nothing_is_taken_for_away(silent, driver, monkeypatch):
    for name, seconds in {"connect_timeout": 2, "read_timeout": 1}.items():
        for known in module.TIMEOUTS.values():
            if name in known:
                monkeypatch.setitem(known, name, seconds)
    url = f"{driver}://tool@127.0.0.1:{silent}/tool"
    began = time.monotonic()
    with pytest.raises(DBAPIError) as told:
        create_engine(url, **engine_options(url)).connect()
    assert classify_failure(told.value) is DatabaseFailure.UNAVAILABLE
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("name", SERVER_URLS)
def test_a_migration_may_take_its_time(name, monkeypatch):
    if not reachable(name):
        pytest.skip(f"{name} does not answer on this machine")
    monkeypatch.setitem(module.TIMEOUTS["mysql"], "read_timeout", 1)
    hurried = create_engine(SERVER_URLS[name], **engine_options(SERVER_URLS[name]))
    slow = "SELECT SLEEP(2)" if name == "mariadb" else "SELECT pg_sleep(2)"
    with migration_engine(hurried).connect() as connection:
        connection.execute(text(slow))
    hurried.dispose()
