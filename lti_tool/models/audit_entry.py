"""The audit log, which outlives the rows that it is about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, db, key, now

OPERATOR, LMS, TOOL = "operator", "lms", "tool"
"""Actors that are not people of an LMS."""
ADMIN = "admin:"
"""Before the id of an account of the console that acted."""


class AuditAction(StrEnum):
    """An audited action. Launches have their own table."""

    EXAM_KEPT = "exam.kept"
    EXAM_REVIEWED = "exam.reviewed"
    EXAM_REVISED = "exam.revised"
    """A new version from Examplary replaced its predecessor."""
    EXAM_CHANGED = "exam.changed"
    EXAM_DUPLICATED = "exam.duplicated"
    EXAM_DELETED = "exam.deleted"
    EXAM_HANDED_OVER = "exam.handed_over"
    EXAM_RETRIED = "exam.retried"
    """An administrator tried a failed generation or import again."""
    EXAM_SENT = "exam.sent"
    EXAM_IMPORTED = "exam.imported"
    EXAM_DOWNLOADED = "exam.downloaded"
    PACKAGE_FETCHED = "package.fetched"
    LINKS_REVOKED = "links.revoked"
    CONSENT_GIVEN = "consent.given"
    CONSENT_ENDED = "consent.ended"
    PERSON_EXPORTED = "person.exported"
    PERSON_ERASED = "person.erased"
    ACCOUNT_MADE = "account.made"
    PLATFORM_INVITED = "platform.invited"
    PLATFORM_ADDED = "platform.added"
    PLATFORM_REPLACED = "platform.replaced"
    PLATFORM_CHANGED = "platform.changed"
    PLATFORM_REMOVED = "platform.removed"
    SIGNING_KEY_ROTATED = "signing_key.rotated"
    SECRETS_REKEYED = "secrets.rekeyed"
    CHORE_RETRIED = "chore.retried"
    CHORE_SETTLED = "chore.settled"
    ADMIN_ADDED = "admin.added"
    ADMIN_CHANGED = "admin.changed"
    ADMIN_SIGNED_IN = "admin.signed_in"
    ADMIN_REFUSED = "admin.refused"
    FORGOTTEN = "forgotten"


class AuditEntry(Base):
    """One entry. Append-only; holds our own ids, no names or addresses, and no foreign keys, because rows may go."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_platform_id_id", "platform_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    actor: Mapped[str] = mapped_column("who", key(60))
    """:data:`OPERATOR`, :data:`LMS`, :data:`TOOL`, :data:`ADMIN` with the id of an account, or the id of a person."""
    action: Mapped[str] = mapped_column("what", String(40))
    launch_id: Mapped[str] = mapped_column(key(40), default="")
    platform_id: Mapped[str] = mapped_column(key(40), default="")
    subject: Mapped[str] = mapped_column(key(64), default="", index=True)
    """Id of the exam, person or key concerned."""
    detail: Mapped[str] = mapped_column(String(200), default="")
    """A format, a number."""


def add_audit_entry(
    action: AuditAction,
    actor: str,
    *,
    subject: str = "",
    launch_id: str | None = "",
    platform_id: str | None = "",
    detail: str = "",
) -> None:
    """Add an entry in the transaction of the action itself, so that both are committed or neither."""
    entry = {
        "action": action,
        "actor": actor,
        "subject": subject,
        "launch_id": launch_id or "",
        "platform_id": platform_id or "",
        "detail": detail,
    }
    db.session.execute(insert(AuditEntry), entry)
