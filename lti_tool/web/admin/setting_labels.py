"""A platform's settings in words: only those that differ from the installation's defaults."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from lti_tool import formats
from lti_tool.lms import plugin_for_registration
from lti_tool.lms.teacher_choices import CHOICES
from lti_tool.models import Platform
from lti_tool.services.delivery.packages import ORIGINAL
from lti_tool.services.platform_settings import PlatformSettings
from lti_tool.services.platforms.setting_values import override_lines
from lti_tool.web.labels import ORIGINAL_LABEL
from lti_tool.web.locale import list_text, localize


def labelled_formats(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names of formats with their labels."""
    labels = ((name, ORIGINAL_LABEL if name == ORIGINAL else formats.get(name).label) for name in names)
    return [(name, localize(label)) for name, label in labels]


def labelled_choices() -> list[tuple[str, str]]:
    """Return what teachers may be allowed to do, with labels."""
    return [(str(choice), localize(label)) for choice, label in CHOICES.items()]


def labelled_quiz_kinds(row: Platform) -> list[tuple[str, str]]:
    """Return the kinds of quizzes of the platform's LMS family, with labels; none if there is one kind only."""
    kinds = plugin_for_registration(row.family, row.issuer).quiz_kinds
    return [(name, localize(kind.label)) for name, kind in kinds.items()]


def decisions(row: Platform) -> list[tuple[str, str]]:
    """Return names and values of the settings that an administrator has made."""
    settings = PlatformSettings.of(row)
    first = labelled_formats([settings.formats.default] if settings.formats.default else [])
    deletion = {None: "", True: gettext("deleted"), False: gettext("kept")}[settings.deletes_exams]
    review = gettext("Teachers must tick that they have reviewed the questions") if settings.requires_review else ""
    lines = [
        (
            gettext("Teachers may not"),
            list_text(label for name, label in labelled_choices() if name in settings.withheld),
        ),
        (
            gettext("Formats that teachers are offered"),
            list_text(dict(labelled_formats(settings.formats.offered)).values()),
        ),
        (gettext("The format that comes first"), list_text(dict(first).values())),
        (gettext("Kind of quiz for direct import"), dict(labelled_quiz_kinds(row)).get(settings.quiz_kind, "")),
        (gettext("Review of the questions"), review),
        (gettext("Role overrides"), list_text(override_lines(row.role_overrides))),
        (gettext("Exams at Examplary"), deletion),
        (gettext("Days to keep exams"), _days(settings.keep_exam_days)),
        (gettext("Days to keep launches and names"), _days(settings.keep_launch_days)),
    ]
    return [(str(name), str(value)) for name, value in lines if value]


def _days(days: int | None) -> str:
    return "" if days is None else str(days or gettext("forever"))
