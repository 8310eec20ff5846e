"""Registration links: made by the operator, claimed by one registration at a time, used once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from lti_tool.errors import N_
from lti_tool.lti.protocol.addresses import frame_origin
from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.registration_errors import (
    RegistrationLinkBusy,
    RegistrationLinkExpired,
    RegistrationLinkUnknown,
    RegistrationLinkUsed,
)
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Platform,
    RegistrationLink,
    add_audit_entry,
    compare_and_set,
    db,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.platforms.value_errors import InvalidValue

LEASE = timedelta(minutes=2)
"""How long a registration may take; after that we assume that its process has died."""
TOKEN_CHARACTERS = 43
NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class ClaimedLink:
    """A link that this process has claimed."""

    id: str
    name: str
    origins: tuple[str, ...]
    """Origins that may serve the LMS besides its issuer's."""
    waits: bool
    for_platform_id: str | None
    claimed_at: datetime


def link_token(secret_key: str, link_id: str) -> str:
    """Return the secret in a link: derived from its id, so that it can be shown again without being stored."""
    digest = hmac.new(secret_key.encode(), f"registration link {link_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def add_link(
    secret_key: str,
    *,
    name: str,
    lifetime: timedelta,
    hosts: Sequence[str],
    waits: bool,
    replaces: Platform | None = None,
    family: str = "",
    actor: str = OPERATOR,
) -> RegistrationLink:
    """Store a new link with the hash of its token. Commits. Raises :class:`InvalidValue`."""
    for host in hosts:
        if "*" in host or not frame_origin(host):
            raise InvalidValue(what="host", problem=N_("%(host)s is not a host"), host=host)
    link_id = new_id()
    row = RegistrationLink(
        id=link_id,
        token_hash=fingerprint(link_token(secret_key, link_id)),
        name=plain_text(name, NAME_LENGTH),
        family=family,
        hosts=[host.strip().lower() for host in hosts],
        waits=waits,
        for_platform_id=replaces.id if replaces else None,
        expires_at=now() + lifetime,
    )
    db.session.add(row)
    platform_id = replaces.id if replaces else None
    add_audit_entry(AuditAction.PLATFORM_INVITED, actor, subject=link_id, platform_id=platform_id)
    db.session.commit()
    return row


def revoke_link(row: RegistrationLink, *, actor: str = OPERATOR) -> None:
    """End a link that was not used. Commits."""
    ended = compare_and_set(
        RegistrationLink, RegistrationLink.id == row.id, RegistrationLink.used_at.is_(None), expires_at=now()
    )
    if ended:
        add_audit_entry(AuditAction.PLATFORM_INVITED, actor, subject=row.id, detail="revoked")
    db.session.commit()


def valid_link(token: str, moment: datetime) -> RegistrationLink:
    """Return the link.

    Raises :class:`RegistrationLinkUnknown`, :class:`RegistrationLinkUsed` or :class:`RegistrationLinkExpired`.
    """
    query = select(RegistrationLink).where(RegistrationLink.token_hash == fingerprint(token))
    row = db.session.scalar(query) if len(token) == TOKEN_CHARACTERS and token.isascii() else None
    if row is None:
        raise RegistrationLinkUnknown
    if row.used_at is not None:
        raise RegistrationLinkUsed
    if row.expires_at <= moment:
        raise RegistrationLinkExpired
    return row


@retry_on_conflict
def claim_link(token: str) -> ClaimedLink:
    """Claim the link; of two processes at once, one succeeds. Commits."""
    moment = now()
    row = valid_link(token, moment)
    origins = tuple(frame_origin(host) for host in row.hosts)
    link = ClaimedLink(row.id, row.name, origins, row.waits, row.for_platform_id, moment)
    free = or_(RegistrationLink.taken_at.is_(None), RegistrationLink.taken_at <= moment - LEASE)
    unused = RegistrationLink.used_at.is_(None)
    claimed = compare_and_set(RegistrationLink, RegistrationLink.id == row.id, unused, free, taken_at=moment)
    db.session.commit()
    if not claimed:
        raise RegistrationLinkBusy
    return link


@retry_on_conflict
def release_link(link: ClaimedLink) -> None:
    """Release the link for another use after a failure. Commits."""
    update_link(link, taken_at=None)
    db.session.commit()


def update_link(link: ClaimedLink, **values: object) -> bool:
    """Update the link if we still hold it; return whether we did."""
    is_held = (RegistrationLink.taken_at == link.claimed_at, RegistrationLink.used_at.is_(None))
    return compare_and_set(RegistrationLink, RegistrationLink.id == link.id, *is_held, **values)
