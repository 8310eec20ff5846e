"""The tool's signing keys: creation, encrypted storage, publication, rotation."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from threading import Lock

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import func, select

from lti_tool.errors import N_, ToolError
from lti_tool.models import (
    OPERATOR,
    TOOL,
    AuditAction,
    KeyState,
    ToolKey,
    add_audit_entry,
    compare_and_set,
    db,
    delete_in_batches,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault

log = structlog.get_logger(__name__)

BITS = 2048
REFRESH_SECONDS = 60.0
"""How long a process may sign with a cached key after another process has rotated."""
PUBLISHED_FIRST = timedelta(days=1)
"""How long a key is published before it signs: longer than any LMS caches the key set."""
RETIRED_FOR = timedelta(days=30)
"""How long a key stays published after it signed last. Its signatures are valid for ten minutes."""


class NextKeyTooFresh(ToolError):
    """An LMS may not have downloaded the next key yet."""

    code = "keys.too_fresh"
    sentence = N_("The next key was published %(hours)d hours ago; some LMSs may not have fetched it yet.")
    advice = N_("Wait until it is a day old. If the signing key has leaked, rotate now: --now")
    status = 409


class ToolKeys:
    """The signing key and the published key set.

    There is always a ``next`` key, published a day before it signs, so that every LMS has downloaded it by then. A
    retired key stays published for a month.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._lock = Lock()
        self._signing: tuple[str, RSAPrivateKey] | None = None
        self._read_at = 0.0

    def ensure(self) -> None:
        """Create the first keys if there are none. Two concurrent processes end up with the same key."""
        if _kids(KeyState.ACTIVE):
            return
        self._add(KeyState.ACTIVE)
        if not _kids(KeyState.NEXT):
            self._add(KeyState.NEXT)
        _settle()

    def signing_key(self) -> tuple[str, RSAPrivateKey]:
        """Return (kid, key). The key is an object: parsing PEM takes 50 times as long as signing.

        See docs/reference/libraries.md#signing-keys.
        """
        with self._lock:
            if self._signing is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
                self._signing = self._read(self._signing)
                self._read_at = time.monotonic()
            return self._signing

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public key set: the active, next and retired keys."""
        self.ensure()
        rows = db.session.scalars(select(ToolKey.public_jwk).order_by(ToolKey.created_at, ToolKey.kid))
        return {"keys": [json.loads(row) for row in rows]}

    def rotate(self, *, at_once: bool = False) -> str:
        """Make the next key the signing key and return its kid.

        Raises :class:`NextKeyTooFresh` while it has not been published for a day, unless ``at_once``.
        """
        self.maintain(None)
        moment = now()
        published = moment if at_once else moment - PUBLISHED_FIRST
        kid = _rotate(moment, OPERATOR, active_before=moment, next_before=published)
        if not kid:
            raise NextKeyTooFresh(hours=_hours_published(moment))
        self._prepare_next()
        return kid

    def maintain(self, lifetime: timedelta | None) -> str:
        """Rotate and delete keys that are due; return the kid of the new signing key if this call rotated.

        The next key takes over when the active one is older than ``lifetime`` (``None``: never); old retired keys are
        deleted; there is always a next key. Of several concurrent calls, one rotates.
        """
        self.ensure()
        moment = now()
        kid = ""
        if lifetime is not None:
            kid = _rotate(moment, TOOL, active_before=moment - lifetime, next_before=moment - PUBLISHED_FIRST)
        delete_in_batches(ToolKey.kid, ToolKey.state == KeyState.RETIRED, ToolKey.state_since < moment - RETIRED_FOR)
        if kid or not _kids(KeyState.NEXT):
            self._prepare_next()
        return kid

    def _prepare_next(self) -> None:
        """Create another next key if there is none, and forget the cached signing key."""
        if not _kids(KeyState.NEXT):
            self._add(KeyState.NEXT)
        with self._lock:
            self._signing = None

    def _read(self, cached: tuple[str, RSAPrivateKey] | None) -> tuple[str, RSAPrivateKey]:
        self.ensure()
        kid = _kids(KeyState.ACTIVE)[0]
        if cached and cached[0] == kid:
            return cached
        row = db.session.get_one(ToolKey, kid)
        private = load_pem_private_key(self._vault.decrypt(row.private_pem_encrypted).encode(), password=None)
        if not isinstance(private, RSAPrivateKey):
            raise TypeError("the stored key is not an RSA key")
        return kid, private

    def _add(self, state: KeyState) -> str:
        private = generate_private_key(public_exponent=65537, key_size=BITS)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        kid = new_id()
        _insert(
            kid=kid,
            state=state,
            public_jwk=json.dumps(_public_jwk(private.public_key(), kid)),
            private_pem_encrypted=self._vault.encrypt(pem),
        )
        return kid


@retry_on_conflict
def _insert(**key: str) -> None:
    insert_if_absent(ToolKey, key)
    db.session.commit()


def _public_jwk(public: RSAPublicKey, kid: str) -> dict[str, str]:
    """Return the JWK with ``alg`` and ``use``: some platforms reject a key without them (tsugi#82, MDL-83423)."""
    jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": str(jwk["n"]), "e": str(jwk["e"])}


def _kids(state: KeyState) -> list[str]:
    query = select(ToolKey.kid).where(ToolKey.state == state).order_by(ToolKey.created_at, ToolKey.kid)
    return list(db.session.scalars(query))


@retry_on_conflict
def _settle() -> None:
    """Keep only the first active key: two processes that started together may have created two."""
    moment = now()
    for kid in _kids(KeyState.ACTIVE)[1:]:
        _move(kid, KeyState.ACTIVE, KeyState.NEXT, moment)
    db.session.commit()


@retry_on_conflict
def _rotate(moment: datetime, actor: str, *, active_before: datetime, next_before: datetime) -> str:
    """Replace the active key by the next one, if both have been in their state since before these times.

    Return its kid; empty if it was too early or another process has just rotated. Commits.
    """
    active = _first(KeyState.ACTIVE, active_before)
    upcoming = _first(KeyState.NEXT, next_before)
    db.session.rollback()
    if not (active and upcoming):
        return ""
    moved = _move(active, KeyState.ACTIVE, KeyState.RETIRED, moment) and _move(
        upcoming, KeyState.NEXT, KeyState.ACTIVE, moment
    )
    if not moved:
        db.session.rollback()
        return ""
    add_audit_entry(AuditAction.SIGNING_KEY_ROTATED, actor, subject=upcoming)
    db.session.commit()
    log.info("keys.rotated", kid=upcoming)
    return upcoming


def _first(state: KeyState, since: datetime) -> str:
    query = select(ToolKey.kid).where(ToolKey.state == state, ToolKey.state_since <= since)
    return db.session.scalar(query.order_by(ToolKey.created_at, ToolKey.kid).limit(1)) or ""


def _hours_published(moment: datetime) -> int:
    since = db.session.scalar(select(func.min(ToolKey.state_since)).where(ToolKey.state == KeyState.NEXT))
    return int((moment - since).total_seconds() // 3600) if since else 0


def _move(kid: str, before: KeyState, after: KeyState, moment: datetime) -> bool:
    return compare_and_set(ToolKey, ToolKey.kid == kid, ToolKey.state == before, state=after, state_since=moment)
