"""Outstanding calls to Examplary, and to the APIs of LMSs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, now


class ChoreKind(StrEnum):
    """The call to make."""

    DELETE_SESSION = "delete_session"
    DELETE_EXAM = "delete_exam"
    FETCH_ORIGINAL = "fetch_original"
    FETCH_MEDIA = "fetch_media"
    REVOKE_TOKENS = "revoke_tokens"
    """At the API of an LMS, not at Examplary."""
    DELETE_USER = "delete_user"
    """Examplary's API has no such call: an operator requests it and closes the chore.

    See docs/reference/examplary-api.md#endpoints.
    """


class Chore(Base):
    """A call that is retried until it succeeds. ``fingerprint`` makes adding it twice the same as once."""

    __tablename__ = "chore"
    __table_args__ = (UniqueConstraint("kind", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    fingerprint: Mapped[str] = mapped_column(key(64))
    """SHA-256 of the target."""
    target_encrypted: Mapped[str] = mapped_column(long_text())
    platform_id: Mapped[str | None] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), default=None)
    """The platform whose API key is used."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(60), default="")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
