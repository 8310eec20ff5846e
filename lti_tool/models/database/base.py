"""What all tables share: the database object, and column types that mean the same on every database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, LargeBinary, MetaData, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

# Named by rule, so that migrations can drop and alter them on every database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


@contextmanager
def connection() -> Iterator[Connection]:
    """A connection beside the session, for the few paths that are walked all day: rows, and no objects.

    What is not committed when it ends is undone.
    """
    with db.engine.connect() as found:
        yield found


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Aware and in UTC in Python; without a zone and with microseconds in every database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """MariaDB drops fractions of a second unless it is told to keep them."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it means nothing."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value if value is None else value.replace(tzinfo=UTC)


def key(length: int = 255) -> TypeEngine[str]:
    """An identifier: compared byte for byte (MariaDB would take ``A`` for ``a``)."""
    return String(length).with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")


def long_text() -> TypeEngine[str]:
    """Text of any length (MariaDB's TEXT ends at 64 KB)."""
    return Text().with_variant(mysql.LONGTEXT(collation="utf8mb4_bin"), "mysql", "mariadb")


def blob() -> TypeEngine[bytes]:
    """Bytes of any length (MariaDB's BLOB ends at 64 KB)."""
    return LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def new_id() -> str:
    """Return an id that nobody can guess: 144 random bits, safe in a URL."""
    return secrets.token_urlsafe(18)


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)
