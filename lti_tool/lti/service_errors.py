"""Errors of calls to a platform's services (Security Framework 1.0 §4).

Details name the host and the status, never a URL's query, a token or a body.

::

    LaunchError
    └── ServiceError
        ├── ServiceAddressWrong      nothing was sent
        ├── TokenRefused             the platform gives us no access token
        └── ServiceUnreachable, ServiceRefused, ServiceUnreadable
"""

from __future__ import annotations

from lti_tool.errors import N_, Fact, LaunchError


class ServiceError(LaunchError):
    """A call to the platform failed."""

    code = "service.error"
    sentence = N_("Your LMS didn't carry out Examplary's request.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 502


class ServiceAddressWrong(ServiceError):
    """A relative URL, or one without https: our token must not be sent there."""

    code = "service.address_wrong"
    sentence = N_("Your LMS gave an invalid address for its service.")
    advice = N_("Ask your LMS administrator to check the LMS's own address in its settings.")


class TokenRefused(ServiceError):
    """The token endpoint refused, or is not registered. ``facts["reason"]`` is OAuth's error code, if there is one."""

    code = "service.token_refused"
    sentence = N_("Your LMS didn't give Examplary access.")
    advice = N_(
        "Ask your LMS administrator to check the access token URL, and whether the LMS can reach "
        "the tool's public keyset URL."
    )


class ServiceUnreachable(ServiceError):
    """No connection, a timeout, too many requests (429), or a 5xx status."""

    code = "service.unreachable"
    sentence = N_("Examplary couldn't reach your LMS.")

    def __init__(self, detail: str = "", *, retry_after: float = 0.0, answer: int = 0, document: object = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds to wait, as the LMS says; 0: unknown."""
        self.answer = answer
        self.document = document
        """The status and the JSON of the body; 0 and ``None`` if there are none. Not for the log."""


class ServiceRefused(ServiceError):
    """A 3xx or 4xx status in ``facts["answer"]``; ``facts["reason"]`` is OAuth's error code or empty."""

    code = "service.refused"

    def __init__(self, detail: str = "", *, document: object = None, **facts: Fact) -> None:
        super().__init__(detail, **facts)
        self.document = document
        """The JSON of the body, ``None`` if there is none. Not for the log."""


class ServiceUnreadable(ServiceError):
    """The response does not follow the specification."""

    code = "service.unreadable"
    sentence = N_("Your LMS sent a response that Examplary doesn't understand.")
