"""The storage behind the queue, chosen by the operator's URL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey

from lti_tool.errors import SettingsError
from lti_tool.jobs.messages import JsonSerializer

REDIS_SECONDS = {"socket_connect_timeout": 3, "socket_timeout": 10}
"""Upper bounds for a page that enqueues a job; a worker blocks for one second at a time."""


def open_huey(url: str, secret_key: str, name: str) -> Huey:
    """Open the queue ``name`` in the storage at ``url``.

    Messages are JSON with a MAC: write access to the storage is not enough to run code here.
    """
    common = {"name": name, "results": False, "serializer": JsonSerializer(secret_key)}
    match urlsplit(url).scheme:
        case "sqlite":
            path = Path(url.removeprefix("sqlite:///")).resolve()
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return SqliteHuey(filename=str(path), timeout=30, **common)
            except (OSError, sqlite3.Error) as error:
                raise SettingsError(f"LTI_TOOL_QUEUE_URL: {path} can't be opened: {error}") from error
        case "redis" | "rediss":
            from redis import ConnectionPool  # noqa: PLC0415 -- an extra: needed only where the queue is on Redis

            return RedisHuey(connection_pool=ConnectionPool.from_url(url, **REDIS_SECONDS), **common)
        case "postgresql":
            return PostgresHuey(dsn=url, connect_timeout=3, **common)
        case "memory":
            return MemoryHuey(immediate=True, **common)
    raise SettingsError("LTI_TOOL_QUEUE_URL must begin with sqlite:///, redis:// or postgresql://")


def storage_errors(url: str) -> tuple[type[Exception], ...]:
    """Return the errors raised when the storage at ``url`` is unreachable, full or read-only."""
    match urlsplit(url).scheme:
        case "redis" | "rediss":
            from redis import RedisError  # noqa: PLC0415 -- an extra

            return (RedisError, OSError)
        case "postgresql":
            from psycopg import Error  # noqa: PLC0415 -- an extra

            return (Error, OSError)
    return (sqlite3.Error, OSError)
