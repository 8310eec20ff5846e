"""Errors while an LMS registers the tool (1EdTech lti-dr), shown to administrators.

Details name hosts; they never hold a registration token or the secret of a link. None is a 5xx: a broken server of the
LMS is not a failure of ours.

::

    LaunchError
    └── RegistrationError
        ├── RegistrationLinkUnknown, …Used, …Expired, …Busy          the link
        ├── RegistrationLinkForNew, …ForOther                        what the link may change
        ├── LmsAddressRefused, LmsRedirects, ForeignHost             the LMS's addresses
        ├── LmsUnreachable, LmsSlow, LmsResponseTooLong              its server
        └── ConfigurationUnreadable, IssuerForeign, RegistrationRefused, AnswerUnreadable      its responses
"""

from __future__ import annotations

from lti_tool.errors import N_, LaunchError


class RegistrationError(LaunchError):
    """The tool could not be registered."""

    code = "registration.error"
    sentence = N_("Examplary couldn't be registered with your LMS.")
    advice = N_("The link still works. Try again in a minute.")
    status = 422


class RegistrationLinkUnknown(RegistrationError):
    """Unknown link: truncated, or never issued."""

    code = "registration.link_unknown"
    sentence = N_("This registration link is incomplete.")
    advice = N_("Copy the whole link again, or ask the person who sent it for a new one.")
    status = 404


class RegistrationLinkUsed(RegistrationError):
    """The link has already registered an LMS."""

    code = "registration.link_used"
    sentence = N_("This registration link has already been used.")
    advice = N_(
        "Each link works once. If you didn't use it yourself, tell the person who sent it and ask for a new one."
    )
    status = 410


class RegistrationLinkExpired(RegistrationError):
    """The link has expired."""

    code = "registration.link_expired"
    sentence = N_("This registration link has expired.")
    advice = N_("Ask the person who sent it for a new one.")
    status = 410


class RegistrationLinkBusy(RegistrationError):
    """A registration with this link is running."""

    code = "registration.link_busy"
    sentence = N_("This registration link is in use right now.")
    advice = N_("Check whether Examplary is in your LMS now. If not, try again in two minutes.")
    status = 409


class LmsAddressRefused(RegistrationError):
    """An address is not https, holds a password, or leads into a private network."""

    code = "registration.address_refused"
    sentence = N_("Your LMS gave an address that this tool doesn't open: %(what)s.")
    advice = N_(
        "The address must begin with https:// and be reachable on the public internet. If your LMS "
        "is on a private network, ask the operator of this tool to register it by hand (python -m "
        "lti_tool platforms add)."
    )


class LmsRedirects(RegistrationError):
    """The LMS redirects to another host."""

    code = "registration.redirected"
    sentence = N_("Your LMS redirects to another server: %(host)s.")
    advice = N_("Open your LMS at its own address and register the tool from there.")


class ForeignHost(RegistrationError):
    """An endpoint is at a host that is unrelated to the issuer."""

    code = "registration.foreign_host"
    sentence = N_("Your LMS gave the address of a server that isn't its own: %(host)s.")
    advice = N_(
        "If it does belong to your LMS, ask the operator of this tool for a registration link that "
        "allows it (python -m lti_tool platforms invite --host %(host)s)."
    )


class LmsUnreachable(RegistrationError):
    """No connection, or an unexpected status."""

    code = "registration.lms_unreachable"
    sentence = N_("Examplary couldn't reach your LMS at %(host)s.")
    advice = N_(
        "The link still works. Try again in a minute. If it keeps happening, check that %(host)s "
        "can be reached from the internet and has a valid certificate."
    )


class LmsSlow(RegistrationError):
    """The LMS took too long."""

    code = "registration.lms_slow"
    sentence = N_("Your LMS took too long to respond.")


class LmsResponseTooLong(RegistrationError):
    """The response is larger than any configuration."""

    code = "registration.lms_answer_too_large"
    sentence = N_("Your LMS's response is too long to be its configuration.")
    advice = N_("The link still works. Check the address of the configuration: %(host)s.")


class ConfigurationUnreadable(RegistrationError):
    """Not JSON, or an entry is missing or wrong (lti-dr §3.3, OpenID Connect Discovery 1.0 §3)."""

    code = "registration.configuration_unreadable"
    sentence = N_("Your LMS's configuration can't be used: %(problem)s.")
    advice = N_("The link still works. Show this page to the person who maintains your LMS.")


class IssuerForeign(RegistrationError):
    """The issuer does not belong to the configuration's host (lti-dr §3.3)."""

    code = "registration.issuer_foreign"
    sentence = N_("The configuration at %(host)s is for another LMS: %(issuer)s.")
    advice = N_(
        "Set your LMS's platform ID (issuer) to its own address. If %(host)s does act for that "
        "LMS, ask the operator of this tool for a registration link that allows it (python -m "
        "lti_tool platforms invite --host %(host)s)."
    )


class RegistrationRefused(RegistrationError):
    """The LMS rejected the registration."""

    code = "registration.refused"
    sentence = N_("Your LMS refused the registration: %(reason)s.")
    advice = N_(
        "The link still works. Start again in your LMS: the details it sends for a registration work only once."
    )


class AnswerUnreadable(RegistrationError):
    """The LMS accepted the registration without naming a client id."""

    code = "registration.answer_unreadable"
    sentence = N_("Your LMS registered Examplary but gave no client ID.")
    advice = N_(
        "Remove Examplary from your LMS and try again, or ask the operator of this tool to "
        "register it by hand (python -m lti_tool platforms add)."
    )


class RegistrationLinkForNew(RegistrationError):
    """The registration exists, and the link was not made for it: else any link could replace any registration."""

    code = "registration.already_there"
    sentence = N_("Your LMS is already registered here with client ID %(client_id)s, and this link can't change that.")
    advice = N_(
        "If the registration should be replaced, ask the operator of this tool for a link for it (python -m lti_tool "
        "platforms invite --for %(issuer)s %(client_id)s)."
    )
    status = 409


class RegistrationLinkForOther(RegistrationError):
    """The link was made to replace the registration of another LMS."""

    code = "registration.link_for_other"
    sentence = N_("This registration link is for another LMS: %(issuer)s.")
    advice = N_("Open the link in that LMS, or ask the person who sent it for another one.")
    status = 409
