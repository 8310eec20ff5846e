"""A verified launch: who came, from where, and what they may send back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, new_id, now
from lti_tool.models.lms_user import LmsUser
from lti_tool.models.platform import Platform


class Launch(Base):
    """The minimum of a launch's claims, kept until ``expires_at``. The id_token itself is never kept."""

    __tablename__ = "launch"

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), index=True)
    deployment_id: Mapped[str] = mapped_column(key())
    message_type: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    """A :class:`lti_tool.lti.Role`: what was made of the role URIs."""
    family: Mapped[str] = mapped_column(String(40))
    platform_version: Mapped[str] = mapped_column(String(60), default="")
    """``tool_platform.version``: where Moodle's import page is depends on it."""
    context_id: Mapped[str] = mapped_column(key(), default="")
    context_title: Mapped[str] = mapped_column(String(255), default="")
    resource_link_id: Mapped[str] = mapped_column(key(), default="")
    exam_id: Mapped[str] = mapped_column(key(40), default="")
    """The exam that the launched link names in its custom parameters; empty: none."""
    locale: Mapped[str] = mapped_column(String(40), default="")
    presets: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the link's custom parameters preset in Examplary's form."""
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Origins that may frame this launch's pages."""
    framed: Mapped[bool] = mapped_column(default=False)
    """Whether the LMS opened it in a frame: then the answer is posted from that frame, or the LMS loses it."""
    return_url: Mapped[str] = mapped_column(String(2000), default="")
    """``launch_presentation.return_url``: where "back to the course" goes."""
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """``deep_linking_settings`` as they came (Deep Linking 2.0 §4.4.1); empty: nothing can be returned."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """When the deep link was answered: Canvas takes one answer."""
    answered_with: Mapped[str] = mapped_column(key(40), default="")
    """The exam that was sent, or ``-`` for none; the same answer may be given again, another may not."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    platform: Mapped[Platform] = relationship()
    user: Mapped[LmsUser] = relationship()
