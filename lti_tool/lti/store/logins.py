"""The rows of logins that were begun: each state works once, in one browser, for one platform."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import Connection, and_, bindparam, delete, insert, select

from lti_tool.errors import LaunchError
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.errors import LaunchExpired, LaunchUsed, ProofMissing, ProofWrong
from lti_tool.lti.protocol.verified_launch import KnownPerson
from lti_tool.lti.store.tool_conf import FACTS, PlatformRecord
from lti_tool.models import Base, Direct, Login, Platform, db, now
from lti_tool.security.encryption import fingerprint

_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_FRAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PREFIX = "lti_login_"

# Built once, and without objects: a login lives for seconds.
_LOGIN = Login.metadata.tables["login"]
_PLATFORM, _DEPLOYMENT, _PERSON = (Base.metadata.tables[name] for name in ("platform", "deployment", "lms_user"))
_INSERT = Direct(insert(_LOGIN), *(column.key for column in _LOGIN.columns))
_DELETE = Direct(delete(_LOGIN).where(_LOGIN.c.state == bindparam("given")))
_FIND = Direct(
    select(
        *(_LOGIN.c.nonce, _LOGIN.c.browser_hash, _LOGIN.c.handover_id, _LOGIN.c.expires_at),
        _DEPLOYMENT.c.deployment_id,
        *(_PERSON.c.id, _PERSON.c.sub, _PERSON.c.name, _PERSON.c.email, _PERSON.c.seen_at),
        *FACTS,
    )
    .select_from(_LOGIN)
    .join(_PLATFORM, _PLATFORM.c.id == _LOGIN.c.platform_id)
    .outerjoin(
        _DEPLOYMENT,
        and_(
            _DEPLOYMENT.c.platform_id == _LOGIN.c.platform_id, _DEPLOYMENT.c.deployment_id == bindparam("deployment_id")
        ),
    )
    .outerjoin(_PERSON, and_(_PERSON.c.platform_id == _LOGIN.c.platform_id, _PERSON.c.sub == bindparam("sub")))
    .where(_LOGIN.c.state == bindparam("given"))
)
"""Everything that the database knows of a launch, in one question."""


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
class OpenLogin:
    """A login as it comes back, and what is known of whom and what its launch names."""

    nonce: str
    handover_id: str
    """The frame that waits for the launch; empty: none does."""
    platform: PlatformRecord
    deployment_id: str
    """The deployment that was asked for, if the platform is known to have it; else empty."""
    person: KnownPerson | None


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
    rows: Connection,
    platform_id: str,
    *,
    target_link_uri: str,
    storage_target: str,
    lifetime: timedelta,
    handover_id: str = "",
) -> BegunLogin:
    """Store a new login and return what goes out with it. The caller commits."""
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
    _INSERT.count(rows, login)
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


def find(rows: Connection, state: str, proof: str, moment: datetime, *, deployment_id: str, sub: str) -> OpenLogin:
    """Return the open login of ``state`` if this browser has its ``proof``, with what is known of its launch.

    Raises :class:`LaunchUsed`, :class:`LaunchExpired`, :class:`ProofMissing` or :class:`ProofWrong`.
    """
    asked = {"given": state, "deployment_id": deployment_id, "sub": sub}
    found = _FIND.rows(rows, asked) if _STATE.fullmatch(state) else []
    if not found:
        raise LaunchUsed
    row = found[0]
    nonce, browser_hash, handover_id, expires_at, deployment, *person = row[:10]
    try:
        if expires_at <= moment:
            raise LaunchExpired
        _check_proof(proof, browser_hash)
    except LaunchError as refusal:
        refusal.handover_id = handover_id
        raise
    # MariaDB takes "a" and "a " for equal.
    return OpenLogin(
        nonce=nonce,
        handover_id=handover_id,
        platform=PlatformRecord.of(row[10:]),
        deployment_id=deployment if deployment == deployment_id else "",
        person=KnownPerson(*person) if person[1] == sub else None,
    )


def use_up(rows: Connection, state: str) -> None:
    """Delete the login: of many who try at once, one does it, and the others wait and learn that they did not.

    Raises :class:`LaunchUsed`. The caller commits.
    """
    if not _STATE.fullmatch(state) or _DELETE.count(rows, {"given": state}) != 1:
        raise LaunchUsed


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
