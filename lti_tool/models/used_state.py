"""States of logins that a launch has used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key


class UsedState(Base):
    """One used state, inserted in the transaction of its launch: the primary key makes a state work once."""

    __tablename__ = "used_state"

    nonce: Mapped[str] = mapped_column(key(64), primary_key=True)
    """The state's nonce, unique to it."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When the row may go: some time after the state itself has expired."""
