"""Errors of an LMS's OAuth endpoints, as people see them."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.lms.direct_import import DirectImportError

BY_HAND = N_("Ask your LMS administrator. Until then, download the exam and import it.")


class AccountsUnreachable(DirectImportError):
    """No connection, a timeout, the rate limit, or a 5xx status."""

    code = "account.unreachable"
    sentence = N_("Your LMS didn't respond when Examplary asked for access.")
    advice = N_("Nothing is lost. Wait a minute and try again.")

    def __init__(self, detail: str = "", *, retry_after: float = 30.0) -> None:
        super().__init__(detail, retry_after=retry_after)


class AccountsThrottled(AccountsUnreachable):
    """The LMS's rate limit: the request was not processed. Canvas serves one such request in 20 seconds."""

    code = "account.throttled"
    sentence = N_("Your LMS is giving access to many people at the moment.")
    advice = N_("Nothing is lost. Keep this window open: it tries again in a moment.")
    status = 503


class AccountBusy(AccountsUnreachable):
    """Another process has been refreshing the same tokens for a while."""

    code = "account.busy"


class KeyMissing(DirectImportError):
    """The registration has no API key, or one for another host than that of the launch."""

    code = "account.key_missing"
    sentence = N_("Examplary has no API key for your LMS.")
    advice = BY_HAND
    status = 409


class LmsKeyRejected(DirectImportError):
    """The LMS doesn't know the API key, or the secret is wrong."""

    code = "account.key_refused"
    sentence = N_("Your LMS doesn't accept Examplary's API key.")
    advice = BY_HAND


class KeyOff(DirectImportError):
    """The API key is switched off in the LMS, or doesn't belong to this account."""

    code = "account.key_off"
    sentence = N_("Examplary's API key is switched off in your LMS.")
    advice = BY_HAND


class RedirectUriRefused(DirectImportError):
    """The API key lists another redirect URI than the tool's."""

    code = "account.redirect_uri"
    sentence = N_("Examplary's API key in your LMS has another redirect URI.")
    advice = BY_HAND


class ScopesMissing(DirectImportError):
    """The API key lacks scopes. Facts: ``scopes``, by which the administrator finds them."""

    code = "account.scopes_missing"
    sentence = N_("Examplary's API key in your LMS lacks permissions: %(scopes)s.")
    advice = N_("Ask your LMS administrator to add them to the key. Until then, download the exam and import it.")

    def __init__(self, detail: str = "", *, scopes: str = "-") -> None:
        super().__init__(detail, scopes=scopes)


class CodeRefused(DirectImportError):
    """The authorization code was already used, or has expired."""

    code = "account.code_refused"
    sentence = N_("Your LMS no longer knows this permission: it took too long, or was used before.")
    advice = N_("Close this window and start again from the exam's page.")
    status = 410


class ResponseNotUnderstood(DirectImportError):
    """The endpoint refused for another reason, or its response has no token. Facts: ``reason``, OAuth's error code."""

    code = "account.answer"
    sentence = N_("Your LMS didn't give Examplary access (%(reason)s).")
    advice = N_("Please report it to the person who runs Examplary. Until then, download the exam and import it.")

    def __init__(self, detail: str = "", *, reason: str = "-") -> None:
        super().__init__(detail, reason=reason or "-")
