"""What can go wrong when the tool calls a platform's services (AGS 2.0, NRPS 2.0, Security Framework 1.0 §4).

Details name the host and the status; never an address with its query, a token, or a body.

::

    LaunchError
    └── ServiceError
        ├── ServiceAddressWrong      nothing was sent
        ├── TokenRefused             the platform gives us no access token
        └── ServiceUnreachable, ServiceRefused, ServiceUnreadable
"""

from __future__ import annotations

from lti_tool.errors import N_, LaunchError


class ServiceError(LaunchError):
    """A call to the platform did not give what was asked for."""

    code = "service.error"
    sentence = N_("Your LMS didn't carry out Examplary's request.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 502


class ServiceAddressWrong(ServiceError):
    """An address that is no https, or a next page on another server: our token must not go there."""

    code = "service.address_wrong"
    sentence = N_("Your LMS gave an invalid address for its service.")
    advice = N_("Ask your LMS administrator to check the LMS's own address in its settings.")


class TokenRefused(ServiceError):
    """The token endpoint said no, or is not registered. ``facts["reason"]`` is OAuth's word for it, if there is one."""

    code = "service.token_refused"
    sentence = N_("Your LMS didn't give Examplary access.")
    advice = N_(
        "Ask your LMS administrator to check the access token URL, and whether the LMS can reach "
        "the tool's public keyset URL."
    )


class ServiceUnreachable(ServiceError):
    """No connection, a time-out, too many calls (429), or a status of 500 and more."""

    code = "service.unreachable"
    sentence = N_("Examplary couldn't reach your LMS.")

    def __init__(self, detail: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds that the LMS wants to be left alone; 0: it does not say."""


class ServiceRefused(ServiceError):
    """A status of 300 to 499. ``facts["answer"]`` is the status, ``facts["reason"]`` OAuth's word for it or nothing."""

    code = "service.refused"


class ServiceUnreadable(ServiceError):
    """Something came, but not what the specification says."""

    code = "service.unreadable"
    sentence = N_("Your LMS sent a response that Examplary doesn't understand.")
