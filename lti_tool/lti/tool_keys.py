"""The tool's own keys: made, kept encrypted, published, rotated."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select

from lti_tool.models import KeyState, ToolKey, change_row, db, delete_rows, new_id, now, put_row, repeatable
from lti_tool.security.encryption import Vault

BITS = 2048
REFRESH_SECONDS = 60.0
"""How long a process signs with the key that it has read, after another one has rotated."""
RETIRED_DAYS = 30
"""How long a retired key is published after it signed for the last time."""


class ToolKeys:
    """Gives the key that signs and the key set that is published.

    There is always a ``next`` key, published long before it signs: rotating is safe at any moment, also for
    platforms that keep our key set for days.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._lock = Lock()
        self._signing: tuple[str, RSAPrivateKey] | None = None
        self._read_at = 0.0

    def ensure(self) -> None:
        """Make the first keys if there are none. Of two processes at once, both go on with the same key."""
        if _kids(KeyState.ACTIVE):
            return
        self._add(KeyState.ACTIVE)
        if not _kids(KeyState.NEXT):
            self._add(KeyState.NEXT)
        _settle()

    def signing_key(self) -> tuple[str, RSAPrivateKey]:
        """Return (kid, key). The key is an object: reading PEM costs 50 times what signing does (facts: libraries)."""
        with self._lock:
            if self._signing is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
                self._signing = self._read(self._signing)
                self._read_at = time.monotonic()
            return self._signing

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public key set: every key that signs, will sign, or signed not long ago."""
        self.ensure()
        rows = db.session.scalars(select(ToolKey.public_jwk).order_by(ToolKey.created_at, ToolKey.kid))
        return {"keys": [json.loads(row) for row in rows]}

    @repeatable
    def rotate(self) -> str:
        """Let the next key sign from now on and return its kid; the one before stays published for 30 days."""
        self.ensure()
        moment = now()
        upcoming = (_kids(KeyState.NEXT) or [self._add(KeyState.NEXT)])[0]
        for kid in _kids(KeyState.ACTIVE):
            _move(kid, KeyState.ACTIVE, KeyState.RETIRED, moment)
        _move(upcoming, KeyState.NEXT, KeyState.ACTIVE, moment)
        db.session.commit()
        delete_rows(
            ToolKey.kid, ToolKey.state == KeyState.RETIRED, ToolKey.state_since < moment - timedelta(days=RETIRED_DAYS)
        )
        if not _kids(KeyState.NEXT):
            self._add(KeyState.NEXT)
        with self._lock:
            self._signing = None
        return upcoming

    def _read(self, held: tuple[str, RSAPrivateKey] | None) -> tuple[str, RSAPrivateKey]:
        self.ensure()
        kid = _kids(KeyState.ACTIVE)[0]
        if held and held[0] == kid:
            return held
        row = db.session.get_one(ToolKey, kid)
        private = load_pem_private_key(self._vault.decrypt(row.private_pem_encrypted).encode(), password=None)
        if not isinstance(private, RSAPrivateKey):
            raise TypeError("the stored key is not an RSA key")
        return kid, private

    def _add(self, state: KeyState) -> str:
        private = generate_private_key(public_exponent=65537, key_size=BITS)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        kid = new_id()
        _keep(
            kid=kid,
            state=state,
            public_jwk=json.dumps(_public_jwk(private.public_key(), kid)),
            private_pem_encrypted=self._vault.encrypt(pem),
        )
        return kid


@repeatable
def _keep(**key: str) -> None:
    put_row(ToolKey, key)
    db.session.commit()


def _public_jwk(public: RSAPublicKey, kid: str) -> dict[str, str]:
    """Return the JWK with ``alg`` and ``use``: some platforms refuse a key without them (tsugi#82, MDL-83423)."""
    jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": str(jwk["n"]), "e": str(jwk["e"])}


def _kids(state: KeyState) -> list[str]:
    query = select(ToolKey.kid).where(ToolKey.state == state).order_by(ToolKey.created_at, ToolKey.kid)
    return list(db.session.scalars(query))


@repeatable
def _settle() -> None:
    """Leave one active key, the first: two processes that began together have made two."""
    moment = now()
    for kid in _kids(KeyState.ACTIVE)[1:]:
        _move(kid, KeyState.ACTIVE, KeyState.NEXT, moment)
    db.session.commit()


def _move(kid: str, before: KeyState, after: KeyState, moment: datetime) -> None:
    change_row(ToolKey, ToolKey.kid == kid, ToolKey.state == before, state=after, state_since=moment)
