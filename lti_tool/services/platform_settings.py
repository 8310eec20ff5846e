"""What administrators decided about one platform, read in this place only: its settings, and whether it is active.

``None`` and empty values mean the installation's default, which the reader of a value adds: the operator's settings for
deletion, retention and colour, the LMS family's order for formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select

from lti_tool.errors import N_, AccessError
from lti_tool.lms.teacher_choices import FormatRules, TeacherChoice
from lti_tool.lti import CountsAs, read_overrides
from lti_tool.models import Deployment, Launch, Platform, db


class ChoiceWithheld(AccessError):
    """The administrator of this LMS doesn't leave this to teachers. The button is on an older page, or nowhere."""

    code = "access.choice_withheld"
    sentence = N_("The administrator of your LMS has switched this off for teachers.")
    advice = N_("Go back to the exam's page: it shows what you can do here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSettings:
    """The settings of one platform."""

    theme_color: str = ""
    presets: Mapping[str, Any] = field(default_factory=dict)
    """Defaults for Examplary's form."""
    question_tag: str = ""
    title_prefix: str = ""
    requires_review: bool = False
    withheld: frozenset[TeacherChoice] = frozenset()
    """Choices withheld from teachers."""
    formats: FormatRules = field(default_factory=FormatRules)
    quiz_kind: str = ""
    """The kind of quizzes that direct import makes, of ``LmsPlugin.quiz_kinds``; empty: the teacher chooses."""
    role_overrides: Mapping[str, CountsAs] = field(default_factory=dict)
    deletes_exams: bool | None = None
    """Whether exams are deleted at Examplary once they are stored here."""
    keep_launch_days: int | None = None
    """Retention periods in days; 0 means forever."""
    keep_generation_days: int | None = None
    keep_exam_days: int | None = None

    @classmethod
    def of(cls, row: Platform) -> PlatformSettings:
        """Read the settings of ``row``."""
        withheld = frozenset(choice for choice in TeacherChoice if choice in (row.withheld_choices or ()))
        return cls(
            theme_color=row.theme_color,
            presets=row.presets or {},
            question_tag=row.question_tag,
            title_prefix=row.title_prefix,
            requires_review=row.requires_review,
            withheld=withheld,
            formats=FormatRules(
                offered=tuple(row.formats or ()),
                default=row.default_format,
                first_only=TeacherChoice.FORMAT in withheld,
            ),
            quiz_kind=row.quiz_kind,
            role_overrides=read_overrides(row.role_overrides),
            deletes_exams=row.deletes_exams,
            keep_launch_days=row.keep_launch_days,
            keep_generation_days=row.keep_generation_days,
            keep_exam_days=row.keep_exam_days,
        )

    def allows(self, choice: TeacherChoice) -> bool:
        """Return whether teachers may choose this."""
        return choice not in self.withheld


def require_choice(launch: Launch, choice: TeacherChoice) -> None:
    """Raise :class:`ChoiceWithheld` unless the teachers of this LMS may choose this."""
    if not PlatformSettings.of(launch.platform).allows(choice):
        raise ChoiceWithheld(choice)


@dataclass(frozen=True, slots=True)
class ExamDeletion:
    """Whether exams are deleted at Examplary; ``default`` is the operator's decision."""

    default: bool

    def applies_to(self, row: Platform) -> bool:
        """Return whether the exams of a platform are deleted."""
        own = PlatformSettings.of(row).deletes_exams
        return self.default if own is None else own


def is_active(platform_id: str, deployment_id: str) -> bool:
    """Return whether the platform is active and the deployment is not switched off.

    Checked on every request, so that switching off also ends open pages.
    """
    belongs = and_(Deployment.platform_id == Platform.id, Deployment.deployment_id == deployment_id)
    query = select(Platform.active, Deployment.active).outerjoin(Deployment, belongs).where(Platform.id == platform_id)
    row = db.session.execute(query).one_or_none()
    return row is not None and row[0] and row[1] is not False
