"""Verified launches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, new_id, now
from lti_tool.models.lms_user import LmsUser
from lti_tool.models.platform import Platform


class Launch(Base):
    """The minimum of a launch's claims, valid until ``expires_at``. The id_token is never stored."""

    __tablename__ = "launch"
    __table_args__ = (
        Index("ix_launch_created_at", "created_at"),
        Index("ix_launch_platform_id_created_at", "platform_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), index=True)
    deployment_id: Mapped[str] = mapped_column(key())
    message_type: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    """A :class:`lti_tool.lti.Role`."""
    family: Mapped[str] = mapped_column(String(40))
    platform_version: Mapped[str] = mapped_column(String(60), default="")
    """``tool_platform.version``: the address of Moodle's import page depends on it."""
    context_id: Mapped[str] = mapped_column(key(), default="")
    context_title: Mapped[str] = mapped_column(String(255), default="")
    resource_link_id: Mapped[str] = mapped_column(key(), default="")
    exam_id: Mapped[str] = mapped_column(key(40), default="")
    """The exam in the link's custom parameters; empty: none."""
    locale: Mapped[str] = mapped_column(String(40), default="")
    presets: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Defaults for Examplary's form from the link's custom parameters."""
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Origins that may frame this launch's pages."""
    framed: Mapped[bool] = mapped_column(default=False)
    """Whether the LMS opened it in a frame, from which the response must then be posted."""
    return_url: Mapped[str] = mapped_column(String(2000), default="")
    """``launch_presentation.return_url``: where "back to the course" goes."""
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """``deep_linking_settings`` (Deep Linking 2.0 §4.4.1); empty: nothing can be returned."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """When the deep linking response was made: Canvas accepts only one."""
    answered_with: Mapped[str] = mapped_column(key(40), default="")
    """The exam that was sent, or ``-`` for none; the same response may be repeated, no other given."""
    import_grant_encrypted: Mapped[str | None] = mapped_column(long_text(), default=None)
    """Permission for a direct import, as the LMS family reads it: a secret. Empty: none."""
    browser_hash: Mapped[str | None] = mapped_column(key(64), default=None)
    """SHA-256 of the secret in the launch's cookie. Empty: the browser keeps no cookies, and the address works alone.
    ``NULL``: made before launches were bound to browsers."""
    tab_of: Mapped[str] = mapped_column(key(40), default="", server_default="")
    """The launch whose page opened this one in a tab; empty: it comes from the LMS. A tab answers no deep link."""
    only_exam_id: Mapped[str] = mapped_column(key(40), default="", server_default="")
    """The only exam that this tab shows; empty: all."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    platform: Mapped[Platform] = relationship()
    user: Mapped[LmsUser] = relationship()
