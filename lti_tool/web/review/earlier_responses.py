"""The review page's lines about an exam that an earlier deep linking response sent to this course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.lms import LmsPlugin, OfferKind, Step
from lti_tool.models import Exam, Launch
from lti_tool.services.delivery.added_exams import answered_launch, sent_as
from lti_tool.web.review.downloads import course_from


@dataclass(frozen=True, slots=True)
class SentExam:
    """When and how the exam was sent; ``steps`` are what the teacher may still have to do in the LMS."""

    at: datetime
    is_link: bool
    steps: tuple[Step, ...]


def sent_to_course(row: Exam, launch: Launch, plugin: LmsPlugin) -> SentExam | None:
    """Return how this teacher sent the exam to this course last; ``None`` if they didn't, as far as we still know."""
    answered = answered_launch(row, launch)
    if answered is None or answered.deep_linking is None or answered.answered_at is None:
        return None
    kind, format_name = sent_as(row, answered)
    steps = plugin.next_steps(course_from(launch), format_name, kind)
    return SentExam(answered.answered_at, kind is OfferKind.RESOURCE_LINK, steps)
