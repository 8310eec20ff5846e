"""Canvas (see docs/reference/lms-behaviour.md#canvas)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from lti_tool.errors import N_
from lti_tool.lms.canvas import registration
from lti_tool.lms.canvas.quiz_import import CanvasQuizzes
from lti_tool.lms.direct_import import DirectImport
from lti_tool.lms.plugin import LmsPlugin
from lti_tool.lms.teacher_choices import FormatRules
from lti_tool.lms.values import Course, Offer, OfferKind, StartingPoint, Step, Wording
from lti_tool.lti import DeepLinkingSettings, VerifiedLaunch

ZIP = "application/zip"
CLOUD = re.compile(r"https://canvas(\.beta|\.test)?\.instructure\.com")
COURSE = re.compile(r"/courses/\d+(?=/|$)")

CONTENT_TYPES = {
    "canvas-qti": "QTI .zip file",
    "qti21": "QTI .zip file",
    "common-cartridge": "Common Cartridge 1.x Package",
}
"""Canvas's label of "Content Type" for a format; not translated, since Canvas may not translate it either."""

TO_IMPORT_PAGE = N_(
    "“Add to course” gives the exam to “Import Course Content”. One click there starts the import; the quiz is then "
    "under “Quizzes”."
)
FROM_IMPORT_PAGE = N_(
    "Shorter: open “Settings”, “Import Course Content”, choose the content type “Examplary” and add the exam there. "
    "Exams that you make here are listed there, too."
)
INTO_MODULE = N_("“Add to course” makes the quiz, not published, and puts it into the module that you came from.")
INTO_GROUP = N_("“Add to course” makes the quiz, not published, in the assignment group that you came from.")
BESIDE_ASSIGNMENT = N_(
    "“Add to course” makes a quiz of its own, not published. The assignment that you came from stays as it is."
)
AT_ASSIGNMENTS = frozenset({"assignment_selection", "course_assignments_menu"})


