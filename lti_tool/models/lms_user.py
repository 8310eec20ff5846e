"""People of an LMS."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, new_id, now
from lti_tool.models.platform import Platform


class LmsUser(Base):
    """A person, identified by (platform, sub); never matched to others by e-mail address."""

    __tablename__ = "lms_user"
    __table_args__ = (
        UniqueConstraint("platform_id", "sub"),
        Index("ix_lms_user_sub", "sub"),
        Index("ix_lms_user_email", "email"),
    )

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    sub: Mapped[str] = mapped_column(key())
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    examplary_user_id: Mapped[str | None] = mapped_column(key(), default=None)
    """Their user at Examplary; empty until they first generate."""
    examplary_email: Mapped[str] = mapped_column(String(320), default="")
    """E-mail address with which that user was created."""
    account_claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """End of the lease of the process that creates the Examplary user."""
    page_language: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """Language tag of the pages, as the person chose it; empty: the LMS's language."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    platform: Mapped[Platform] = relationship()
