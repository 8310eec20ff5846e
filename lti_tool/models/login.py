"""A login that the LMS has begun and not yet finished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key


class Login(Base):
    """One OIDC login. Deleted as it is used (``DELETE … RETURNING``), so that a state works once."""

    __tablename__ = "login"

    state: Mapped[str] = mapped_column(key(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(key(64))
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    browser_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the proof that only the browser of this login holds (in a cookie or the platform's storage)."""
    target_link_uri: Mapped[str] = mapped_column(String(2000), default="")
    storage_target: Mapped[str] = mapped_column(String(100), default="")
    """``lti_storage_target`` of the login request, where the platform stores state for us."""
    handover_id: Mapped[str] = mapped_column(key(64), default="")
    """The frame that waits for this login's launch, if it goes on in a window of its own."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
