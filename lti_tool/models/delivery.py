"""A link from which an LMS downloads a package."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, now
from lti_tool.models.exam import Exam


class Delivery(Base):
    """A package link: Canvas's job server has no other credential."""

    __tablename__ = "delivery"

    capability_hash: Mapped[str] = mapped_column(key(64), primary_key=True)
    """SHA-256 of the link's token, which is not stored. The column keeps its name from the first release."""
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), index=True)
    launch_id: Mapped[str | None] = mapped_column(
        ForeignKey("launch.id", ondelete="SET NULL"), default=None, index=True
    )
    format_name: Mapped[str] = mapped_column(String(40))
    copy: Mapped[str] = mapped_column(key(64), default="")
    """Names the copy whose questions have identifiers of their own; empty: the exam's own."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    first_fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    fetches: Mapped[int] = mapped_column(default=0)

    exam: Mapped[Exam] = relationship()