class Canvas(LmsPlugin):
    """Imports a package directly, but only from the placement ``migration_selection``."""

    family = "canvas"
    display_name = "Canvas"
    preferred = ("canvas-qti", "common-cartridge", "qti21", "qti30", "moodle-xml")
    wording = Wording(
        add=N_("Add to Canvas"),
        sent=N_("The exam was passed to Canvas. One click left."),
        questions=N_("Quizzes"),
        add_again=N_("Add another copy"),
        sending_again=N_("Use “Add another copy” only if it didn't arrive: Canvas would create a second quiz."),
        sending_changed=N_("“Add another copy” creates a second quiz, with the new version. Then delete the old quiz."),
    )
    direct_import: ClassVar[DirectImport | None] = CanvasQuizzes()
    messages = registration.MESSAGES
    registration_extensions = registration.EXTENSIONS
    custom_parameters = registration.CUSTOM_PARAMETERS
    after_registration = (
        Step(N_("Follow Canvas's steps. Keep the “Migration Selection” placement, which does the importing.")),
        Step(
            N_(
                "Enable the tool. Teachers find it in the course menu, in the menus of modules, when they make an "
                "assignment, and under “Import Course Content”."
            )
        ),
    )

    enable_deep_linking = N_(
        "In Canvas, give the tool's LTI key the placement “Migration Selection” with the message "
        "LtiDeepLinkingRequest, or make an API key: Examplary then makes the quizzes itself."
    )

    enable_direct_import = N_(
        "Set an API key for the address at which teachers open Canvas: settings, “Direct import”."
    )

    def matches(self, product_family: str, issuer: str) -> bool:
        """By product family, or by the issuer that all hosted Canvas sites share."""
        return product_family.lower() == "canvas" or (not product_family and CLOUD.fullmatch(issuer) is not None)

    def addresses(self, issuer: str) -> Mapping[str, str]:
        """Return the addresses of hosted Canvas, whose beta and test sites have their own."""
        site = CLOUD.fullmatch(issuer)
        if site is None:
            return {}
        host = f"https://sso{site[1] or ''}.canvaslms.com"
        return {
            "authorization_url": f"{host}/api/lti/authorize_redirect",
            "jwks_url": f"{host}/api/lti/security/jwks",
            "token_url": f"{host}/login/oauth2/token",
        }

    def vouches_for_course_history(self, launch: VerifiedLaunch) -> bool:
        """A link's parameters override the tool's. The course menu's link is the course itself and has none."""
        from_course_menu = bool(launch.context_id) and launch.resource_link_id == launch.context_id
        return super().vouches_for_course_history(launch) or from_course_menu

    def offer(self, settings: DeepLinkingSettings | None, rules: FormatRules) -> Offer:
        """A file if the launch accepts zips by media type, as only ``migration_selection`` does.

        The editor button and assignments accept any file (``*/*``), but would only attach it.

        See docs/reference/lms-behaviour.md#canvas-placements.
        """
        if settings is None:
            return Offer(OfferKind.NOTHING)
        imports = "file" in settings.accept_types and ZIP in settings.accept_media_types
        importable = [name for name in self.ranked_formats(rules) if name in self.formats and name in CONTENT_TYPES]
        if imports and importable:
            return Offer(OfferKind.FILE, importable[0], ZIP)
        return super().offer(settings, rules)

    def starting_point(self, course: Course, offer: OfferKind, place: Mapping[str, str] | None) -> StartingPoint:
        """By placement: the module or assignment group that the teacher came from, an assignment, the import page."""
        if place is not None:
            return StartingPoint(_adding_at(place))
        if offer is OfferKind.FILE:
            return StartingPoint(TO_IMPORT_PAGE)
        shorter = Step(FROM_IMPORT_PAGE, _page(course, "content_migrations"))
        return replace(super().starting_point(course, offer, place), shorter=shorter)

    def next_steps(self, course: Course, format_name: str, offer: OfferKind) -> tuple[Step, ...]:
        """The deep linking response imports nothing yet: the teacher starts the import.

        See docs/reference/lms-behaviour.md#canvas-content-migration.
        """
        if offer is OfferKind.FILE:
            return _after_file(course)
        if offer is OfferKind.RESOURCE_LINK:
            return (
                Step(N_("Click the button with which Canvas adds the link (“Add Item”, “Select” or “Save”).")),
                Step(N_("Students may see the link's title, but not the exam: unpublish the link to hide it.")),
                Step(N_("Open the link in your course whenever you want to download the questions.")),
            )
        return _by_hand(course, format_name)


def _adding_at(place: Mapping[str, str]) -> str:
    if place.get("module"):
        return INTO_MODULE
    if place.get("group"):
        return INTO_GROUP
    return BESIDE_ASSIGNMENT if place.get("placement") in AT_ASSIGNMENTS else CanvasQuizzes.adding


def _after_file(course: Course) -> tuple[Step, ...]:
    return (
        Step(
            N_(
                "Click “Add to Import Queue” (“Import” in newer versions of Canvas). The exam is "
                "listed next to the button above it."
            )
        ),
        Step(N_("Wait until “Current Jobs” says “Completed”.")),
        Step(N_("Open “Quizzes”: the exam is there, not yet published."), _page(course, "quizzes")),
    )


def _by_hand(course: Course, format_name: str) -> tuple[Step, ...]:
    kind = CONTENT_TYPES.get(format_name)
    if kind is None:
        return (Step(N_("Canvas doesn't import this format. Choose another one for Canvas.")),)
    return (
        Step(N_("Download the file. Don't unzip it.")),
        Step(N_("In your course, open “Settings”, then “Import Course Content”."), _page(course, "content_migrations")),
        Step(N_("For “Content Type”, choose “%(kind)s”."), facts={"kind": kind}),
        Step(N_("Choose the downloaded file, then “All content”, and click “Add to Import Queue”.")),
        Step(
            N_("When the job is completed, open “Quizzes”: the exam is there, not yet published."),
            _page(course, "quizzes"),
        ),
    )


def _page(course: Course, page: str) -> str:
    """Return the URL of a page of the course. The return URL has the course id; the one in the launch is another."""
    parts = urlsplit(course.return_url)
    match = COURSE.search(parts.path)
    return f"{parts.scheme}://{parts.netloc}{parts.path[: match.end()]}/{page}" if match else ""


CANVAS = Canvas()
