"""Courses that may use an exam, besides the one in which it was generated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, now


class ExamCourse(Base):
    """A course to which an exam was sent: its teachers may use it from then on."""

    __tablename__ = "exam_course"
    __table_args__ = (UniqueConstraint("exam_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(key(), index=True)
    course_title: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """The title of the course at the time."""
    added_by: Mapped[str | None] = mapped_column(
        ForeignKey("lms_user.id", ondelete="SET NULL"), default=None, index=True
    )
    """Who added it last; empty: not known any more."""
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """When its content was last taken for the course; empty: not known."""


class CourseCopy(Base):
    """A course that is a copy of another, as its LMS vouches."""

    __tablename__ = "course_copy"
    __table_args__ = (UniqueConstraint("platform_id", "context_id", "copied_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(key())
    copied_from: Mapped[str] = mapped_column(key())
    learned_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    """A time after the copy was made: exams generated later in the original are not part of it."""
