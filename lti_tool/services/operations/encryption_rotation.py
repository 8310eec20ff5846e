"""Encrypts what is stored anew with the current key, so that an older key can be thrown away, while the tool runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Base,
    Chore,
    Generation,
    Platform,
    ToolKey,
    add_audit_entry,
    compare_and_set,
    db,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault

Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]

ENCRYPTED: tuple[Column, ...] = (
    Platform.api_key_encrypted,
    ToolKey.private_pem_encrypted,
    Generation.session_id_encrypted,
    Generation.embed_url_encrypted,
    Chore.target_encrypted,
)
"""Every column that holds a secret."""

AT_ONCE = 200


def reencrypt_secrets(vault: Vault) -> int:
    """Encrypt every stored secret with the current key; return how many were not. Raises :class:`UnreadableSecret`.

    All are read first: a key that does not fit leaves everything as it was. Then a few at a time are changed, and only
    where nobody has changed them meanwhile. Broken off, it can be begun again.
    """
    for column in ENCRYPTED:
        for _, token in _secrets(column):
            vault.decrypt(token)
    count = sum(_rekey(column, vault) for column in ENCRYPTED)
    _note(count)
    return count


def _rekey(column: Column, vault: Vault) -> int:
    count, batch = 0, []
    for key, token in _secrets(column):
        if not vault.is_current(token):
            batch.append((key, token))
        if len(batch) == AT_ONCE:
            count += _change(column, batch, vault)
            batch = []
    return count + _change(column, batch, vault)


def _secrets(column: Column) -> Iterator[tuple[Any, str]]:
    """Yield key and token of every row, a few at a time: no transaction stays open, and few are in memory."""
    key = _key_of(_table_of(column))
    last = None
    while True:
        query = select(key, column).where(column.is_not(None), column != "").order_by(key).limit(AT_ONCE)
        rows = db.session.execute(query if last is None else query.where(key > last)).all()
        db.session.rollback()
        for found, token in rows:
            yield found, str(token)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _change(column: Column, batch: list[tuple[Any, str]], vault: Vault) -> int:
    return _write(column, [(key, token, vault.rotate(token)) for key, token in batch])


@retry_on_conflict
def _write(column: Column, batch: list[tuple[Any, str, str]]) -> int:
    table = _table_of(column)
    count = sum(
        compare_and_set(table, _key_of(table) == key, column == token, **{column.key: turned})
        for key, token, turned in batch
    )
    db.session.commit()
    return count


@retry_on_conflict
def _note(count: int) -> None:
    add_audit_entry(AuditAction.SECRETS_REKEYED, OPERATOR, detail=f"{count} secrets")
    db.session.commit()


def _table_of(column: Column) -> type[Base]:
    table: type[Base] = column.parent.class_
    return table


def _key_of(table: type[Base]) -> InstrumentedAttribute[Any]:
    (column,) = inspect(table).primary_key
    attribute: InstrumentedAttribute[Any] = getattr(table, column.name)
    return attribute
