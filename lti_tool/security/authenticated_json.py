"""JSON with a MAC, for values in a store that other programs may write to: a Redis shared with them, for example.

Reading such a value runs no code, unlike unpickling. The key of the MAC is derived from the secret key, the purpose and
the name of the entry, so that a value copied to another name does not verify.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from lti_tool.errors import SettingsError

VERSION = b"1"
_MAC_BYTES = hashlib.sha256().digest_size
_HEADER_BYTES = len(VERSION) + _MAC_BYTES


class Unauthenticated(ValueError):
    """The value was not written by this tool with this secret key. The text holds nothing of the value."""


class AuthenticatedJson:
    """Writes and verifies values for one purpose. A value takes up to ``max_bytes``."""

    def __init__(self, secret_key: str, purpose: str, max_bytes: int) -> None:
        if not secret_key:
            raise SettingsError("LTI_TOOL_SECRET_KEY is missing")
        self.max_bytes = max_bytes
        self._key = _derive(secret_key.encode(), purpose)

    def dumps(self, name: str, value: object) -> bytes:
        """Return ``value`` for the entry ``name``; raise ``TypeError`` or ``ValueError`` if it does not fit."""
        body = json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
        if len(body) + _HEADER_BYTES > self.max_bytes:
            raise ValueError(f"{len(body)} bytes of JSON, {self.max_bytes} allowed")
        return VERSION + self._mac(name, body) + body

    def loads(self, name: str, data: bytes) -> object:
        """Return the value of the entry ``name``; raise :class:`Unauthenticated`."""
        if len(data) > self.max_bytes:
            raise Unauthenticated("too long")
        if not data.startswith(VERSION):
            raise Unauthenticated("another version")
        mac, body = data[len(VERSION) : _HEADER_BYTES], data[_HEADER_BYTES:]
        if not hmac.compare_digest(mac, self._mac(name, body)):
            raise Unauthenticated("the MAC does not match")
        value: object = json.loads(body)
        return value

    def _mac(self, name: str, body: bytes) -> bytes:
        return hmac.digest(_derive(self._key, name), VERSION + body, "sha256")


def _derive(key: bytes, label: str) -> bytes:
    return hmac.digest(key, f"lti_tool:{label}".encode(), "sha256")
