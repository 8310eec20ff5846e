"""Moodle (see docs/reference/moodle.md)."""

from __future__ import annotations

import re
from urllib.parse import quote

from lti_tool.errors import N_
from lti_tool.lms.plugin import LmsPlugin
from lti_tool.lms.values import Course, OfferKind, Step, Wording
from lti_tool.lti import VerifiedLaunch

BANKS_ARE_ACTIVITIES = 2025041400
"""``tool_platform.version`` of Moodle 5.0, the first in which question banks are activities (MDL-71378)."""
MAX_GRADE = 100
"""A site's default ``gradepointmax``; Moodle rejects more (see docs/reference/moodle.md#returned-items)."""


class Moodle(LmsPlugin):
    """Accepts links only; teachers import questions by hand from Moodle XML."""

    family = "moodle"
    display_name = "Moodle"
    preferred = ("moodle-xml", "common-cartridge", "qti21", "qti30", "canvas-qti")
    wording = Wording(
        add=N_("Add a link to the course"),
        sent=N_("A link to this exam was passed to Moodle."),
        questions=N_("Question bank"),
    )
    after_registration = (
        Step(N_("In Moodle, click “Activate” on the card of Examplary; until then, the tool is pending.")),
        Step(
            N_(
                "Teachers enable it in their course under “More”, “LTI External tools”, “Show in "
                "activity chooser”; or enable it for all courses in the tool's settings."
            )
        ),
    )

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family; Moodle Workplace and older Totara use it, too."""
        return product_family.lower() in ("moodle", "moodle-2")

    def configuration_url(self, issuer: str) -> str:
        """Return the document that every Moodle publishes (see docs/reference/moodle.md#dynamic-registration)."""
        return f"{issuer.rstrip('/')}/mod/lti/openid-configuration.php"

    def vouches_for_course_history(self, launch: VerifiedLaunch) -> bool:
        """The tool's parameters override those of a teacher's activity (``mod/lti/locallib.php``)."""
        return super().vouches_for_course_history(launch) or launch.history_registered

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """The shortest ways, six clicks each (see docs/reference/moodle.md#paths-for-an-instructor)."""
        if offer is not OfferKind.NOTHING:
            return (
                Step(N_("Click “Save and return to course”.")),
                Step(N_("Open the new activity whenever you want to download the questions.")),
            )
        if format_name == "moodle-xml":
            return _questions(course)
        if format_name == "common-cartridge":
            return _restore(course)
        return (Step(N_("Moodle doesn't import this format. Choose Moodle XML.")),)


def _questions(course: Course) -> tuple[Step, ...]:
    start = _banks_steps(course) if _has_bank_activities(course) else _import_page_steps(course)
    return (
        Step(N_("Download the file.")),
        *start,
        Step(N_("For “File format”, choose “Moodle XML format”.")),
        Step(N_("Choose the downloaded file and click “Import”, then “Continue”.")),
        Step(N_("The questions are in the question bank. Add them to a quiz with “Add”, then “from question bank”.")),
    )


def _import_page_steps(course: Course) -> tuple[Step, ...]:
    link = _page(course, "question/bank/importquestions/import.php?courseid=")
    return (Step(N_("In your course, open “More”, then “Question bank”, and choose “Import”."), link),)


def _banks_steps(course: Course) -> tuple[Step, ...]:
    link = _page(course, "question/banks.php?courseid=")
    return (
        Step(N_("In your course, open “More”, then “Question banks”, and choose a question bank or add one."), link),
        Step(N_("In its menu, choose “Import”.")),
    )


def _restore(course: Course) -> tuple[Step, ...]:
    return (
        Step(N_("Download the file. Don't unzip it.")),
        Step(
            N_("In your course, open “More”, then “Course reuse”, and choose “Restore”."),
            _page(course, "course/view.php?id="),
        ),
        Step(N_("Choose the downloaded file and click “Restore”.")),
        Step(N_("Choose to merge it into this course and follow the remaining steps.")),
    )


def _page(course: Course, path: str) -> str:
    """Return the URL of a page. Moodle's issuer is its ``wwwroot``, and the context id its course id.

    See docs/reference/moodle.md#launch.
    """
    if not course.issuer.startswith(("https://", "http://")) or not course.context_id:
        return ""
    return f"{course.issuer.rstrip('/')}/{path}{quote(course.context_id, safe='')}"


def _has_bank_activities(course: Course) -> bool:
    digits = re.match(r"\d{10}", course.platform_version)
    return digits is not None and int(digits[0]) >= BANKS_ARE_ACTIVITIES


MOODLE = Moodle()
