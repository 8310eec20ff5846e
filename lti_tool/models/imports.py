"""Direct imports: an exam on its way into a course by the LMS's own API."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, new_id, now
from lti_tool.models.exam import Exam
from lti_tool.models.launch import Launch


class ImportState(StrEnum):
    """``asked → sending → queued → importing → done``, or ``done_with_warnings``, ``failed``.

    Some LMSs answer at once: then ``queued`` and ``importing`` are skipped. ``waiting`` is for the teacher's decision,
    ``waiting_for_consent`` for the permission without which the tool can't call the LMS.
    """

    ASKED = "asked"
    SENDING = "sending"
    QUEUED = "queued"
    """Accepted by the LMS, which has not begun."""
    IMPORTING = "importing"
    WAITING = "waiting"
    """The LMS asks the teacher a question, such as which of two quizzes is meant."""
    WAITING_FOR_CONSENT = "waiting_for_consent"
    """Continues where it was as soon as the teacher has consented."""
    DONE = "done"
    DONE_WITH_WARNINGS = "done_with_warnings"
    FAILED = "failed"


class Import(Base):
    """One direct import and its result. States change by compare-and-set only."""

    __tablename__ = "exam_import"
    __table_args__ = (Index("ix_exam_import_created_at", "created_at"),)

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    """Also names the teacher's click to the LMS, so that a repeated request makes no second quiz."""
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), index=True)
    launch_id: Mapped[str | None] = mapped_column(
        ForeignKey("launch.id", ondelete="SET NULL"), default=None, index=True
    )
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), index=True)
    deployment_id: Mapped[str] = mapped_column(key())
    family: Mapped[str] = mapped_column(String(40))
    """The LMS family that carries it out, see ``lti_tool.lms``."""
    context_id: Mapped[str] = mapped_column(key(), default="")
    state: Mapped[str] = mapped_column(String(20), default=ImportState.ASKED, index=True)
    open_key: Mapped[str | None] = mapped_column(key(64), unique=True, default=None)
    """Hash of person, course and exam until the import has ended. Unique: never two imports for one click."""
    grant_encrypted: Mapped[str | None] = mapped_column(long_text(), default=None)
    """The launch's permission at the LMS, as its family reads it: a secret. Empty once the import has ended."""
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The family's own notes between two steps, such as the id of a job at the LMS."""
    question: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """The LMS's question to the teacher, while ``waiting``."""
    decision: Mapped[str] = mapped_column(String(100), default="")
    """The teacher's answer to the latest question."""
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Names of the options that the teacher ticked."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """A remark for the teacher while the LMS works."""
    attempts: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str] = mapped_column(String(60), default="")
    error_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    """Whether the quiz was made, updated or left unchanged."""
    quiz_name: Mapped[str] = mapped_column(String(255), default="")
    quiz_url: Mapped[str] = mapped_column(String(2000), default="")
    questions_url: Mapped[str] = mapped_column(String(2000), default="")
    quiz_data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The family's own data about the quiz, for the next import."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The LMS's remarks, question by question."""
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """End of a worker's lease; in the past: free."""
    claims: Mapped[int] = mapped_column(default=0)
    """Leases since work last ended in good order: detects an import that crashes its workers."""
    look_after: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """No attempt before this time."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    exam: Mapped[Exam] = relationship()
    launch: Mapped[Launch | None] = relationship()
