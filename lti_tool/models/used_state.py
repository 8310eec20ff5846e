"""States of logins, and links to tabs, that were used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key


class UsedState(Base):
    """One used state or link, inserted in the transaction of its launch: the primary key makes it work once."""

    __tablename__ = "used_state"

    nonce: Mapped[str] = mapped_column(key(64), primary_key=True)
    """The nonce of the state or link, unique to it."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When the row may go: some time after the state or link itself has expired."""
