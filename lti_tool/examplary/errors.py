"""Errors of calls to Examplary.

::

    ExamplaryError
    ├── ApiKeyRejected              401       the API key is wrong or revoked
    ├── NotAllowed                  402, 403  the workspace is not approved, or the key may not do this
    ├── NotFound                    404, 410  the session or exam is gone
    ├── InvalidRequest              400, 422  Examplary rejects the request
    │   ├── UserUnknown                       the actor no longer exists in the workspace
    │   ├── ActorIsKeyOwner                   the actor is the owner of the API key
    │   └── EmailTaken                        the e-mail address already has a user
    ├── RateLimited                 429       too many requests; ``retry_after`` in seconds, if known
    ├── Unavailable                 5xx       no connection, no response in time, or a broken gateway
    ├── InvalidResponse             2xx, 3xx  an unexpected response: not JSON, truncated, or without an id
    └── ExamplaryResponseTooLarge             a response over the size limit

``detail`` never contains ids, keys, e-mail addresses or URLs with a path (see :mod:`.redact`).
"""

from __future__ import annotations

from lti_tool.errors import N_, ExamplaryError

_TELL_ADMINISTRATOR = N_("Tell your LMS administrator. Nothing you made is lost.")


class ApiKeyRejected(ExamplaryError):
    """401: the API key is wrong or revoked."""

    code = "examplary.key_refused"
    sentence = N_("Examplary rejected this tool's API key.")
    advice = N_("Tell your LMS administrator: the key can be renewed at app.examplary.ai/account/developer.")


class NotAllowed(ExamplaryError):
    """402 or 403: the workspace is not approved for embedding, or the key may not do this."""

    code = "examplary.not_allowed"
    sentence = N_("Examplary doesn't allow this workspace to do that.")
    advice = N_("Tell your LMS administrator: Examplary (hi@examplary.ai) must approve the workspace for embedding.")


class NotFound(ExamplaryError):
    """404 or 410: the session or the exam is gone."""

    code = "examplary.not_found"
    sentence = N_("Examplary no longer has this exam.")
    advice = N_("Open Examplary from your course and generate the exam again.")
    status = 404


class InvalidRequest(ExamplaryError):
    """400, 422 and other 4xx: Examplary rejects the request."""

    code = "examplary.invalid_request"
    sentence = N_("Examplary rejected the request.")
    advice = _TELL_ADMINISTRATOR


class UserUnknown(InvalidRequest):
    """400: the actor does not exist in the workspace. Forget the stored user id and create the user again."""

    code = "examplary.user_unknown"
    sentence = N_("Examplary no longer recognises your account.")
    advice = N_("Open Examplary again from your course; we'll create a new account for you.")


class ActorIsKeyOwner(InvalidRequest):
    """400: the actor is the owner of the API key."""

    code = "examplary.actor_is_key_owner"
    sentence = N_("Examplary doesn't allow the owner of the API key to use the embed.")
    advice = _TELL_ADMINISTRATOR


class EmailTaken(InvalidRequest):
    """400 or 409: the e-mail address already has a user. Create the user with a synthetic address instead."""

    code = "examplary.email_taken"
    sentence = N_("Examplary already has an account with this e-mail address.")
    advice = _TELL_ADMINISTRATOR
    status = 409


class RateLimited(ExamplaryError):
    """429: too many requests. All our users share the limits of one API key."""

    code = "examplary.busy"
    sentence = N_("Examplary is busy.")
    status = 503
    retryable = True


class Unavailable(ExamplaryError):
    """No connection, no response in time, or 5xx.

    ``may_have_succeeded``: the request was sent, and Examplary may have carried it out.
    """

    code = "examplary.unavailable"
    sentence = N_("Examplary can't be reached.")
    status = 503
    retryable = True

    def __init__(self, detail: str = "", *, retry_after: float | None = None, may_have_succeeded: bool = False) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.may_have_succeeded = may_have_succeeded


class InvalidResponse(ExamplaryError):
    """An unexpected response: not JSON, truncated, or without an id or a date."""

    code = "examplary.garbled"
    sentence = N_("Examplary's response couldn't be understood.")
    retryable = True


class ExamplaryResponseTooLarge(ExamplaryError):
    """A response that is too large to hold in memory."""

    code = "examplary.too_large"
    sentence = N_("Examplary's response is too large.")
    advice = N_("Generate a smaller exam, or one with fewer images.")
