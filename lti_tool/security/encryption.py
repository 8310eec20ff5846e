"""Encryption at rest: private keys, API keys, embed sessions."""

from __future__ import annotations

import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from lti_tool.errors import N_, SettingsError


class UnreadableSecret(SettingsError):
    """A stored secret was encrypted with an unknown key."""

    code = "security.wrong_encryption_key"
    sentence = N_("A stored secret can't be decrypted with the current encryption keys.")
    advice = N_("Add the previous key to LTI_TOOL_ENCRYPTION_KEYS, after the current one.")


class Vault:
    """Encrypts with the first key and decrypts with any, so that keys can be rotated."""

    def __init__(self, keys: str) -> None:
        """Take comma-separated Fernet keys, the current one first; raise :class:`SettingsError` for an invalid key."""
        try:
            fernets = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
            self._current = fernets[:1]
            self._fernet = MultiFernet(fernets)
        except ValueError as error:
            raise SettingsError(f"LTI_TOOL_ENCRYPTION_KEYS: {error}") from error

    def encrypt(self, secret: str) -> str:
        """Return ``secret`` as an encrypted token."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Return the secret in ``token``; raise :class:`UnreadableSecret` if no key fits."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise UnreadableSecret from error

    def is_current(self, token: str) -> bool:
        """Return whether ``token`` was encrypted with the first key."""
        try:
            self._current[0].decrypt(token.encode())
        except InvalidToken:
            return False
        return True

    def rotate(self, token: str) -> str:
        """Return ``token`` re-encrypted with the current key."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken as error:
            raise UnreadableSecret from error


def fingerprint(secret: str) -> str:
    """Return the SHA-256 of ``secret`` in hex, for look-ups that do not reveal it."""
    return hashlib.sha256(secret.encode()).hexdigest()
