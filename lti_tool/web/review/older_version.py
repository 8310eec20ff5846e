"""The version that the course has of an exam that was changed after it was added."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.lms import Offer, OfferKind
from lti_tool.models import Exam, Launch
from lti_tool.services.delivery.added_exams import added_at
from lti_tool.web.review.direct_import import DirectImportView
from lti_tool.web.review.earlier_responses import SentExam


class OlderVersion(StrEnum):
    """The form in which the course has the older version."""

    QUIZ = "quiz"
    """A quiz that the LMS made by its own API, and can bring up to date."""
    FILE = "file"
    """A quiz made from a file. The LMS doesn't connect it with the exam: another file becomes another quiz."""
    LINK = "link"
    """A link to the exam's page, which shows what is new; questions that were imported by hand may be old."""


def older_version(
    exam: Exam, launch: Launch, offer: Offer, direct: DirectImportView | None, sent: SentExam | None
) -> OlderVersion | None:
    """Return what the course has of an older version of ``exam``; ``None`` if it has this version, or none."""
    if exam.changed_at is None:
        return None
    quizzes = direct.quizzes if direct is not None else ()
    added = [row.created_at for row in quizzes] + ([sent.at] if sent is not None else [])
    recorded = added_at(exam, launch)
    added += [recorded] if recorded is not None else []
    if not added or exam.changed_at <= max(added):
        return None
    if quizzes:
        return OlderVersion.QUIZ
    is_link = sent.is_link if sent is not None else offer.kind is OfferKind.RESOURCE_LINK
    return OlderVersion.LINK if is_link else OlderVersion.FILE
