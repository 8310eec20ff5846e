"""Refused logins and launches, kept for a while so that an administrator can see what was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, now


class Refusal(Base):
    """One refused login or launch. Holds nothing about the person."""

    __tablename__ = "refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(key(20), unique=True)
    """The reference that the error page showed."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    code: Mapped[str] = mapped_column(String(60))
    error_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    platform_id: Mapped[str | None] = mapped_column(
        ForeignKey("platform.id", ondelete="CASCADE"), default=None, index=True
    )
    """The platform to which the login led, if it is known."""
    source_hash: Mapped[str] = mapped_column(key(64), index=True)
    """Keyed hash of the browser's address, which limits how many are kept for it."""
    verified: Mapped[bool] = mapped_column(default=False)
    """Whether the token was signed with the platform's keys. Otherwise its content may be forged."""
    arrived: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of the login or the token: issuer, client, deployment, message, placement, clock and cookies."""
