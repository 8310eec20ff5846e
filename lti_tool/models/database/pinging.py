"""Whether a connection to PostgreSQL that lay in the pool is still one, without asking the server each time.

A server that ends, is ended or closes a connection says so, and what it said waits at our end: to look is free, to ask
took a tenth of what a launch costs. A machine that lost its power says nothing; so what has rested is asked all the
same.
"""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, cast

from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

if TYPE_CHECKING:
    from psycopg import Connection

RESTED_SECONDS = 10.0
_USED = "lti_tool.used"


def look_first(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Tell the pool if ``connection`` is none any more, for its event ``checkout``: it then makes another one."""
    from psycopg import Error  # noqa: PLC0415 -- an extra

    moment, postgresql = time.monotonic(), cast("Connection", connection)
    rested = moment - entry.info.get(_USED, moment)
    entry.info[_USED] = moment
    try:
        if rested > RESTED_SECONDS or _something_came(postgresql):
            _ask(postgresql)
    except Error as error:
        raise InvalidatePoolError from error


def _something_came(connection: Connection) -> bool:
    """Return whether the server has sent what nobody asked for: its last words, or a notice."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _ask(connection: Connection) -> None:
    connection.execute("SELECT 1")
    connection.rollback()
