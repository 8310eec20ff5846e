"""Errors of registrations that an operator or administrator makes by hand."""

from __future__ import annotations

from lti_tool.errors import N_, Phrase
from lti_tool.lti.protocol.registration_errors import RegistrationError


class InvalidValue(RegistrationError):
    """A value with which no launch could work."""

    code = "registration.value_wrong"
    sentence = N_("%(what)s is not valid: %(problem)s.")
    advice = N_("Copy the value from your LMS again.")

    def __init__(
        self, *, what: str = "…", problem: str = "…", **facts: str | int | list[str] | tuple[str, ...]
    ) -> None:
        """``what`` is the value, ``problem`` the end of a sentence, marked with ``N_``, with its ``facts``.

        An error that is restored from its code has neither.
        """
        super().__init__(what=what, problem=Phrase(problem, facts))


class AlreadyRegistered(RegistrationError):
    """A registration with this issuer and client ID exists."""

    code = "registration.exists"
    sentence = N_("This issuer and client ID are already registered.")
    advice = N_("Change it in its settings, or by: python -m lti_tool platforms edit")
    status = 409


class NotRegistered(RegistrationError):
    """No registration has this issuer and client ID."""

    code = "registration.not_found"
    sentence = N_("This LMS is not registered.")
    advice = N_("See: python -m lti_tool platforms list")
    status = 404


class SeveralRegistrations(RegistrationError):
    """An issuer has several registrations, and no client ID says which is meant."""

    code = "registration.client_id_needed"
    sentence = N_("This issuer has several registrations; their client IDs: %(client_ids)s.")
    advice = N_("Add the client ID of the one that you mean.")
    status = 409


class PlatformInUse(RegistrationError):
    """People of this LMS still have exams here."""

    code = "registration.in_use"
    sentence = N_("This LMS is still in use (people: %(people)d, exams: %(exams)d).")
    advice = N_(
        "To stop its launches and keep everything: python -m lti_tool platforms off. To delete "
        "everything, here and at Examplary: platforms remove --with-exams"
    )
    status = 409


class DeletionsPending(RegistrationError):
    """Deletions at Examplary are pending, and they need the registration's API key."""

    code = "registration.deletions_wait"
    sentence = N_("Deletions still pending at Examplary: %(count)d.")
    advice = N_("Launches from this LMS are now refused. Run the same command again in a few minutes.")
    status = 409
