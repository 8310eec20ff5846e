"""Teachers' changes to exams: a log beside the snapshot, which stays as Examplary sent it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, now


class ExamChange(Base):
    """One revision of an exam. Append-only: undoing a revision adds another one."""

    __tablename__ = "exam_change"
    __table_args__ = (UniqueConstraint("exam_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"))
    revision: Mapped[int]
    """Counts from 1; ``Exam.revision`` is the newest."""
    operations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """The operations, as :mod:`lti_tool.exam.changes.stored` writes them; empty if ``undoes`` is set."""
    undoes: Mapped[int | None] = mapped_column(default=None)
    """The revision that this one takes back."""
    starts_over: Mapped[bool] = mapped_column(default=False)
    """Whether earlier revisions no longer count: this one and those after it are changes to a new snapshot."""
    replaced: Mapped[str | None] = deferred(mapped_column(long_text(), default=None))
    """The snapshot before that one, on which pages that are still open are based; empty once none can be."""
    lms_user_id: Mapped[str] = mapped_column(key(40), default="")
    """The exam's owner; erasing them deletes the exam and its changes. Not a foreign key."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
