"""Asking an LMS that nobody has registered yet: whoever sent its address may be anybody.

Scheme, host and IP address are checked as for the files of an exam (:mod:`lti_tool.net.pinned_address`); a
redirect may stay on its host and goes nowhere else; size and the time of everything together are bounded.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from lti_tool.examplary import AddressRefused, AddressRules, FetchFailed
from lti_tool.lti.jwks_fetch import HEADERS
from lti_tool.lti.protocol.addresses import followed
from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.platform_configuration import host_of
from lti_tool.lti.protocol.registration_errors import (
    LmsAddressRefused,
    LmsRedirects,
    LmsSlow,
    LmsTalksTooMuch,
    LmsUnreachable,
)
from lti_tool.net.pinned_address import Target

REDIRECTS = 2
_MOVED = frozenset({301, 302, 303, 307, 308})


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
        except AddressRefused as error:
            raise LmsAddressRefused(error.detail, what=what) from error
        except FetchFailed as error:
            raise LmsUnreachable(error.detail, host=host_of(url)) from error

    def get(self, url: str, what: str, *, token: str = "") -> PlatformAnswer:
        """Ask ``url``, with ``token`` as Bearer; raise leaves of :class:`RegistrationError`."""
        ends = time.monotonic() + self._limits.seconds
        target = first = self.check(url, what)
        for _ in range(REDIRECTS + 1):
            found = self._exchange("GET", target, _headers(token), None, ends)
            if isinstance(found, PlatformAnswer):
                return found
            url = followed(url, found)
            target = self.check(url, what)
            if (target.host, target.port, target.secure) != (first.host, first.port, first.secure):
                raise LmsRedirects(host=target.host)
        raise LmsRedirects("in circles", host=first.host)

    def post(self, url: str, what: str, body: object, *, token: str = "") -> PlatformAnswer:
        """Send ``body`` as JSON, once."""
        target = self.check(url, what)
        headers = {**_headers(token), "Content-Type": "application/json"}
        ends = time.monotonic() + self._limits.seconds
        found = self._exchange("POST", target, headers, json.dumps(body).encode(), ends)
        if isinstance(found, str):
            raise LmsRedirects("answer to a POST", host=target.host)
        return found

    def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None, ends: float
    ) -> PlatformAnswer | str:
        """Return the answer, or the address of a redirect."""
        line = self._connect(target, ends)
        # A server that gives a byte a second trips no socket's timeout: the clock cuts the line.
        clock = threading.Timer(max(ends - time.monotonic(), 0.01), _cut, [line.sock])
        clock.daemon = True
        clock.start()
        try:
            line.request(
                method, target.path, body=body, headers={"Host": target.host_header, **headers}, preload_content=False
            )
            with closing(line.getresponse()) as response:
                return self._answer(response, target, ends)
        except (HTTPError, http.client.HTTPException, OSError) as error:
            raise _failure(error, target, ends) from None
        finally:
            clock.cancel()
            line.close()

    def _connect(self, target: Target, ends: float) -> HTTPConnection:
        kind = ""
        for address in target.addresses[:3]:
            seconds = min(self._limits.connect_seconds, max(ends - time.monotonic(), 0.01))
            line = _line(target, address, seconds)
            try:
                line.connect()
            except (HTTPError, OSError) as error:
                line.close()
                kind = type(error).__name__
            else:
                if line.sock is not None:
                    line.sock.settimeout(max(ends - time.monotonic(), 0.01))
                return line
        raise LmsUnreachable(kind, host=target.host)

    def _answer(self, response: BaseHTTPResponse, target: Target, ends: float) -> PlatformAnswer | str:
        location = response.headers.get("Location")
        if response.status in _MOVED and location:
            return location
        body = bytearray()
        while piece := response.read1(65536, decode_content=True):
            body += piece
            if len(body) > self._limits.max_bytes:
                raise LmsTalksTooMuch(host=target.host)
        # A line that the clock cut looks like an end where no length was announced.
        if time.monotonic() >= ends:
            raise LmsSlow(target.host)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return PlatformAnswer(response.status, bytes(body), headers)


def open_rules(url: str) -> AddressRules:
    """Go anywhere, without TLS too: to the stand-ins of demo and tests, and where an operator says."""
    return AddressRules(trusted_hosts=frozenset({host_of(url)}), allow_insecure=True)


def strict_rules(_url: str) -> AddressRules:
    """Go to the open internet only, over TLS."""
    return AddressRules()


def _headers(token: str) -> dict[str, str]:
    headers = {**HEADERS, "Accept": "application/json", "Accept-Encoding": "identity"}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _line(target: Target, address: str, seconds: float) -> HTTPConnection:
    if not target.secure:
        return HTTPConnection(address, target.port, timeout=seconds)
    authorities = os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    return HTTPSConnection(
        address,
        target.port,
        timeout=seconds,
        server_hostname=target.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=authorities,
    )


def _failure(error: Exception, target: Target, ends: float) -> LmsSlow | LmsUnreachable:
    kind = type(error).__name__
    if time.monotonic() >= ends:
        return LmsSlow(f"{target.host}: {kind}")
    return LmsUnreachable(f"{target.host}: {kind}", host=target.host)


def _cut(line: socket.socket | None) -> None:
    if line is not None:
        with suppress(OSError):
            # The plain socket's own shutdown: SSLSocket's would take its state away under the reading thread.
            socket.socket.shutdown(line, socket.SHUT_RDWR)
