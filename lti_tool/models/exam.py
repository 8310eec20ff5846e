"""Our snapshot of an exam, and the images and files in it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, blob, key, long_text, new_id, now


class Asset(Base):
    """Bytes of an image or a file, kept once however many exams show it."""

    __tablename__ = "asset"

    sha256: Mapped[str] = mapped_column(key(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """In bytes."""
    data: Mapped[bytes] = deferred(mapped_column(blob()))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Exam(Base):
    """An exam as Examplary gave it, byte for byte, and what lists and pages need of it."""

    __tablename__ = "exam"

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    generation_id: Mapped[str | None] = mapped_column(key(40), unique=True, default=None)
    """The generation that brought it. Unique: however often it is collected, there is one snapshot."""
    examplary_exam_id: Mapped[str] = mapped_column(key())
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), index=True)
    context_id: Mapped[str] = mapped_column(key(), default="", index=True)
    """The course in which it was made."""
    title: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(40), default="")
    points: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    question_count: Mapped[int]
    snapshot: Mapped[str] = deferred(mapped_column(long_text()))
    """The JSON of ``GET /exams/{id}`` as it came."""
    snapshot_sha256: Mapped[str] = mapped_column(key(64), default="", server_default="")
    """What the snapshot was when it was kept: a row that somebody changed by hand is found out. Empty: not noted."""
    original_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"), default=None, index=True)
    """Examplary's own QTI 3 package, where it could be had."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    media: Mapped[list[ExamMedia]] = relationship(back_populates="exam", cascade="all, delete-orphan")


class ExamMedia(Base):
    """One address in an exam, and the asset behind it (none: it could not be had, ``problem`` says why)."""

    __tablename__ = "exam_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(long_text())
    asset_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"), default=None, index=True)
    problem: Mapped[str] = mapped_column(String(60), default="")
    """Code of the error that kept the file away."""

    exam: Mapped[Exam] = relationship(back_populates="media")
    asset: Mapped[Asset | None] = relationship()
