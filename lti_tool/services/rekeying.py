"""Encrypts what is stored anew with the current key, so that an older key can be thrown away."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import Base, Chore, Generation, Platform, ToolKey, db
from lti_tool.security.encryption import Vault

ENCRYPTED: tuple[tuple[type[Base], InstrumentedAttribute[str] | InstrumentedAttribute[str | None]], ...] = (
    (Platform, Platform.api_key_encrypted),
    (ToolKey, ToolKey.private_pem_encrypted),
    (Generation, Generation.session_id_encrypted),
    (Generation, Generation.embed_url_encrypted),
    (Chore, Chore.target_encrypted),
)
"""Every column that holds a secret."""


def rekey(vault: Vault) -> int:
    """Encrypt every stored secret with the current key; return how many. Raises :class:`UnreadableSecret`.

    All of them or none: a key that does not fit leaves everything as it was.
    """
    count = 0
    for table, column in ENCRYPTED:
        for row in db.session.scalars(select(table)):
            token = getattr(row, column.key)
            if token:
                setattr(row, column.key, vault.rotate(token))
                count += 1
    db.session.commit()
    return count
