"""Requests to an LMS that is not registered yet: its address may come from a stranger.

Scheme, host and IP address are checked as for the files of an exam (:mod:`lti_tool.net.addresses`); a redirect may
not leave its host; size and total time are limited.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lti_tool.lti.jwks_fetch import HEADERS
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.platform_configuration import host_of
from lti_tool.lti.protocol.registration_errors import (
    LmsAddressRefused,
    LmsRedirects,
    LmsSlow,
    LmsTalksTooMuch,
    LmsUnreachable,
    RegistrationError,
)
from lti_tool.net.addresses import AddressRules, Target
from lti_tool.net.connections import Pinned
from lti_tool.net.errors import AddressForbidden, HttpError, RedirectRejected, ResponseTooLarge, TimedOut
from lti_tool.net.reader import HttpReader, Limits, Request

REDIRECTS = 2


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """What came: a status, and JSON if it was any."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in small letters."""

    def json(self) -> object:
        """Return the value, ``None`` if this is no JSON."""
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value

    def reason(self) -> str:
        """Return what the LMS says is wrong, in a few plain words; its status if it says nothing that can be shown."""
        given = self.json()
        texts = (
            [given.get(name) for name in ("error_description", "error", "message")] if isinstance(given, dict) else []
        )
        # Moodle answers with one plain word, in a body of its own kind.
        said = next((text for text in texts if isinstance(text, str) and text.strip()), "")
        if not said and len(self.body) <= 100 and self.body.isascii() and b"<" not in self.body:
            said = self.body.decode()
        return plain_text(said, 150) or f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Bytes of an answer; seconds for connecting to one address, and for everything together."""

    max_bytes: int = 256 * 1024
    connect_seconds: float = 4.0
    seconds: float = 15.0


class PlatformHttp:
    """Asks within limits. ``rules_for`` gives the rules for an address."""

    def __init__(self, rules_for: Callable[[str], AddressRules], limits: HttpLimits | None = None) -> None:
        self._rules_for, self._limits = rules_for, limits or HttpLimits()

    def check(self, url: str, what: str) -> Target:
        """Return where ``url`` leads; raise :class:`LmsAddressRefused` or :class:`LmsUnreachable`."""
        try:
            return self._rules_for(url).check(url)
        except HttpError as error:
            failure = _failure(error, url, what)
        raise failure

    def get(self, url: str, what: str, *, token: str = "") -> PlatformAnswer:
        """Ask ``url``, with ``token`` as Bearer; raise leaves of :class:`RegistrationError`."""
        return self._exchange(Request(url=url, headers=_headers(token)), what, REDIRECTS)

    def post(self, url: str, what: str, body: object, *, token: str = "") -> PlatformAnswer:
        """Send ``body`` as JSON, once."""
        answer = self._exchange(Request.json(url, body, headers=_headers(token)), what, 0)
        if 300 <= answer.status < 400 and "location" in answer.headers:
            raise LmsRedirects("answer to a POST", host=host_of(url))
        return answer

    def _exchange(self, request: Request, what: str, redirects: int) -> PlatformAnswer:
        limits = Limits(
            max_bytes=self._limits.max_bytes,
            seconds=self._limits.seconds,
            connect_seconds=self._limits.connect_seconds,
            redirects=redirects,
        )
        reader = HttpReader(Pinned(self._rules_for(request.url)))
        try:
            response = reader.exchange(request, limits, may_redirect=_same_origin)
        except HttpError as error:
            failure = _failure(error, request.url, what)
        else:
            return PlatformAnswer(response.status, response.body, response.headers)
        raise failure


def open_rules(url: str) -> AddressRules:
    """Go anywhere, without TLS too: to the stand-ins of demo and tests, and where an operator says."""
    return AddressRules(trusted_hosts=frozenset({host_of(url)}), allow_insecure=True)


def strict_rules(_url: str) -> AddressRules:
    """Go to the open internet only, over TLS."""
    return AddressRules()


def _headers(token: str) -> dict[str, str]:
    headers = {**HEADERS, "Accept": "application/json"}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _same_origin(first: str, following: str) -> bool:
    """Allow redirects within one origin; an address of another scheme is left to the address rules to reject."""
    if urlsplit(following).scheme not in ("http", "https"):
        return True
    return bool(origin_of(first)) and origin_of(first) == origin_of(following)


def _failure(error: HttpError, url: str, what: str) -> RegistrationError:
    match error:
        case AddressForbidden():
            return LmsAddressRefused(error.detail, what=what)
        case RedirectRejected():
            return LmsRedirects(error.detail, host=host_of(url))
        case ResponseTooLarge():
            return LmsTalksTooMuch(host=host_of(url))
        case TimedOut():
            return LmsSlow(error.detail)
    return LmsUnreachable(error.detail, host=host_of(url))
