"""Queues on every storage, and a tool with a separate database."""

import os
import uuid

import psycopg
import pytest
from redis import Redis

from tests.support.databases import drop_database, make_database, reachable


@pytest.fixture(scope="session")
def postgresql():
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    if not reachable("postgresql"):
        pytest.skip("postgresql does not answer on this machine")
    name = f"examplary_lms_jobs_{os.getpid()}"
    yield make_database("postgresql", name)
    drop_database("postgresql", name)


@pytest.fixture
def queue_name():
    """A unique name, since parallel runs share a Redis."""
    return f"lms_{uuid.uuid4().hex}"


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def queue_url(request, tmp_path, queue_name):
    """An empty queue on every storage."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    elif request.param == "redis":
        url = request.getfixturevalue("redis_url")
        yield url
        client = Redis.from_url(url)
        for key in client.scan_iter(f"huey.*{queue_name}*"):
            client.delete(key)
    else:
        url = request.getfixturevalue("postgresql").replace("+psycopg", "")
        yield url
        with psycopg.connect(url) as connection:
            for table in ("huey_task", "huey_schedule", "huey_kv"):
                connection.execute(f"DELETE FROM {table}")


@pytest.fixture
def settings(settings, queue_url, queue_name):
    return settings.model_copy(update={"queue_url": queue_url, "key_prefix": queue_name})
