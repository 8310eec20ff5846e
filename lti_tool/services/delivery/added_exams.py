"""Records of exams added to courses: the teachers of the course may use the exam, and lists show the addition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from lti_tool.lms import OfferKind
from lti_tool.models import Delivery, Exam, ExamCourse, Launch, db, insert_if_absent
from lti_tool.services.launch_offers import offer_of


def record_addition(exam: Exam, context_id: str, *, launch: Launch | None, person_id: str, at: datetime) -> None:
    """Record that ``exam``, as it was ``at`` a time, was added to a course; a later addition replaces the record.

    Does nothing without a course. The caller commits.
    """
    if not context_id:
        return
    values = {"added_by": person_id, "added_at": at} | ({"course_title": launch.context_title} if launch else {})
    insert_if_absent(ExamCourse, {"exam_id": exam.id, "context_id": context_id})
    is_this = (ExamCourse.exam_id == exam.id, ExamCourse.context_id == context_id)
    db.session.execute(update(ExamCourse).where(*is_this).values(**values).execution_options(synchronize_session=False))


def added_at(exam: Exam, launch: Launch) -> datetime | None:
    """Return when the exam was last added to the course of ``launch``; ``None`` if it wasn't, or nobody knows when."""
    query = select(ExamCourse.added_at).where(ExamCourse.exam_id == exam.id, ExamCourse.context_id == launch.context_id)
    return db.session.scalar(query) if launch.context_id else None


def answered_launch(exam: Exam, launch: Launch) -> Launch | None:
    """Return the latest launch that the person of ``launch`` answered with ``exam`` in the same course."""
    query = (
        select(Launch)
        .where(
            Launch.lms_user_id == launch.lms_user_id,
            Launch.context_id == launch.context_id,
            Launch.answered_with == exam.id,
        )
        .order_by(Launch.answered_at.desc())
        .limit(1)
    )
    return db.session.scalars(query).first()


def sent_as(exam: Exam, answered: Launch) -> tuple[OfferKind, str]:
    """Return what the response to ``answered`` held, and the format of a file.

    A file is known by its link for some weeks, whatever has been decided about formats since; after that, the response
    is taken to have been what it would be now.
    """
    query = select(Delivery.format_name).where(Delivery.launch_id == answered.id, Delivery.exam_id == exam.id)
    format_name = db.session.scalar(query.order_by(Delivery.created_at.desc()).limit(1))
    if format_name is not None:
        return OfferKind.FILE, format_name
    offer = offer_of(answered)
    return offer.kind, offer.format_name
