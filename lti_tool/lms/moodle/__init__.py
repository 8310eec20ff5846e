"""Moodle (see docs/reference/moodle.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import quote

from lti_tool.errors import N_
from lti_tool.formats.common_cartridge import MOODLE_GRADES_SENTENCE
from lti_tool.lms.direct_import import DirectImport
from lti_tool.lms.moodle.quiz_service import PARAMETER, SCOPE, MoodleQuizzes
from lti_tool.lms.plugin import LmsPlugin
from lti_tool.lms.values import Course, OfferKind, StartingPoint, Step, Wording
from lti_tool.lti import VerifiedLaunch

BANKS_ARE_ACTIVITIES = 2025041400
"""``tool_platform.version`` of Moodle 5.0, the first in which question banks are activities (MDL-71378)."""
CATEGORIES_ARE_FILTERS = 2023100900
"""Moodle 4.3, the first whose question bank is filtered by conditions (MDL-72321)."""
MAX_GRADE = 100
"""A site's default ``gradepointmax``; Moodle rejects more (see docs/reference/moodle.md#returned-items)."""

BESIDE_FORM = N_(
    "“Add to course” makes the quiz at once, hidden from students. You can then cancel the form of the new activity."
)
LINK_AND_IMPORT = N_(
    "“Add to course” puts an activity for teachers into your course. The questions come by a download, which you "
    "import into the question bank."
)
_AFTER_LINK = (
    Step(
        N_(
            "Students see the activity in the course, but can't open the exam. To hide it from them, open “Common "
            "module settings” and choose “Hide on course page” for “Availability”."
        )
    ),
    Step(N_("Click “Save and return to course”.")),
    Step(N_("Open the new activity whenever you want to download the questions.")),
)
"""Moodle reads no property of the link that would hide its activity."""
_SWITCH_BANK = (Step(N_("Click “Switch bank” and choose your question bank: the quiz's own bank is empty.")),)
_FILTER_CATEGORY = (
    Step(
        N_(
            "For “Category”, choose the exam's title instead of the first category, which is empty; click "
            "“Apply filters”."
        )
    ),
)
_SELECT_CATEGORY = (
    Step(N_("For “Select a category”, choose the exam's title instead of the first category, which is empty.")),
)


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
    direct_import: ClassVar[DirectImport | None] = MoodleQuizzes()
    scopes = (SCOPE,)
    custom_parameters: ClassVar[Mapping[str, str]] = MappingProxyType({PARAMETER: "1"})
    after_registration = (
        Step(N_("In Moodle, click “Activate” on the card of Examplary; until then, the tool is pending.")),
        Step(
            N_(
                "Teachers enable it in their course under “More”, “LTI External tools”, “Show in "
                "activity chooser”; or enable it for all courses in the tool's settings."
            )
        ),
    )

    enable_deep_linking = N_(
        "In Moodle, tick “Supports Deep Linking (Content-Item Message)” in the tool's settings under “Manage tools”; "
        "teachers then use “Select content”."
    )

    enable_direct_import = N_(
        "In Moodle, install the newest plugin and allow “Quizzes of Examplary” in the tool's settings; here, register "
        "the access token URL."
    )

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family; Moodle Workplace and older Totara use it, too."""
        return product_family.lower() in ("moodle", "moodle-2")

    def configuration_url(self, issuer: str) -> str:
        """Return the document that every Moodle publishes (see docs/reference/moodle.md#dynamic-registration)."""
        return f"{issuer.rstrip('/')}/mod/lti/openid-configuration.php"

    def addresses(self, issuer: str) -> Mapping[str, str]:
        """Return the addresses below a site's own, as its page of the tool shows them."""
        return {
            "authorization_url": f"{issuer}/mod/lti/auth.php",
            "jwks_url": f"{issuer}/mod/lti/certs.php",
            "token_url": f"{issuer}/mod/lti/token.php",
        }

    def vouches_for_course_history(self, launch: VerifiedLaunch) -> bool:
        """The tool's parameters override those of a teacher's activity (``mod/lti/locallib.php``)."""
        return super().vouches_for_course_history(launch) or launch.history_registered

    def starting_point(self, course: Course, offer: OfferKind, place: Mapping[str, str] | None) -> StartingPoint:
        """From the form of a new activity, the quiz is made at once, and the form isn't needed."""
        if place is not None and place.get("placement") == "activity_form":
            return StartingPoint(BESIDE_FORM)
        if place is None and offer is OfferKind.RESOURCE_LINK:
            return StartingPoint(LINK_AND_IMPORT)
        return super().starting_point(course, offer, place)

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """Each step as the teacher meets it (see docs/reference/moodle.md#question-banks-in-moodle-5)."""
        if offer is not OfferKind.NOTHING:
            return _AFTER_LINK
        if format_name == "moodle-xml":
            return _questions(course)
        if format_name == "common-cartridge":
            return _restore(course)
        return (Step(N_("Moodle doesn't import this format. Choose Moodle XML.")),)


def _questions(course: Course) -> tuple[Step, ...]:
    """Return the steps from the download to the questions in a quiz."""
    banks_are_activities = _is_since(BANKS_ARE_ACTIVITIES, course)
    return (
        Step(N_("Download the file.")),
        *(_open_bank(course) if banks_are_activities else _open_import_page(course)),
        Step(N_("For “File format”, choose “Moodle XML format”.")),
        Step(N_("Choose the downloaded file and click “Import”, then “Continue”.")),
        Step(N_("In your quiz, open “Questions”, click “Add” and choose “from question bank”.")),
        *(_SWITCH_BANK if banks_are_activities else ()),
        *(_FILTER_CATEGORY if banks_are_activities or _is_since(CATEGORIES_ARE_FILTERS, course) else _SELECT_CATEGORY),
        Step(
            N_(
                "Click the column “Question” to sort by name, which keeps the exam's order. Then select all questions "
                "and click “Add selected questions to the quiz”."
            )
        ),
    )


def _open_import_page(course: Course) -> tuple[Step, ...]:
    link = _page(course, "question/bank/importquestions/import.php?courseid=")
    text = N_("In your course, open “More”, then “Question bank”, and choose “Import” in the menu “Questions”.")
    return (Step(text, link),)


def _open_bank(course: Course) -> tuple[Step, ...]:
    link = _page(course, "question/banks.php?courseid=")
    text = N_(
        "In your course, open “More”, then “Question banks”, and open a bank. If there is none, click “Create default "
        "question bank” first."
    )
    return Step(text, link), Step(N_("Choose “Import” in the bank's menu “Questions”."))


def _restore(course: Course) -> tuple[Step, ...]:
    return (
        Step(N_("Download the file. Don't unzip it.")),
        Step(
            N_("In your course, open “More”, then “Course reuse”, and choose “Restore” in its menu."),
            _page(course, "course/view.php?id="),
        ),
        Step(N_("Choose the downloaded file, click “Restore” and then “Continue”.")),
        Step(
            N_(
                "Under “Restore into this course”, choose to merge it into this course and click “Continue”. Then "
                "click “Next” until “Perform restore”; a large exam takes some minutes."
            )
        ),
        Step(MOODLE_GRADES_SENTENCE),
    )


def _page(course: Course, path: str) -> str:
    """Return the URL of a page. Moodle's issuer is its ``wwwroot``, and the context id its course id.

    See docs/reference/moodle.md#launch.
    """
    if not course.issuer.startswith(("https://", "http://")) or not course.context_id:
        return ""
    return f"{course.issuer.rstrip('/')}/{path}{quote(course.context_id, safe='')}"


def _is_since(version: int, course: Course) -> bool:
    """Return whether the launch names this version of Moodle, or a later one."""
    digits = re.match(r"\d{10}", course.platform_version)
    return digits is not None and int(digits[0]) >= version


MOODLE = Moodle()
