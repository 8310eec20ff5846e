"""Requests to an LMS that is not registered yet: its address may come from a stranger.

Scheme, host and IP address are checked as for the files of an exam (:mod:`lti_tool.net.addresses`); a redirect may
not leave its host; size and total time are limited.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lti_tool._version import USER_AGENT
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.platform_configuration import host_of
from lti_tool.lti.protocol.registration_errors import (
    LmsAddressRefused,
    LmsRedirects,
    LmsResponseTooLong,
    LmsSlow,
    LmsUnreachable,
    RegistrationError,
)
from lti_tool.net.addresses import AddressRules, Target
from lti_tool.net.connections import Pinned
from lti_tool.net.errors import AddressForbidden, HttpError, RedirectRejected, ResponseTooLarge, TimedOut
from lti_tool.net.reader import HttpReader, Limits, Request

REDIRECTS = 2
MAX_DEPTH = 4
MAX_MESSAGES = 5
"""Messages of one error response that are shown."""


@dataclass(frozen=True, slots=True)
class PlatformResponse:
    """A response: status, body and headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Keyed by lower-case name."""

    def json(self) -> object:
        """Return the parsed body, or ``None`` if it is not JSON."""
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value

    def reason(self) -> str:
        """Return the error message of the LMS, shortened, or the status if there is none to show."""
        body = self.json()
        message = "; ".join(_messages(body)[:MAX_MESSAGES])
        # Moodle sends one plain word instead of JSON.
        if body is None and len(self.body) <= 100 and self.body.isascii() and b"<" not in self.body:
            message = self.body.decode()
        return plain_text(message, 300).rstrip(".") or f"HTTP {self.status}"


def _messages(body: object, depth: int = 0) -> list[str]:
    """Return the texts of an error response: OAuth's ``error_description``, or those in a list ``errors``."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(body, str):
        return [body] if body.strip() else []
    if isinstance(body, list):
        return [text for part in body for text in _messages(part, depth + 1)]
    if not isinstance(body, dict):
        return []
    names = ("error_description", "error", "message", "detail", "title")
    own = next((text for text in map(body.get, names) if isinstance(text, str) and text.strip()), "")
    if own:
        return [own]
    errors = body.get("errors")
    return _messages(list(errors.values()) if isinstance(errors, dict) else errors, depth + 1)


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Limits of a request: bytes of the response; seconds to connect to one address, and in total."""

    max_bytes: int = 256 * 1024
    connect_seconds: float = 4.0
    seconds: float = 15.0


class PlatformHttp:
    """Sends bounded requests. ``rules_for`` returns the address rules for a URL."""

    def __init__(self, rules_for: Callable[[str], AddressRules], limits: HttpLimits | None = None) -> None:
        self._rules_for = rules_for
        self._limits = limits or HttpLimits()

    def check(self, url: str, subject: str) -> Target:
        """Return the resolved target of ``url``; raise :class:`LmsAddressRefused` or :class:`LmsUnreachable`."""
        try:
            return self._rules_for(url).check(url)
        except HttpError as error:
            raise _failure(error, url, subject) from error

    def get(self, url: str, subject: str, *, token: str = "") -> PlatformResponse:
        """Send a GET, with ``token`` as Bearer; raise a subclass of :class:`RegistrationError`."""
        return self._exchange(Request(url=url, headers=_headers(token)), subject, REDIRECTS)

    def post(self, url: str, subject: str, body: object, *, token: str = "") -> PlatformResponse:
        """POST ``body`` as JSON, without following redirects or retrying."""
        response = self._exchange(Request.json(url, body, headers=_headers(token)), subject, 0)
        if 300 <= response.status < 400 and "location" in response.headers:
            raise LmsRedirects("response to a POST", host=host_of(url))
        return response

    def _exchange(self, request: Request, subject: str, redirects: int) -> PlatformResponse:
        limits = Limits(
            max_bytes=self._limits.max_bytes,
            seconds=self._limits.seconds,
            connect_seconds=self._limits.connect_seconds,
            redirects=redirects,
        )
        reader = HttpReader(Pinned(self._rules_for(request.url)), USER_AGENT)
        try:
            response = reader.exchange(request, limits, may_redirect=_same_origin)
        except HttpError as error:
            raise _failure(error, request.url, subject) from error
        return PlatformResponse(response.status, response.body, response.headers)


def open_rules(url: str) -> AddressRules:
    """Allow any address, even without TLS: for the sandbox, and for addresses that the operator gave."""
    return AddressRules(trusted_hosts=frozenset({host_of(url)}), allow_insecure=True)


def strict_rules(_url: str) -> AddressRules:
    """Allow public addresses over TLS only."""
    return AddressRules()


def _headers(token: str) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _same_origin(first: str, following: str) -> bool:
    """Allow redirects within one origin; an address of another scheme is left to the address rules to reject."""
    if urlsplit(following).scheme not in ("http", "https"):
        return True
    return bool(origin_of(first)) and origin_of(first) == origin_of(following)


def _failure(error: HttpError, url: str, subject: str) -> RegistrationError:
    match error:
        case AddressForbidden():
            return LmsAddressRefused(error.detail, what=subject)
        case RedirectRejected():
            return LmsRedirects(error.detail, host=host_of(url))
        case ResponseTooLarge():
            return LmsResponseTooLong(host=host_of(url))
        case TimedOut():
            return LmsSlow(error.detail)
    return LmsUnreachable(error.detail, host=host_of(url))
