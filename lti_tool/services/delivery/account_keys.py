"""API keys and tokens as they are stored: encrypted in the database, plain only while they are used."""

from __future__ import annotations

from typing import Protocol

from lti_tool.lms import plugin_for_family
from lti_tool.lms.account_access import AccountAccess, ApiKey, OAuthTokens, Transfer
from lti_tool.models import LmsApiKey, db
from lti_tool.security.encryption import Vault


class StoredTokens(Protocol):
    """A row, or a copy of one, with encrypted tokens."""

    @property
    def access_token_encrypted(self) -> str:
        """The access token."""

    @property
    def refresh_token_encrypted(self) -> str:
        """The refresh token."""


def account_access(family: str) -> AccountAccess | None:
    """Return how teachers of an LMS family consent; ``None`` if they needn't."""
    direct = plugin_for_family(family).direct_import
    return direct.account_access if direct is not None else None


def stored_key(vault: Vault, platform_id: str) -> tuple[str, ApiKey] | None:
    """Return the family and the API key of a registration; ``None`` if it has none."""
    row = db.session.get(LmsApiKey, platform_id)
    return (row.family, key_of(vault, row)) if row is not None else None


def key_of(vault: Vault, row: LmsApiKey) -> ApiKey:
    """Return a stored API key. Raises :class:`UnreadableSecret`."""
    return ApiKey(
        base_url=row.base_url,
        client_id=row.client_id,
        secret=vault.decrypt(row.secret_encrypted),
        optional_scopes=tuple(row.optional_scopes),
        transfer=Transfer(row.transfer),
        changed_at=row.changed_at,
    )


def encrypted(vault: Vault, tokens: OAuthTokens) -> dict[str, object]:
    """Return the columns for ``tokens``."""
    return {
        "access_token_encrypted": vault.encrypt(tokens.access_token),
        "refresh_token_encrypted": vault.encrypt(tokens.refresh_token),
        "expires_at": tokens.expires_at,
    }


def decrypted(vault: Vault, row: StoredTokens) -> OAuthTokens:
    """Return stored tokens. Raises :class:`UnreadableSecret`."""
    return OAuthTokens(
        access_token=vault.decrypt(row.access_token_encrypted),
        refresh_token=vault.decrypt(row.refresh_token_encrypted),
    )
