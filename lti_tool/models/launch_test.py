"""Test launches that administrators have started."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime


class LaunchTest(Base):
    """At most one per platform. Nothing of a launch is kept here, only whose launches are shown."""

    __tablename__ = "launch_test"

    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    """Typed by the administrator on a page that the LMS has opened. It opens nothing else."""
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often a wrong code was typed."""
    lms_user_id: Mapped[str | None] = mapped_column(
        ForeignKey("lms_user.id", ondelete="CASCADE"), default=None, index=True
    )
    """The person who typed the code, and whose launches are shown; empty: not typed yet."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
