"""The one main button of the review page."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.lms import Offer, OfferKind
from lti_tool.models import Exam
from lti_tool.web.current_launch import CurrentLaunch
from lti_tool.web.direct_import import DirectImportView


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
    """There is no button: an import is under way, the launch was answered with another exam, or there is only a
    download, which the administrator withholds."""


def main_action(
    launch: CurrentLaunch, exam: Exam, offer: Offer, direct: DirectImportView | None, *, has_download: bool = True
) -> MainAction:
    """Return what the teacher most likely wants to do next with ``exam``."""
    if direct is not None and (direct.is_followed or direct.is_waiting):
        return MainAction.NOTHING
    if direct is not None and direct.is_done:
        return MainAction.OPEN
    if direct is not None and direct.availability.available:
        return MainAction.CONSENT if direct.availability.needs_consent else MainAction.IMPORT
    if offer.kind is OfferKind.NOTHING or launch.outside_frame:
        return MainAction.DOWNLOAD if has_download else MainAction.NOTHING
    return MainAction.SEND if launch.launch.answered_with in ("", exam.id) else MainAction.NOTHING
