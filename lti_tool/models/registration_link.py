"""Links with which an LMS administrator registers the tool, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, new_id, now


class RegistrationLink(Base):
    """An invitation. ``taken_at`` starts the lease of a running registration, which ends early if the LMS fails."""

    __tablename__ = "registration_link"

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(key(64), unique=True)
    """SHA-256 of the secret in the link, which is derived from the id when the link is shown, and not stored."""
    name: Mapped[str] = mapped_column(String(255), default="")
    """The operator's name for the LMS."""
    family: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """LMS family for which the console showed the steps; empty: none."""
    hosts: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Hosts, with a port or a scheme where they have one, that may serve this LMS besides its issuer's origin."""
    waits: Mapped[bool] = mapped_column(default=False)
    """Whether the operator must activate the registration."""
    for_platform_id: Mapped[str | None] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), default=None)
    """The registration that this link replaces; without one, it adds a new one and changes none."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    platform_id: Mapped[str | None] = mapped_column(ForeignKey("platform.id", ondelete="SET NULL"), default=None)
    """The registration made with this link."""
