"""Snapshots of exams, with their images and files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, true
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, blob, key, long_text, new_id, now

MAX_TITLE_LENGTH = 500
"""Characters of an exam's title in our table; the snapshot has it whole."""


class Asset(Base):
    """An image or a file, stored once for all exams that use it."""

    __tablename__ = "asset"

    sha256: Mapped[str] = mapped_column(key(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """In bytes."""
    data: Mapped[bytes] = deferred(mapped_column(blob()))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Exam(Base):
    """An exam exactly as Examplary sent it. Title, points and number of questions are as the teacher changed them."""

    __tablename__ = "exam"
    __table_args__ = (
        # The lists of a person and of a course, newest first.
        Index("ix_exam_owner_id_created_at_id", "owner_id", "created_at", "id"),
        Index("ix_exam_platform_id_created_at", "platform_id", "created_at"),
        # The console's list of all exams.
        Index("ix_exam_created_at_id", "created_at", "id"),
        Index("ix_exam_examplary_exam_id", "examplary_exam_id"),
        Index("ix_exam_context_id_platform_id_created_at_id", "context_id", "platform_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    generation_id: Mapped[str | None] = mapped_column(key(40), unique=True, default=None)
    """The generation that produced it. Unique: collecting twice gives one snapshot."""
    examplary_exam_id: Mapped[str] = mapped_column(key())
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(key(), default="")
    """The course in which it was generated."""
    course_title: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """The title of that course at the time, for its owner."""
    title: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    language: Mapped[str] = mapped_column(String(40), default="")
    points: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    question_count: Mapped[int]
    snapshot: Mapped[str] = deferred(mapped_column(long_text()))
    """The JSON of ``GET /exams/{id}``, unmodified."""
    snapshot_sha256: Mapped[str] = mapped_column(key(64), default="", server_default="")
    """Checksum at the time of storage, to detect rows changed by hand; empty: unknown."""
    original_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"), default=None, index=True)
    """Examplary's own QTI 3 package, if available."""
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """When its content last changed, here or by a new version from Examplary; empty: never."""
    version_notes: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """Changes by the last new version from Examplary, until the teacher has read them; empty: nothing to read."""
    at_examplary: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether Examplary still has the exam, as far as we know."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number of the newest :class:`~lti_tool.models.exam_change.ExamChange`; 0: unchanged. Set by compare-and-set."""
    duplicate_id: Mapped[str] = mapped_column(key(40), default="", server_default="")
    """Identifies a duplicate in packages and to LMSs, in place of Examplary's id, so that it replaces no quiz."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    media: Mapped[list[ExamMedia]] = relationship(back_populates="exam", cascade="all, delete-orphan")

    @property
    def lms_id(self) -> str:
        """Identifies the exam to LMSs: the same from one import to the next, and of its own for a duplicate."""
        return self.duplicate_id or self.examplary_exam_id or self.id


class ExamText(Base):
    """Searchable text: title, subject and texts of an exam, folded. Can be computed again at any time."""

    __tablename__ = "exam_text"

    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(long_text())


class ExamMedia(Base):
    """A URL in an exam and its asset; without asset, ``problem`` says why it couldn't be downloaded."""

    __tablename__ = "exam_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(long_text())
    asset_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"), default=None, index=True)
    problem: Mapped[str] = mapped_column(String(60), default="")
    """Error code of the failed download."""

    exam: Mapped[Exam] = relationship(back_populates="media")
    asset: Mapped[Asset | None] = relationship()
