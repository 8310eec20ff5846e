"""Heartbeats of workers and of Examplary, and the last runs of periodic tasks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, now


class Heartbeat(Base):
    """When a worker or Examplary was last known to work, or a periodic task was last begun."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(key(100), primary_key=True)
    """``examplary``, ``worker:<host>:<process>``, a task such as ``retention``, or ``probe`` for a test write."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    note: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """Unused. The column stays, because processes of the previous version still read it during a deploy."""
