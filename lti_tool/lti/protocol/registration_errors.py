"""What can go wrong while an LMS registers the tool (1EdTech lti-dr). Read by administrators.

Details name hosts; they never hold a registration token or the secret of a link. Nothing here is a 5xx: that a
stranger's server is broken is no failure of ours.

::

    LaunchError
    └── RegistrationError
        ├── LinkUnknown, LinkUsed, LinkRunOut, LinkBusy              the link
        ├── LmsAddressRefused, LmsRedirects, ForeignHost             where the LMS sends us
        ├── LmsUnreachable, LmsSlow, LmsTalksTooMuch                 how it answers
        └── ConfigurationUnreadable, IssuerForeign, RegistrationRefused, AnswerUnreadable      what it answers
"""

from __future__ import annotations

from lti_tool.errors import N_, LaunchError


class RegistrationError(LaunchError):
    """The tool could not be registered."""

    code = "registration.error"
    sentence = N_("Examplary couldn't be registered with your LMS.")
    advice = N_("The link still works. Try again in a minute.")
    status = 422


class LinkUnknown(RegistrationError):
    """No such link: it was cut, or never made."""

    code = "registration.link_unknown"
    sentence = N_("This registration link is incomplete.")
    advice = N_("Copy the whole link again, or ask the person who sent it for a new one.")
    status = 404


class LinkUsed(RegistrationError):
    """The link has registered an LMS."""

    code = "registration.link_used"
    sentence = N_("This registration link has already been used.")
    advice = N_(
        "Each link works once. If you didn't use it yourself, tell the person who sent it and ask for a new one."
    )
    status = 410


class LinkRunOut(RegistrationError):
    """The link is older than it may be."""

    code = "registration.link_expired"
    sentence = N_("This registration link has expired.")
    advice = N_("Ask the person who sent it for a new one.")
    status = 410


class LinkBusy(RegistrationError):
    """Somebody registers with this link at this moment."""

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
    """The LMS sends us on to somebody else."""

    code = "registration.redirected"
    sentence = N_("Your LMS redirects to another server: %(host)s.")
    advice = N_("Open your LMS at its own address and register the tool from there.")


class ForeignHost(RegistrationError):
    """An endpoint stands at a host that has nothing to do with the issuer."""

    code = "registration.foreign_host"
    sentence = N_("Your LMS gave the address of a server that isn't its own: %(host)s.")
    advice = N_(
        "If it does belong to your LMS, ask the operator of this tool for a registration link that "
        "allows it (python -m lti_tool platforms invite --host %(host)s)."
    )


class LmsUnreachable(RegistrationError):
    """No connection, or a status that is no answer."""

    code = "registration.lms_unreachable"
    sentence = N_("Examplary couldn't reach your LMS at %(host)s.")
    advice = N_(
        "The link still works. Try again in a minute. If it keeps happening, check that %(host)s "
        "can be reached from the internet and has a valid certificate."
    )


class LmsSlow(RegistrationError):
    """The LMS took longer than we wait."""

    code = "registration.lms_slow"
    sentence = N_("Your LMS took too long to answer.")


class LmsTalksTooMuch(RegistrationError):
    """The answer is longer than any configuration."""

    code = "registration.lms_answer_too_large"
    sentence = N_("Your LMS's response is too long to be its configuration.")
    advice = N_("The link still works. Check the address of the configuration: %(host)s.")


class ConfigurationUnreadable(RegistrationError):
    """Not JSON, or an entry is missing or wrong (lti-dr §3.3, OpenID Connect Discovery 1.0 §3)."""

    code = "registration.configuration_unreadable"
    sentence = N_("Your LMS's configuration can't be used: %(problem)s.")
    advice = N_("The link still works. Show this page to the person who maintains your LMS.")


class IssuerForeign(RegistrationError):
    """The issuer is not that of the host from which the configuration came (lti-dr §3.3)."""

    code = "registration.issuer_foreign"
    sentence = N_("The configuration at %(host)s is for another LMS: %(issuer)s.")
    advice = N_(
        "Set your LMS's platform ID (issuer) to its own address. If %(host)s does act for that "
        "LMS, ask the operator of this tool for a registration link that allows it (python -m "
        "lti_tool platforms invite --host %(host)s)."
    )


class RegistrationRefused(RegistrationError):
    """The LMS said no to what we sent."""

    code = "registration.refused"
    sentence = N_("Your LMS refused the registration: %(reason)s.")
    advice = N_(
        "The link still works. Start again in your LMS: the details it sends for a registration work only once."
    )


class AnswerUnreadable(RegistrationError):
    """The LMS said yes, but not under which client id."""

    code = "registration.answer_unreadable"
    sentence = N_("Your LMS registered Examplary but gave no client ID.")
    advice = N_(
        "Remove Examplary from your LMS and try again, or ask the operator of this tool to "
        "register it by hand (python -m lti_tool platforms add)."
    )
