"""Re-encrypt stored secrets with the current key, while the tool runs, so that older keys can be discarded."""

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
    Import,
    Launch,
    LmsAccount,
    LmsApiKey,
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
    Launch.import_grant_encrypted,
    Import.grant_encrypted,
    LmsApiKey.secret_encrypted,
    LmsAccount.access_token_encrypted,
    LmsAccount.refresh_token_encrypted,
    Chore.target_encrypted,
)
"""All columns that hold secrets."""

BATCH_SIZE = 200


def reencrypt_secrets(vault: Vault) -> int:
    """Encrypt every stored secret with the current key; return how many were not. Raises :class:`UnreadableSecret`.

    All secrets are decrypted first, so that a missing key changes nothing. Then they are changed in batches, each only
    if its value is still the same. An interrupted run can simply be repeated.
    """
    for column in ENCRYPTED:
        for _, token in _secrets(column):
            vault.decrypt(token)
    count = sum(_reencrypt_column(column, vault) for column in ENCRYPTED)
    _record(count)
    return count


def _reencrypt_column(column: Column, vault: Vault) -> int:
    count, batch = 0, []
    for key, token in _secrets(column):
        if not vault.is_current(token):
            batch.append((key, token))
        if len(batch) == BATCH_SIZE:
            count += _reencrypt_batch(column, batch, vault)
            batch = []
    return count + _reencrypt_batch(column, batch, vault)


def _secrets(column: Column) -> Iterator[tuple[Any, str]]:
    """Yield primary key and token of every row, in batches: no transaction stays open, and memory use is bounded."""
    key = _key_of(_table_of(column))
    last = None
    while True:
        query = select(key, column).where(column.is_not(None), column != "").order_by(key).limit(BATCH_SIZE)
        rows = db.session.execute(query if last is None else query.where(key > last)).all()
        db.session.rollback()
        for key_value, token in rows:
            yield key_value, str(token)
        if len(rows) < BATCH_SIZE:
            return
        last = rows[-1][0]


def _reencrypt_batch(column: Column, batch: list[tuple[Any, str]], vault: Vault) -> int:
    return _write(column, [(key, token, vault.rotate(token)) for key, token in batch])


@retry_on_conflict
def _write(column: Column, batch: list[tuple[Any, str, str]]) -> int:
    table = _table_of(column)
    count = sum(
        compare_and_set(table, _key_of(table) == key, column == token, **{column.key: reencrypted})
        for key, token, reencrypted in batch
    )
    db.session.commit()
    return count


@retry_on_conflict
def _record(count: int) -> None:
    add_audit_entry(AuditAction.SECRETS_REKEYED, OPERATOR, detail=f"{count} secrets")
    db.session.commit()


def _table_of(column: Column) -> type[Base]:
    table: type[Base] = column.parent.class_
    return table


def _key_of(table: type[Base]) -> InstrumentedAttribute[Any]:
    (column,) = inspect(table).primary_key
    attribute: InstrumentedAttribute[Any] = getattr(table, column.name)
    return attribute
