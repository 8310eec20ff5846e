"""Words by which the console finds exams, generations and people; computed from their titles and names.

An index finds the beginning of a word in them, on every database. Rows go with what they describe.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.models.database.base import Base, word_key


class ExamWord(Base):
    """A word of an exam's title, or of the course in which it was generated."""

    __tablename__ = "exam_word"
    __table_args__ = (Index("ix_exam_word_word_exam_id", "word", "exam_id"),)

    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(word_key(), primary_key=True)


class GenerationWord(Base):
    """The same of a generation, which may never become an exam."""

    __tablename__ = "generation_word"
    __table_args__ = (Index("ix_generation_word_word_generation_id", "word", "generation_id"),)

    generation_id: Mapped[str] = mapped_column(ForeignKey("generation.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(word_key(), primary_key=True)


class PersonWord(Base):
    """A word of a teacher's name. Deleted with the name."""

    __tablename__ = "person_word"
    __table_args__ = (Index("ix_person_word_word_lms_user_id", "word", "lms_user_id"),)

    lms_user_id: Mapped[str] = mapped_column(ForeignKey("lms_user.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(word_key(), primary_key=True)
