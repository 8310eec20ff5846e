"""A person as one LMS knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, new_id, now
from lti_tool.models.platform import Platform


class LmsUser(Base):
    """(platform, sub). Name and e-mail only if the LMS sends them; never matched by e-mail to somebody else."""

    __tablename__ = "lms_user"
    __table_args__ = (UniqueConstraint("platform_id", "sub"),)

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    sub: Mapped[str] = mapped_column(key())
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    examplary_user_id: Mapped[str | None] = mapped_column(key(), default=None)
    """The Examplary user that is this person; empty until they first generate."""
    examplary_email: Mapped[str] = mapped_column(String(320), default="")
    """The address under which we made that user."""
    account_claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """Until when one process alone may make the Examplary user."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    platform: Mapped[Platform] = relationship()
