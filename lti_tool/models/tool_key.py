"""The tool's own signing keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, now


class KeyState(StrEnum):
    """``next`` is published but does not sign yet, ``active`` signs, ``retired`` is still published."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


class ToolKey(Base):
    """An RSA key pair. The private part is encrypted at rest."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(key(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=KeyState.ACTIVE, index=True)
    public_jwk: Mapped[str] = mapped_column(long_text())
    """The public JWK as JSON, with ``alg`` and ``use`` (some platforms reject a key without them)."""
    private_pem_encrypted: Mapped[str] = mapped_column(long_text())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
