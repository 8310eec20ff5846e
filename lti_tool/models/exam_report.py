"""Conversion reports, kept for review pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, key


class ExamReport(Base):
    """The report of one exam in one format. It can be lost: it is computed again when it is needed."""

    __tablename__ = "exam_report"

    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), primary_key=True)
    format_name: Mapped[str] = mapped_column(key(40), primary_key=True)
    version: Mapped[str] = mapped_column(key(64))
    """Fingerprint of everything that the report depends on: the exam, its media, and our code."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
