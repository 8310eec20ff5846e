"""Accounts of the console at ``/admin``, what each may see, and who is signed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, new_id, now


class AdminRole(StrEnum):
    """Permissions of an account for the platforms that it sees."""

    OWNER = "owner"
    """Everything, accounts included; sees all platforms."""
    ADMINISTRATOR = "administrator"
    """Changes platforms."""
    READER = "reader"
    """May only read."""


class AdminAccount(Base):
    """A person who may sign in to the console."""

    __tablename__ = "admin_account"

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(key(255), unique=True)
    """In lower case; the name with which the person signs in."""
    name: Mapped[str] = mapped_column(String(255), default="")
    role: Mapped[str] = mapped_column(String(20))
    all_platforms: Mapped[bool] = mapped_column(default=False)
    """Whether the account sees every platform, also those registered later; else those in :class:`AdminPlatform`."""
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    """Argon2id in the PHC string format; empty: no password was set."""
    sso_subject: Mapped[str | None] = mapped_column(key(255), unique=True, default=None)
    """``sub`` at the identity provider since the first single sign-on, so that a reused address opens nothing."""
    link_hash: Mapped[str | None] = mapped_column(key(64), unique=True, default=None)
    """SHA-256 of the secret in the one-time link for setting a password."""
    link_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    platforms: Mapped[list[AdminPlatform]] = relationship(cascade="all, delete-orphan")


class AdminPlatform(Base):
    """A platform that an account sees."""

    __tablename__ = "admin_platform"

    account_id: Mapped[str] = mapped_column(ForeignKey("admin_account.id", ondelete="CASCADE"), primary_key=True)
    platform_id: Mapped[str] = mapped_column(
        ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AdminSession(Base):
    """A browser that is signed in, until ``expires_at`` or a pause that is too long."""

    __tablename__ = "admin_session"

    secret_hash: Mapped[str] = mapped_column(key(64), primary_key=True)
    """SHA-256 of the secret in the cookie."""
    account_id: Mapped[str] = mapped_column(ForeignKey("admin_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    account: Mapped[AdminAccount] = relationship()
