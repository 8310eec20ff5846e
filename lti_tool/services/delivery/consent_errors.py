"""Errors of a teacher's consent. Those about the API key are in :mod:`lti_tool.lms.account_errors`."""

from __future__ import annotations

from lti_tool.errors import N_, AccessError

AGAIN = N_("Close this window, go back to your course and start again from the exam's page.")
OR_DOWNLOAD = N_("Close this window and try again from the exam's page, or download the exam there and import it.")


class ConsentError(AccessError):
    """The consent failed."""

    code = "consent.failed"
    sentence = N_("Examplary didn't get your permission.")
    advice = OR_DOWNLOAD


class ConsentUnknown(ConsentError):
    """No consent is under way with this code or state, or the person has been erased."""

    code = "consent.unknown"
    sentence = N_("Examplary didn't ask for this permission.")
    advice = AGAIN
    status = 404


class ConsentOtherBrowser(ConsentError):
    """The state belongs to another browser, or this one keeps no cookies."""

    code = "consent.other_browser"
    sentence = N_("This permission was asked for in another browser, or this browser keeps no cookies.")
    advice = N_("Allow cookies for this site, close this window and start again from the exam's page.")


class ConsentUsed(ConsentError):
    """The link or the state was used before."""

    code = "consent.used"
    sentence = N_("This permission was used already.")
    advice = N_("Close this window and look at the exam's page: if it still asks you, start again there.")
    status = 410


class ConsentExpired(ConsentError):
    """More than ten minutes have passed."""

    code = "consent.expired"
    sentence = N_("It took too long: Examplary waits ten minutes for your permission.")
    advice = AGAIN
    status = 410


class ConsentDeclined(ConsentError):
    """The teacher cancelled (``access_denied``)."""

    code = "consent.declined"
    sentence = N_("You didn't give Examplary permission, so nothing was added to your course.")


class ConsentRefused(ConsentError):
    """The LMS returned another error of OAuth (RFC 6749 §4.1.2.1). Facts: ``reason``."""

    code = "consent.refused"
    sentence = N_("Your LMS didn't ask you for permission (%(reason)s).")
    status = 502

    def __init__(self, detail: str = "", *, reason: str = "-") -> None:
        super().__init__(detail, reason=reason)


class ConsentOtherUser(ConsentError):
    """Someone else is signed in to the LMS in this browser. Facts: ``user``, their name there."""

    code = "consent.other_user"
    sentence = N_("In this browser you're signed in to your LMS as %(user)s, which isn't who opened Examplary.")
    advice = N_(
        "Sign out there, sign in with your own account, and try again from the exam's page. Or download the exam there "
        "and import it."
    )

    def __init__(self, detail: str = "", *, user: str = "-") -> None:
        super().__init__(detail, user=user)


class ConsentUserUnclear(ConsentError):
    """The LMS's ids don't identify unambiguously who consented, as in a consortium of accounts."""

    code = "consent.user_unclear"
    sentence = N_("Your LMS doesn't say clearly whose permission this is.")
    advice = N_("Close this window, download the exam on its page and import it in your course.")


class ConsentByMasquerade(ConsentError):
    """An administrator acted as the teacher."""

    code = "consent.masquerade"
    sentence = N_("You're acting as another person in your LMS, and only that person can give this permission.")
    advice = N_("Close this window, download the exam on its page and import it in the course.")
