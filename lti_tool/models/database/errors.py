"""Kinds of database failure, the same for SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DatabaseFailure(StrEnum):
    """Kind of failure. The values are metric labels.

    ``CONFLICT``: another transaction was in the way; a retry may succeed. ``BUG``: the statement itself is wrong.
    """

    CONFLICT = "met"
    UNAVAILABLE = "away"
    DISK_FULL = "full"
    READ_ONLY = "read_only"
    CORRUPT = "damaged"
    BUG = "mistake"


# PostgreSQL, Appendix A: SQLSTATE or its class.
_POSTGRESQL = {
    "40001": DatabaseFailure.CONFLICT,
    "40P01": DatabaseFailure.CONFLICT,
    "55P03": DatabaseFailure.CONFLICT,
    "25006": DatabaseFailure.READ_ONLY,
    "53100": DatabaseFailure.DISK_FULL,
    "08": DatabaseFailure.UNAVAILABLE,
    "53": DatabaseFailure.UNAVAILABLE,
    "57": DatabaseFailure.UNAVAILABLE,
    "58": DatabaseFailure.CORRUPT,
    "XX": DatabaseFailure.CORRUPT,
}
# MariaDB error codes; from 2000 on they are the client's.
_MARIADB = {
    **dict.fromkeys((1020, 1205, 1213), DatabaseFailure.CONFLICT),
    **dict.fromkeys((1290, 1792, 1836), DatabaseFailure.READ_ONLY),
    **dict.fromkeys((3, 1021, 1026, 1030, 1114), DatabaseFailure.DISK_FULL),
    **dict.fromkeys((1034, 1035, 1194, 1195), DatabaseFailure.CORRUPT),
    **dict.fromkeys(
        (1040, 1042, 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1927),
        DatabaseFailure.UNAVAILABLE,
    ),
    **dict.fromkeys(range(2000, 2070), DatabaseFailure.UNAVAILABLE),
}
# SQLite result codes; extended codes are reduced to their low byte.
_SQLITE = {
    **dict.fromkeys((5, 6), DatabaseFailure.CONFLICT),
    8: DatabaseFailure.READ_ONLY,
    13: DatabaseFailure.DISK_FULL,
    14: DatabaseFailure.UNAVAILABLE,
    **dict.fromkeys((10, 11, 26), DatabaseFailure.CORRUPT),
}


def classify_failure(error: SQLAlchemyError) -> DatabaseFailure:
    """Return the kind of failure behind ``error``."""
    if isinstance(error, PoolTimeout):
        return DatabaseFailure.UNAVAILABLE
    if not isinstance(error, DBAPIError):
        return DatabaseFailure.BUG
    failure = _by_code(error.orig)
    if failure is None or error.connection_invalidated:
        # psycopg sets no SQLSTATE when a connection breaks or cannot be opened.
        unavailable = error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
        return DatabaseFailure.UNAVAILABLE if unavailable else DatabaseFailure.BUG
    return failure


def _by_code(cause: BaseException | None) -> DatabaseFailure | None:
    """Return the kind of failure by the driver's error code; ``None`` if it has none."""
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRESQL.get(state, _POSTGRESQL.get(state[:2], DatabaseFailure.BUG))
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, DatabaseFailure.BUG)
    arguments: tuple[object, ...] = getattr(cause, "args", ())
    number = arguments[0] if arguments else None
    return _MARIADB.get(number, DatabaseFailure.BUG) if isinstance(number, int) and number else None
