"""What a database's error means for a person and for the operator, whichever database it was."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class Trouble(StrEnum):
    """``met``: another transaction came in the way. ``mistake``: the statement itself, which is a bug of ours."""

    MET = "met"
    AWAY = "away"
    FULL = "full"
    READ_ONLY = "read_only"
    DAMAGED = "damaged"
    MISTAKE = "mistake"


# PostgreSQL, Appendix A: by SQLSTATE, or by its class.
_POSTGRESQL = {
    "40001": Trouble.MET,
    "40P01": Trouble.MET,
    "55P03": Trouble.MET,
    "25006": Trouble.READ_ONLY,
    "53100": Trouble.FULL,
    "08": Trouble.AWAY,
    "53": Trouble.AWAY,
    "57": Trouble.AWAY,
    "58": Trouble.DAMAGED,
    "XX": Trouble.DAMAGED,
}
# MariaDB's error codes; those from 2000 are the client's.
_MARIADB = {
    **dict.fromkeys((1020, 1205, 1213), Trouble.MET),
    **dict.fromkeys((1290, 1792, 1836), Trouble.READ_ONLY),
    **dict.fromkeys((3, 1021, 1026, 1030, 1114), Trouble.FULL),
    **dict.fromkeys((1034, 1035, 1194, 1195), Trouble.DAMAGED),
    **dict.fromkeys((1040, 1042, 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1927), Trouble.AWAY),
    **dict.fromkeys(range(2000, 2070), Trouble.AWAY),
}
# SQLite's result codes, of the extended ones the low byte.
_SQLITE = {
    **dict.fromkeys((5, 6), Trouble.MET),
    8: Trouble.READ_ONLY,
    13: Trouble.FULL,
    14: Trouble.AWAY,
    **dict.fromkeys((10, 11, 26), Trouble.DAMAGED),
}


def trouble_of(error: SQLAlchemyError) -> Trouble:
    """Return what ``error`` means."""
    if isinstance(error, NoConnectionFree):
        return Trouble.AWAY
    if not isinstance(error, DBAPIError):
        return Trouble.MISTAKE
    known = _by_code(error.orig)
    if known is None or error.connection_invalidated:
        # psycopg gives a connection that broke, or could not be made, no SQLSTATE.
        away = error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
        return Trouble.AWAY if away else Trouble.MISTAKE
    return known


def _by_code(cause: BaseException | None) -> Trouble | None:
    """Return what the driver's error means; ``None``: it says nothing."""
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRESQL.get(state, _POSTGRESQL.get(state[:2], Trouble.MISTAKE))
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, Trouble.MISTAKE)
    arguments: tuple[object, ...] = getattr(cause, "args", ())
    number = arguments[0] if arguments else None
    return _MARIADB.get(number, Trouble.MISTAKE) if isinstance(number, int) and number else None
