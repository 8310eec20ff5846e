"""The options and lines about an LMS's settings, for ``platforms add``, ``edit`` and ``show``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from config.settings import Settings
from lti_tool.cli.app_context import Command
from lti_tool.lms import plugin_for_registration
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Platform
from lti_tool.services.platforms.setting_values import format_choices, override_lines, quiz_kinds

_REPEATABLE = (
    ("--format", "formats", f"Format that teachers are offered: {', '.join(format_choices())}; repeatable"),
    ("--withhold", "withheld_choices", f"What teachers may not choose: {', '.join(TeacherChoice)}; repeatable"),
    ("--role", "role_overrides", "What a role counts as: ROLE=teacher, =administrator or =nobody; repeatable"),
)
_SINGLE = (
    ("--default-format", "default_format", "The format that comes first"),
    (
        "--quiz-kind",
        "quiz_kind",
        f"Kind of quiz for direct import: {', '.join(quiz_kinds())}, or default (the teacher chooses)",
    ),
    ("--delete-at-examplary", "deletes_exams", "Whether exams are deleted at Examplary: yes, no or default"),
    ("--keep-exam-days", "keep_exam_days", "Days to keep exams; 0 means forever; or default"),
    ("--keep-launch-days", "keep_launch_days", "Days to keep launches and names; 0, or default"),
    ("--keep-generation-days", "keep_generation_days", "Days to keep generation history; 0, or default"),
)


def setting_options(command: Command) -> Command:
    """Add the options of an LMS's settings."""
    for option, name, text in reversed(_SINGLE):
        command = click.option(option, name, default=None, help=text)(command)
    for option, name, text in reversed(_REPEATABLE):
        command = click.option(option, name, multiple=True, help=text)(command)
    return command


def setting_lines(row: Platform, settings: Settings) -> Iterator[str]:
    """Return a line for each setting, with the operator's default where it is empty."""
    withheld = row.withheld_choices or ()
    yield f"formats: {', '.join(row.formats or ()) or 'all'}"
    yield f"default format: {row.default_format or 'the best for this LMS'}"
    if plugin_for_registration(row.family, row.issuer).quiz_kinds:
        yield f"kind of quizzes made directly: {row.quiz_kind or 'as the teacher chooses'}"
    yield f"teachers may: {', '.join(choice for choice in TeacherChoice if choice not in withheld) or '-'}"
    yield f"teachers may not: {', '.join(withheld) or '-'}"
    yield f"roles: {', '.join(override_lines(row.role_overrides)) or '-'}"
    deletes = settings.delete_exam_at_examplary if row.deletes_exams is None else row.deletes_exams
    yield f"exams at Examplary: {'deleted' if deletes else 'kept'}{_source(row.deletes_exams)}"
    for name in ("keep_exam_days", "keep_launch_days", "keep_generation_days"):
        own = getattr(row, name)
        days = getattr(settings, name) if own is None else own
        yield f"{name.replace('_', ' ')}: {days or 'forever'}{_source(own)}"


def _source(own: object) -> str:
    return " (the operator's default)" if own is None else ""
