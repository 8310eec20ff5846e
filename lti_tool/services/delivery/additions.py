"""Records of exams added to courses: the teachers of the course may use the exam, and lists show the addition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from lti_tool.models import Exam, ExamCourse, Launch, db, insert_if_absent


def record_addition(exam: Exam, context_id: str, *, launch: Launch | None, person_id: str, at: datetime) -> None:
    """Record that ``exam``, as it was ``at`` that time, was added to a course; again, it replaces the record.

    Without a course, there is nothing to record. The caller commits.
    """
    if not context_id:
        return
    values = {"added_by": person_id, "added_at": at} | ({"course_title": launch.context_title} if launch else {})
    insert_if_absent(ExamCourse, {"exam_id": exam.id, "context_id": context_id})
    is_this = (ExamCourse.exam_id == exam.id, ExamCourse.context_id == context_id)
    db.session.execute(update(ExamCourse).where(*is_this).values(**values).execution_options(synchronize_session=False))
