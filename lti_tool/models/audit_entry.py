"""Who did what, and when: kept after what it was done to has gone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, insert
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, db, key, now

OPERATOR, LMS, TOOL = "operator", "lms", "tool"
"""Who did it, where it was no person of an LMS."""


class AuditAction(StrEnum):
    """What was done. Launches stand in their own table."""

    EXAM_KEPT = "exam.kept"
    EXAM_SENT = "exam.sent"
    EXAM_DOWNLOADED = "exam.downloaded"
    PACKAGE_FETCHED = "package.fetched"
    LINKS_REVOKED = "links.revoked"
    PERSON_EXPORTED = "person.exported"
    PERSON_ERASED = "person.erased"
    ACCOUNT_MADE = "account.made"
    PLATFORM_INVITED = "platform.invited"
    PLATFORM_ADDED = "platform.added"
    PLATFORM_CHANGED = "platform.changed"
    PLATFORM_REMOVED = "platform.removed"
    SIGNING_KEY_ROTATED = "signing_key.rotated"
    SECRETS_REKEYED = "secrets.rekeyed"
    CHORE_SETTLED = "chore.settled"
    FORGOTTEN = "forgotten"


class AuditEntry(Base):
    """One deed. Only ever added to; holds our own ids, no name, no address, and refers to no row: those may go."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    who: Mapped[str] = mapped_column(key(60))
    """:data:`OPERATOR`, :data:`LMS`, :data:`TOOL`, or the id of a person."""
    what: Mapped[str] = mapped_column(String(40))
    launch_id: Mapped[str] = mapped_column(key(40), default="")
    platform_id: Mapped[str] = mapped_column(key(40), default="")
    subject: Mapped[str] = mapped_column(key(64), default="", index=True)
    """Id of what it was done to: an exam, a person, a key."""
    detail: Mapped[str] = mapped_column(String(200), default="")
    """A format, a number."""


def add_audit_entry(
    what: AuditAction,
    who: str,
    *,
    subject: str = "",
    launch_id: str | None = "",
    platform_id: str | None = "",
    detail: str = "",
) -> None:
    """Note that ``who`` did ``what``, with the transaction in which it is done: both are kept, or neither is."""
    entry = {
        "what": what,
        "who": who,
        "subject": subject,
        "launch_id": launch_id or "",
        "platform_id": platform_id or "",
        "detail": detail,
    }
    db.session.execute(insert(AuditEntry), entry)
