"""Generations: a teacher's work in the generator, from the embed to the exam."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, new_id, now
from lti_tool.models.exam import Exam
from lti_tool.models.launch import Launch


class GenerationState(StrEnum):
    """``opening → open → collecting → ready → returned``, or ``cancelled``, ``failed``, ``expired``."""

    OPENING = "opening"
    OPEN = "open"
    COLLECTING = "collecting"
    READY = "ready"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"


class Flow(StrEnum):
    """The teacher's task in the embed (see docs/reference/examplary-api.md#flows)."""

    GENERATE_EXAM = "generate-exam"
    EDIT_EXAM = "edit-exam"
    """Has no end of its own: the teacher says on our page that the version is to be used."""
    WRITE_EXAM = "write-exam"
    """Examplary's flow edit-exam for an exam that came without questions, so that it isn't stored here yet."""


class Generation(Base):
    """An embed session and its result. States change by compare-and-set only."""

    __tablename__ = "generation"
    __table_args__ = (
        Index("ix_generation_state_created_at_platform_id", "state", "created_at", "platform_id"),
        # The console's list of those without an exam, newest first.
        Index("ix_generation_exam_id_created_at_id", "exam_id", "created_at", "id"),
        # The same for an administrator of some platforms, which may have few of them.
        Index("ix_generation_platform_id_exam_id_created_at_id", "platform_id", "exam_id", "created_at", "id"),
        Index("ix_generation_context_id", "context_id"),
    )

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    launch_id: Mapped[str | None] = mapped_column(ForeignKey("launch.id", ondelete="SET NULL"), index=True)
    """The launch that started it; a later launch of the same person may continue it."""
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), index=True)
    context_id: Mapped[str] = mapped_column(key(), default="")
    title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Its title in lists: the name or subject with which it began."""
    flow: Mapped[str] = mapped_column(String(30), default=Flow.GENERATE_EXAM, server_default=Flow.GENERATE_EXAM)
    """A :class:`Flow`."""
    revises_id: Mapped[str | None] = mapped_column(ForeignKey("exam.id", ondelete="SET NULL"), default=None, index=True)
    """The exam that is changed in Examplary; empty: a new one, or it was deleted here."""
    state: Mapped[str] = mapped_column(String(20), default=GenerationState.OPENING, index=True)
    session_id_encrypted: Mapped[str] = mapped_column(long_text(), default="")
    """A secret, because it opens the embed; empty: no session.

    See docs/reference/examplary-api.md#request-and-response.
    """
    embed_url_encrypted: Mapped[str] = mapped_column(long_text(), default="")
    session_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    examplary_exam_id: Mapped[str | None] = mapped_column(key(), default=None)
    exam_id: Mapped[str | None] = mapped_column(ForeignKey("exam.id", ondelete="SET NULL"), default=None)
    error_code: Mapped[str] = mapped_column(String(60), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    """Number of attempts to collect the exam."""
    files_done: Mapped[int] = mapped_column(default=0, server_default="0")
    """Images and files of the exam that have been fetched or tried, for the page that waits for it."""
    files_total: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """End of a worker's lease; in the past: free."""
    claims: Mapped[int] = mapped_column(default=0, server_default="0")
    """Leases since work last ended in good order: detects a generation that crashes its workers."""
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """When the session was last requested from Examplary."""
    look_after: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """The sweeper waits until then: our own pause, or Examplary's ``Retry-After``."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    launch: Mapped[Launch | None] = relationship()
    exam: Mapped[Exam | None] = relationship(foreign_keys=exam_id)
    revises: Mapped[Exam | None] = relationship(foreign_keys=revises_id)

    @property
    def edited_at_examplary(self) -> str:
        """Examplary's id of the exam that is open in its editor; empty if it is a new one, or was deleted here."""
        if self.flow == Flow.WRITE_EXAM:
            return self.examplary_exam_id or ""
        return self.revises.examplary_exam_id if self.revises is not None else ""
