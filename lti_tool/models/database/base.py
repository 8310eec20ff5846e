"""The database object, and column types that behave alike on every database."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

# Constraint names by rule: migrations can drop and alter them on every database.
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


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, stored without a zone and with microseconds."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Ask MariaDB for microseconds; it drops them by default."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Reject a naive datetime: it is ambiguous."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Restore the zone."""
        return value if value is None else value.replace(tzinfo=UTC)


def key(length: int = 255) -> TypeEngine[str]:
    """Column type of an identifier, compared byte by byte (MariaDB considers ``A`` and ``a`` equal by default)."""
    return String(length).with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")


def word_key() -> TypeEngine[str]:
    """Column type of a folded word, ordered byte by byte, so that an index finds its beginning."""
    length = 60
    return key(length).with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")


def long_text() -> TypeEngine[str]:
    """Column type of text of any length (MariaDB's TEXT is limited to 64 KB)."""
    return Text().with_variant(mysql.LONGTEXT(collation="utf8mb4_bin"), "mysql", "mariadb")


def blob() -> TypeEngine[bytes]:
    """Column type of bytes of any length (MariaDB's BLOB is limited to 64 KB)."""
    return LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def new_id() -> str:
    """Return an unguessable id: 144 random bits, safe in a URL."""
    return secrets.token_urlsafe(18)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
