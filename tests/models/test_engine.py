"""A silent database server counts as unavailable within seconds, long before the TCP timeout of the kernel."""

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
    """A server that accepts connections and never responds, as if behind a broken network."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        yield listener.getsockname()[1]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_silent_server_is_unavailable(silent, driver, monkeypatch):
    for name, seconds in {"connect_timeout": 2, "read_timeout": 1}.items():
        for timeouts in module.TIMEOUTS.values():
            if name in timeouts:
                monkeypatch.setitem(timeouts, name, seconds)
    url = f"{driver}://tool@127.0.0.1:{silent}/tool"
    began = time.monotonic()
    with pytest.raises(DBAPIError) as raised:
        create_engine(url, **engine_options(url)).connect()
    assert classify_failure(raised.value) is DatabaseFailure.UNAVAILABLE
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("name", SERVER_URLS)
def test_migrations_have_no_read_timeout(name, monkeypatch):
    if not reachable(name):
        pytest.skip(f"{name} does not answer on this machine")
    monkeypatch.setitem(module.TIMEOUTS["mysql"], "read_timeout", 1)
    hurried = create_engine(SERVER_URLS[name], **engine_options(SERVER_URLS[name]))
    slow = "SELECT SLEEP(2)" if name == "mariadb" else "SELECT pg_sleep(2)"
    with migration_engine(hurried).connect() as connection:
        connection.execute(text(slow))
    hurried.dispose()
