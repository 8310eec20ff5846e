"""The one main button of the review page."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.errors import N_
from lti_tool.lms import Offer, OfferKind
from lti_tool.lms.values import Wording
from lti_tool.models import Exam
from lti_tool.web.current_launch import CurrentLaunch
from lti_tool.web.review.direct_import import DirectImportView
from lti_tool.web.review.older_version import OlderVersion

ADD = N_("Add to course")


class MainAction(StrEnum):
    """The effect of the button."""

    IMPORT = "import"
    """Have the LMS make the quiz."""
    CONSENT = "consent"
    """Ask the teacher for consent to the LMS's API, then have it make the quiz."""
    OPEN = "open"
    """Open the quiz that was made."""
    SEND = "send"
    """Send the exam in the deep linking response."""
    DOWNLOAD = "download"
    """Download the best format for this LMS, which receives nothing from this page."""
    NOTHING = ""
    """There is no button: an import is under way, the launch was answered with another exam, or the LMS could only
    take a download, which the administrator withholds."""


def main_action(
    launch: CurrentLaunch,
    exam: Exam,
    offer: Offer,
    direct: DirectImportView | None,
    *,
    has_download: bool = True,
    older: OlderVersion | None = None,
) -> MainAction:
    """Return what the teacher most likely wants to do next with ``exam``.

    If the course has an ``older`` version, that is to send the current one.
    """
    if direct is not None and (direct.is_followed or direct.is_waiting):
        return MainAction.NOTHING
    if direct is not None and direct.is_done and not (older and direct.availability.available):
        return MainAction.OPEN
    if direct is not None and direct.availability.available:
        return MainAction.CONSENT if direct.availability.needs_consent else MainAction.IMPORT
    if offer.kind is OfferKind.NOTHING or launch.outside_frame:
        return MainAction.DOWNLOAD if has_download else MainAction.NOTHING
    return MainAction.SEND if launch.launch.answered_with in ("", exam.id) else MainAction.NOTHING


def button_label(
    action: MainAction,
    wording: Wording,
    offer: Offer,
    direct: DirectImportView | None,
    *,
    older: OlderVersion | None,
    sent_before: bool,
) -> str:
    """Return the button's label, marked with ``N_``; the only fact is the LMS's name, ``lms``."""
    if direct is not None and action is MainAction.IMPORT and direct.error:
        return N_("Try again")
    match action:
        case MainAction.OPEN if direct is not None and direct.latest is not None:
            return N_("Look under “Quizzes”") if direct.latest.outcome == "elsewhere" else N_("Open the quiz")
        case MainAction.DOWNLOAD:
            return N_("Download for %(lms)s")
        case MainAction.CONSENT if older is OlderVersion.QUIZ:
            return N_("Give permission and update the quiz")
        case MainAction.CONSENT:
            return N_("Give permission and add to course")
        case MainAction.IMPORT if older is OlderVersion.QUIZ:
            return N_("Update the quiz")
        case MainAction.IMPORT if older is OlderVersion.FILE:
            return wording.add_again
        case MainAction.SEND if sent_before:
            return wording.add_again if offer.kind is OfferKind.FILE else N_("Send again")
    return ADD
