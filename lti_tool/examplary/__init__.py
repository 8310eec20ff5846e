"""The client of Examplary's API. It knows HTTP, but not the LMS.

``client`` has the API methods, ``email_address`` the e-mail addresses that Examplary accepts, ``errors`` the
exceptions, and ``hooks`` the interfaces for shared rate limits and metrics.
"""

from __future__ import annotations

from lti_tool.examplary.client import ENDPOINTS, ExamplaryClient
from lti_tool.examplary.contract import Difference, NoDescription, compare_description
from lti_tool.examplary.email_address import synthetic_email, usable_email
from lti_tool.examplary.errors import (
    ActorIsKeyOwner,
    ApiKeyRejected,
    EmailTaken,
    ExamplaryResponseTooLarge,
    InvalidRequest,
    InvalidResponse,
    NotAllowed,
    NotFound,
    RateLimited,
    Unavailable,
    UserUnknown,
)
from lti_tool.examplary.hooks import Limiter, NoLimit, NoObserver, Observer
from lti_tool.examplary.retry import RetryPolicy
from lti_tool.examplary.transport import Timeouts
from lti_tool.examplary.types import (
    EmbedSession,
    EmbedSessionRequest,
    ExamDocument,
    Json,
    JsonObject,
    Me,
    SessionState,
    User,
)
from lti_tool.net.fetch import (
    AddressRefused,
    AddressRules,
    Download,
    Fetcher,
    FetchError,
    FetchFailed,
    FetchLimits,
    FetchTimeout,
    FetchTooLarge,
    NotAnImage,
)

__all__ = [
    "ENDPOINTS",
    "ActorIsKeyOwner",
    "AddressRefused",
    "AddressRules",
    "ApiKeyRejected",
    "Difference",
    "Download",
    "EmailTaken",
    "EmbedSession",
    "EmbedSessionRequest",
    "ExamDocument",
    "ExamplaryClient",
    "ExamplaryResponseTooLarge",
    "FetchError",
    "FetchFailed",
    "FetchLimits",
    "FetchTimeout",
    "FetchTooLarge",
    "Fetcher",
    "InvalidRequest",
    "InvalidResponse",
    "Json",
    "JsonObject",
    "Limiter",
    "Me",
    "NoDescription",
    "NoLimit",
    "NoObserver",
    "NotAllowed",
    "NotAnImage",
    "NotFound",
    "Observer",
    "RateLimited",
    "RetryPolicy",
    "SessionState",
    "Timeouts",
    "Unavailable",
    "User",
    "UserUnknown",
    "compare_description",
    "synthetic_email",
    "usable_email",
]
