"""Heartbeats of workers and of Examplary."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, now


class Heartbeat(Base):
    """When a worker, or Examplary, was last known to work."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(key(100), primary_key=True)
    """``examplary``, or ``worker:<host>:<process>``."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    note: Mapped[str] = mapped_column(String(100), default="", server_default="")
