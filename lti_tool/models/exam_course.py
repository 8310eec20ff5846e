"""Which courses may use an exam beside the one in which it was made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, now


class ExamCourse(Base):
    """A course into which an exam was sent by somebody who could: its teachers may use it from then on."""

    __tablename__ = "exam_course"
    __table_args__ = (UniqueConstraint("exam_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(key(), index=True)


class CourseCopy(Base):
    """A course of which its LMS says, where nobody else could have written it, that it is a copy of another."""

    __tablename__ = "course_copy"
    __table_args__ = (UniqueConstraint("platform_id", "context_id", "copied_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(key())
    copied_from: Mapped[str] = mapped_column(key())
    learned_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    """Not before it was copied: what was made in the other course after that is no part of the copy."""
