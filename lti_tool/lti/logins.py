"""The rows of logins that were begun: each state works once, in one browser, for one platform."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import bindparam, delete, insert, select

from lti_tool.errors import LaunchError
from lti_tool.lti.addresses import origin_of
from lti_tool.lti.errors import LaunchExpired, LaunchUsed, ProofMissing, ProofWrong
from lti_tool.models import Login, Platform, db, now, repeatable
from lti_tool.security.encryption import fingerprint

_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_FRAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PREFIX = "lti_login_"

# Built once, and without objects: a login lives for seconds.
_TABLE = Login.metadata.tables["login"]
_INSERT = insert(_TABLE)
_TAKE = (
    delete(_TABLE)
    .where(_TABLE.c.state == bindparam("given"))
    .returning(*(_TABLE.c[name] for name in ("platform_id", "nonce", "browser_hash", "handover_id", "expires_at")))
)


@dataclass(frozen=True, slots=True)
class BrowserProof:
    """What only the browser of this login holds. ``name`` is the cookie's name and the key in platform storage."""

    name: str
    value: str
    max_age: int
    """In seconds."""


@dataclass(frozen=True, slots=True)
class BegunLogin:
    """A login as it goes out."""

    state: str
    nonce: str
    proof: BrowserProof


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """A login as it comes back, already deleted from the table."""

    platform_id: str
    nonce: str
    handover_id: str
    """The frame that waits for the launch; empty: none does."""


@dataclass(frozen=True, slots=True)
class StorageLookup:
    """Where the browser asks for its proof when the cookie did not come back (``lti.get_data``)."""

    target: str
    """Name of the frame, or ``_parent``; empty: the platform keeps nothing for us."""
    origin: str
    """Origin to which the question is posted: that of the platform's login."""
    key: str


def proof_name(state: str) -> str:
    """Return the cookie's name: of this state alone, so that logins in several tabs do not disturb each other."""
    return _PREFIX + _hash(state)[:12]


def begin(
    platform_id: str, *, target_link_uri: str, storage_target: str, lifetime: timedelta, handover_id: str = ""
) -> BegunLogin:
    """Store a new login and return what goes out with it. Commits."""
    state, nonce, proof = (secrets.token_urlsafe(32) for _ in range(3))
    login = {
        "state": state,
        "nonce": nonce,
        "platform_id": platform_id,
        "browser_hash": _hash(proof),
        "target_link_uri": target_link_uri,
        "storage_target": storage_target,
        "handover_id": handover_id,
        "expires_at": now() + lifetime,
    }
    _keep(login)
    return BegunLogin(state, nonce, BrowserProof(proof_name(state), proof, int(lifetime.total_seconds())))


def nonce_of(state: str, proof: str, platform_id: str) -> str:
    """Return the nonce of a login that this browser has begun at this platform and not yet finished.

    Raises :class:`LaunchUsed` if there is none (any more), :class:`ProofMissing` or :class:`ProofWrong`.
    """
    query = select(Login.nonce, Login.browser_hash).where(Login.state == state, Login.platform_id == platform_id)
    alive = query.where(Login.expires_at > now())
    found = db.session.execute(alive).one_or_none() if _STATE.fullmatch(state) else None
    if found is None:
        raise LaunchUsed
    _check_proof(proof, found.browser_hash)
    return str(found.nonce)


def consume(state: str, proof: str, moment: datetime) -> LoginFacts:
    """Delete the login and return it: of many who try at once, one gets it. Commits.

    Raises :class:`LaunchUsed`, :class:`LaunchExpired`, :class:`ProofMissing` or :class:`ProofWrong`; a login whose
    proof was wrong is gone too.
    """
    row = _take(state)
    if row is None:
        raise LaunchUsed
    try:
        if row.expires_at <= moment:
            raise LaunchExpired
        _check_proof(proof, row.browser_hash)
    except LaunchError as refusal:
        refusal.handover_id = row.handover_id
        raise
    return LoginFacts(row.platform_id, row.nonce, row.handover_id)


def handover_of(state: str) -> str:
    """Return which frame waits for the login with this state; empty if none does."""
    if not _STATE.fullmatch(state):
        return ""
    return db.session.scalar(select(Login.handover_id).where(Login.state == state)) or ""


def storage_lookup(state: str) -> StorageLookup | None:
    """Return where this login's proof is kept beside the cookie; nothing if no such login is open."""
    if not _STATE.fullmatch(state):
        return None
    query = select(Login.storage_target, Platform.authorization_url).join(Platform).where(Login.state == state)
    found = db.session.execute(query.where(Login.expires_at > now())).one_or_none()
    return StorageLookup(found[0], origin_of(found[1]), proof_name(state)) if found else None


def storage_target(given: str) -> str:
    """Return the frame's name if it is one: ``_parent`` or plain characters."""
    return given if _FRAME.fullmatch(given) else ""


def _check_proof(proof: str, expected: str) -> None:
    if not proof:
        raise ProofMissing
    if not compare_digest(_hash(proof), expected):
        raise ProofWrong


def _hash(text: str) -> str:
    """Return the SHA-256 of what may have come from a browser, and then may not even be Unicode."""
    return fingerprint(text.encode(errors="replace").decode())


@dataclass(frozen=True, slots=True)
class _Row:
    platform_id: str
    nonce: str
    browser_hash: str
    handover_id: str
    expires_at: datetime


@repeatable
def _keep(login: dict[str, object]) -> None:
    db.session.execute(_INSERT, login)
    db.session.commit()


@repeatable
def _take(state: str) -> _Row | None:
    if not _STATE.fullmatch(state):
        return None
    found = db.session.execute(_TAKE, {"given": state}).one_or_none()
    db.session.commit()
    return _Row(*found) if found else None
