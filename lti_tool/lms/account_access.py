"""Teachers' accounts at an LMS's own API, implemented by each family: OAuth 2.0 with consent (RFC 6749 §4.1).

An administrator creates an API key in the LMS. A teacher consents once, in a window of the LMS, which then issues
tokens for the tool to act as that teacher. Where the tokens are kept, when they are refreshed, and the pages around the
consent are the same for all families.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lti_tool.net.reader import HttpReader


class Transfer(StrEnum):
    """How the package gets into the LMS."""

    UPLOAD = "upload"
    """The tool uploads it: works where the LMS can't reach the tool."""
    LINK = "link"
    """The LMS downloads it from the tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """The key that an administrator created in the LMS. Its secret is sent to ``base_url`` only."""

    base_url: str
    """Scheme and host that the operator pinned, without a slash at the end."""
    client_id: str
    secret: str = field(repr=False)
    optional_scopes: tuple[str, ...] = ()
    """Scopes that the key has beyond the required ones."""
    transfer: Transfer = Transfer.UPLOAD
    changed_at: datetime | None = None
    """When the operator set it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthTokens:
    """A teacher's tokens."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime | None = None
    """When the access token expires; ``None``: the LMS didn't say."""


@dataclass(frozen=True, slots=True)
class LmsIdentity:
    """The person named by a launch: ``user_id`` at the API of ``base_url``."""

    base_url: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The result of a consent."""

    tokens: OAuthTokens
    user_ids: frozenset[str]
    """Every id by which a launch may name the person who consented; empty: not known for sure."""
    user_name: str = ""
    is_masquerade: bool = False
    """Whether an administrator consented, acting as this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LmsAccess:
    """The API of an LMS, as one teacher may use it during an import."""

    base_url: str
    user_id: str
    access_token: Callable[[], str] = field(repr=False)
    """Returns a token that is valid for at least a minute, refreshed if necessary. Call it before each request.

    Raises :class:`~lti_tool.lms.direct_import.AccountRefused`, and errors that are worth a retry.
    """
    http: HttpReader = field(repr=False)
    scopes: frozenset[str] = frozenset()
    """The scopes that were granted."""
    transfer: Transfer = Transfer.UPLOAD


class AccountAccess(Protocol):
    """How a family's LMS is asked for consent. All methods but the first three send a request through ``http``.

    They raise subclasses of :class:`~lti_tool.lms.direct_import.DirectImportError`.
    """

    @property
    def required_scopes(self) -> tuple[str, ...]:
        """Scopes without which no import works."""

    @property
    def optional_scopes(self) -> tuple[str, ...]:
        """Scopes that an import uses if the key has them."""

    def identity(self, grant: Mapping[str, str]) -> LmsIdentity | None:
        """Return the person that a launch's grant names at the API; ``None`` if it names no user."""

    def authorization_url(self, key: ApiKey, *, redirect_uri: str, state: str, scopes: tuple[str, ...]) -> str:
        """Return the address of the LMS's consent page."""

    def scopes_not_granted(self, description: str) -> tuple[str, ...]:
        """Return the scopes that the key lacks, from the ``error_description`` of ``invalid_scope``."""

    def exchange(self, http: HttpReader, key: ApiKey, *, redirect_uri: str, code: str) -> Authorization:
        """Return the tokens for a code."""

    def refresh(self, http: HttpReader, key: ApiKey, tokens: OAuthTokens) -> OAuthTokens:
        """Return new tokens; raise ``AccountRefused`` if the consent was withdrawn."""

    def revoke(self, http: HttpReader, key: ApiKey, tokens: OAuthTokens) -> None:
        """Revoke the consent at the LMS; do nothing if it was already revoked."""

    def check(self, http: HttpReader, key: ApiKey, *, redirect_uri: str) -> None:
        """Check, as far as this works without a person, that the LMS accepts the key and the redirect URI."""
