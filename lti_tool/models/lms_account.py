"""API keys of LMSs, teachers' accounts at their APIs, and the consents by which teachers give them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, new_id, now
from lti_tool.models.platform import Platform


class LmsApiKey(Base):
    """The key to an LMS's API that its administrator made for the tool: one for a registration."""

    __tablename__ = "lms_api_key"

    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"), primary_key=True)
    family: Mapped[str] = mapped_column(String(40))
    """The LMS family whose API it is, see ``lti_tool.lms``."""
    base_url: Mapped[str] = mapped_column(key())
    """Scheme and host, pinned by the operator: the secret and the tokens are sent nowhere else."""
    client_id: Mapped[str] = mapped_column(key())
    secret_encrypted: Mapped[str] = mapped_column(long_text())
    optional_scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Scopes that the key has beyond the required ones."""
    required_scopes: Mapped[list[str] | None] = mapped_column(JSON, default=None)
    """The scopes that this tool required when the key was set; empty: not known."""
    transfer: Mapped[str] = mapped_column(String(20))
    """A :class:`lti_tool.lms.account_access.Transfer`."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    platform: Mapped[Platform] = relationship()


class LmsAccount(Base):
    """A teacher's tokens for the API of their LMS."""

    __tablename__ = "lms_account"
    __table_args__ = (UniqueConstraint("platform_id", "base_url", "account_id"),)

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), index=True)
    base_url: Mapped[str] = mapped_column(key())
    account_id: Mapped[str] = mapped_column(key(100))
    """The person's id at the API, as launches name it. Another one than ``LmsUser.sub``."""
    access_token_encrypted: Mapped[str] = mapped_column(long_text())
    refresh_token_encrypted: Mapped[str] = mapped_column(long_text())
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The scopes that were granted."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """When the access token ends; empty: not known."""
    refreshing_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """End of the lease of the process that refreshes the tokens: a refresh ends the old access token."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ConsentRequest(Base):
    """A consent under way: one window, one browser, used once."""

    __tablename__ = "consent_request"

    id: Mapped[str] = mapped_column(key(64), primary_key=True)
    """SHA-256 of the code in the link that opens the window."""
    state_hash: Mapped[str | None] = mapped_column(key(64), unique=True, default=None)
    """SHA-256 of OAuth's ``state`` (RFC 6749 §10.12); empty: the window is not open yet."""
    browser_hash: Mapped[str] = mapped_column(key(64), default="")
    """SHA-256 of the secret in the window's cookie."""
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"))
    launch_id: Mapped[str] = mapped_column(ForeignKey("launch.id", ondelete="CASCADE"))
    import_id: Mapped[str] = mapped_column(ForeignKey("exam_import.id", ondelete="CASCADE"))
    """The import that waits for it."""
    base_url: Mapped[str] = mapped_column(key())
    account_id: Mapped[str] = mapped_column(key(100))
    """The person who has to consent."""
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The scopes that were asked for."""
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
