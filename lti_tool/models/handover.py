"""A frame that waits while a window of its own proves the browser."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key


class Handover(Base):
    """Made when the window comes, deleted when the frame takes the launch: a launch is handed over once."""

    __tablename__ = "handover"

    id: Mapped[str] = mapped_column(key(64), primary_key=True)
    """SHA-256 of what only the frame holds."""
    launch_id: Mapped[str] = mapped_column(key(40), default="")
    """The window's launch; empty: not there yet."""
    error_code: Mapped[str] = mapped_column(String(60), default="")
    """Why the window's last try came to nothing; empty: it did not."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
