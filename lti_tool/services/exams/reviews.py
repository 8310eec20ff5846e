"""The teacher's review of questions that AI made, recorded when an exam is added to a course."""

from __future__ import annotations

from lti_tool.errors import N_, ExamError
from lti_tool.models import AuditAction, Exam, Launch, add_audit_entry
from lti_tool.services.platform_settings import PlatformSettings


class ReviewRequired(ExamError):
    """The administrator requires a tick, and the form came without it."""

    code = "exam.review_required"
    sentence = N_("Your school asks you to confirm that you have reviewed the questions.")
    advice = N_("Go back, read the questions, tick the box beside the button, and add the exam again.")
    status = 409


def require_review(launch: Launch, *, confirmed: bool) -> None:
    """Raise :class:`ReviewRequired` if the LMS's administrator requires the tick, and ``confirmed`` is false."""
    if PlatformSettings.of(launch.platform).requires_review and not confirmed:
        raise ReviewRequired


def add_review(launch: Launch, exam: Exam, *, confirmed: bool) -> None:
    """Add the person of ``launch`` to the audit log as the one who reviewed ``exam``. The caller commits."""
    add_audit_entry(
        AuditAction.EXAM_REVIEWED,
        launch.lms_user_id,
        subject=exam.id,
        launch_id=launch.id,
        platform_id=launch.platform_id,
        detail="confirmed" if confirmed else "by adding it",
    )
