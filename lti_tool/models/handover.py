"""Frames that wait while a window completes their launch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key


class Handover(Base):
    """Inserted when the window opens, deleted when the frame takes the launch: it is handed over once."""

    __tablename__ = "handover"

    id: Mapped[str] = mapped_column(key(64), primary_key=True)
    """SHA-256 of the code that only the frame holds."""
    launch_id: Mapped[str] = mapped_column(key(40), default="")
    """The window's launch; empty: not yet."""
    error_code: Mapped[str] = mapped_column(String(60), default="")
    """Why the window's last attempt failed; empty: it didn't."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
