"""Fetch a file from an address that a stranger wrote, without being led astray.

Scheme, credentials, host and IP address are checked (:mod:`.fetch_address`), for every redirect again; size and
total time are bounded while the bytes arrive; what it is, its first bytes say. Nothing of ours is sent along.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from lti_tool.net.fetch_errors import (
    AddressRefused,
    FetchError,
    FetchFailed,
    FetchTimeout,
    FetchTooLarge,
    NotAnImage,
)
from lti_tool.net.media_type import IMAGES, sniff
from lti_tool.net.pinned_address import AddressRules, Target

__all__ = [
    "AddressRefused",
    "AddressRules",
    "Download",
    "FetchError",
    "FetchFailed",
    "FetchLimits",
    "FetchTimeout",
    "FetchTooLarge",
    "Fetcher",
    "NotAnImage",
]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRIED_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bytes of the body, seconds for everything together, redirects; and whether only an image will do."""

    max_bytes: int = 10_000_000
    seconds: float = 30.0
    connect_seconds: float = 5.0
    redirects: int = 3
    images_only: bool = True


@dataclass(frozen=True, slots=True)
class Download:
    """A fetched file. ``media_type`` is sniffed; ``application/octet-stream`` where it is none we know."""

    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches by ``rules``. Serves all threads; keeps no connection, no cookie and no cache."""

    rules: AddressRules = field(default_factory=AddressRules)
    user_agent: str = "examplary-lms"

    def fetch(self, url: str, limits: FetchLimits | None = None) -> Download:
        """The file at ``url``. Raises :class:`FetchError` leaves."""
        limits = limits or FetchLimits()
        ends = time.monotonic() + limits.seconds
        for _ in range(limits.redirects + 1):
            found = self._visit(self.rules.check(url), limits, ends)
            if isinstance(found, bytes):
                return _judged(found, limits)
            url = urljoin(url, found)
        raise FetchFailed("too many redirects")

    def _visit(self, target: Target, limits: FetchLimits, ends: float) -> bytes | str:
        """The body, or the address of a redirect."""
        connection = self._connect(target, limits, ends)
        # A server that gives one byte a second never trips a socket's timeout: the clock cuts the line itself.
        # The socket itself, because http.client lets go of it before the body where the server will close.
        clock = threading.Timer(max(ends - time.monotonic(), 0.01), _cut, [connection.sock])
        clock.daemon = True
        clock.start()
        try:
            return self._talk(connection, target, limits, ends)
        except (HTTPError, http.client.HTTPException, OSError) as error:
            raise _failure(error, target, ends) from None
        finally:
            clock.cancel()
            connection.close()

    def _connect(self, target: Target, limits: FetchLimits, ends: float) -> HTTPConnection:
        kind = "no address"
        for address in target.addresses[:_TRIED_ADDRESSES]:
            left = ends - time.monotonic()
            if left <= 0:
                raise FetchTimeout(f"{target.host}: not connected in time")
            connection = _connection(target, address, min(left, limits.connect_seconds))
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                kind = type(error).__name__
            else:
                return connection
        raise FetchFailed(f"{target.host}: no connection ({kind})")

    def _talk(self, connection: HTTPConnection, target: Target, limits: FetchLimits, ends: float) -> bytes | str:
        if connection.sock is not None:
            connection.sock.settimeout(max(ends - time.monotonic(), 0.01))
        headers = {"Host": target.host_header, "User-Agent": self.user_agent, "Accept-Encoding": "identity"}
        connection.request("GET", target.path, headers=headers, preload_content=False)
        with closing(connection.getresponse()) as response:
            return _answer(response, target, limits, ends)


def _answer(response: BaseHTTPResponse, target: Target, limits: FetchLimits, ends: float) -> bytes | str:
    location = response.headers.get("Location")
    if response.status in _REDIRECTS and location:
        return location
    if response.status != 200:
        raise FetchFailed(f"{target.host} answered {response.status}")
    return _body(response, target, limits, ends)


def _connection(target: Target, address: str, timeout: float) -> HTTPConnection:
    if not target.secure:
        return HTTPConnection(address, target.port, timeout=timeout)
    authorities = os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout,
        server_hostname=target.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=authorities,
    )


def _body(response: BaseHTTPResponse, target: Target, limits: FetchLimits, ends: float) -> bytes:
    announced = response.headers.get("Content-Length", "")
    body = bytearray()
    if announced.isdigit() and int(announced) > limits.max_bytes:
        raise FetchTooLarge(f"{target.host}: {announced} bytes announced, {limits.max_bytes} allowed")
    while chunk := response.read1(65536, decode_content=True):
        body += chunk
        if len(body) > limits.max_bytes:
            raise FetchTooLarge(f"{target.host}: more than {limits.max_bytes} bytes")
        if time.monotonic() >= ends:
            raise FetchTimeout(f"{target.host}: not whole in time")
    # A line that the clock cut looks like an end where no length was announced.
    if time.monotonic() >= ends:
        raise FetchTimeout(f"{target.host}: not whole in time")
    return bytes(body)


def _judged(content: bytes, limits: FetchLimits) -> Download:
    media_type = sniff(content)
    if limits.images_only and media_type not in IMAGES:
        raise NotAnImage(f"{len(content)} bytes that begin like no image")
    return Download(content, media_type)


def _failure(error: Exception, target: Target, ends: float) -> FetchError:
    kind = type(error).__name__
    if time.monotonic() >= ends:
        return FetchTimeout(f"{target.host}: not whole in time ({kind})")
    return FetchFailed(f"{target.host}: the connection broke ({kind})")


def _cut(line: socket.socket | None) -> None:
    if line is not None:
        with suppress(OSError):
            # The plain socket's own shutdown: SSLSocket's would take its state away under the reading thread.
            socket.socket.shutdown(line, socket.SHUT_RDWR)
