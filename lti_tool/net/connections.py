"""Two ways to open an HTTP connection: a pool, and a pinned connection to a checked address.

Both yield urllib3's response before its body is read. Failures are classified here by the class of the library's error,
because its text may hold the URL.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError, NewConnectionError, ProtocolError
from urllib3.exceptions import TimeoutError as PoolTimeout
from urllib3.response import BaseHTTPResponse

from lti_tool.net.addresses import AddressRules, Target
from lti_tool.net.errors import (
    CertificateRejected,
    ConnectFailed,
    ConnectionBroken,
    HttpError,
    ResponseInvalid,
    TimedOut,
)

Failure = (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError)
"""Exceptions of requests, urllib3, http.client and sockets. ValueError: an invalid address or header."""

_POOL_SIZE = 32
_MAX_ADDRESSES = 3
_MIN_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Deadline:
    """End of an exchange, and the longest waits within it. All in seconds."""

    ends: float
    """In terms of ``time.monotonic``."""
    connect_seconds: float
    read_seconds: float

    @property
    def remaining(self) -> float:
        """Remaining seconds, at least a hundredth."""
        return max(self.ends - time.monotonic(), _MIN_SECONDS)

    @property
    def is_over(self) -> bool:
        """Whether the exchange has taken too long."""
        return time.monotonic() >= self.ends


class HttpConnector(Protocol):
    """Sends a request and yields the response before its body is read."""

    def open(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> AbstractContextManager[BaseHTTPResponse]:
        """Send the request; raise :class:`HttpError` or an error of :data:`Failure`."""
        ...


def pooled_session() -> requests.Session:
    """Return a session for many threads: pooled connections, no cookies, no retries."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=10, pool_maxsize=_POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


@dataclass(frozen=True, slots=True)
class Pooled:
    """Keeps connections open, and uses the environment's proxies: for addresses that the operator configured."""

    session: requests.Session = field(default_factory=pooled_session)

    @contextmanager
    def open(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Iterator[BaseHTTPResponse]:
        """Send the request through the pool."""
        with self.session.request(
            method,
            url,
            data=body,
            headers=dict(headers),
            auth=_unchanged,
            timeout=(min(deadline.connect_seconds, deadline.remaining), min(deadline.read_seconds, deadline.remaining)),
            allow_redirects=False,
            stream=True,
        ) as response:
            # All platforms share the session: a cookie of one must not be sent to another.
            self.session.cookies.clear()
            yield response.raw


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from putting credentials of a ``.netrc`` file in place of our own."""
    return request


@dataclass(frozen=True, slots=True)
class Pinned:
    """Connects to an address that ``rules`` have checked: for third-party addresses.

    Serves all threads; keeps no connection, no cookie and no cache, and uses no proxy.
    """

    rules: AddressRules = field(default_factory=AddressRules)

    @contextmanager
    def open(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Iterator[BaseHTTPResponse]:
        """Check the address, connect and send the request."""
        target = self.rules.check(url)
        connection = _connect(target, deadline)
        # A server that sends one byte a second never trips a socket's timeout, so a timer shuts the socket down. Our
        # own reference, because http.client drops its socket before the body if the server is going to close it.
        timer = threading.Timer(deadline.remaining, _shut_down, [connection.sock])
        timer.daemon = True
        timer.start()
        try:
            headers = {"Host": target.host_header, "Accept-Encoding": "identity", **headers}
            connection.request(method, target.path, body=body, headers=headers, preload_content=False)
            with closing(connection.getresponse()) as response:
                yield response
        finally:
            timer.cancel()
            connection.close()


def _connect(target: Target, deadline: Deadline) -> HTTPConnection:
    failure = ConnectFailed(f"{target.host}: no connection (no address)")
    for address in target.addresses[:_MAX_ADDRESSES]:
        if deadline.is_over:
            raise TimedOut(f"{target.host}: not connected in time")
        connection = _connection(target, address, min(deadline.remaining, deadline.connect_seconds))
        try:
            connection.connect()
        except Failure as error:
            connection.close()
            failure = _not_connected(error, target.host)
        else:
            if connection.sock is not None:
                connection.sock.settimeout(deadline.remaining)
            return connection
    raise failure


def _connection(target: Target, address: str, timeout: float) -> HTTPConnection:
    if not target.secure:
        return HTTPConnection(address, target.port, timeout=timeout)
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout,
        server_hostname=target.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH,
    )


def _shut_down(sock: socket.socket | None) -> None:
    if sock is not None:
        with suppress(OSError):
            # The plain socket's method: SSLSocket's would take its state away under the reading thread.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def classify(error: Exception, url: str, deadline: Deadline) -> HttpError:
    """Return our error for one of :data:`Failure`."""
    host, kind = host_of(url), type(error).__name__
    if _never_sent(error):
        return _not_connected(error, host)
    if deadline.is_over or isinstance(error, (requests.Timeout, PoolTimeout, TimeoutError)):
        return TimedOut(f"{host}: no answer in time ({kind})")
    if isinstance(error, (ProtocolError, DecodeError, http.client.HTTPException, ValueError)):
        return ResponseInvalid(f"{host}: invalid response ({kind})")
    return ConnectionBroken(f"{host}: the connection broke ({kind})")


def _not_connected(error: Exception, host: str) -> ConnectFailed:
    detail = f"{host}: no connection ({type(error).__name__})"
    return CertificateRejected(detail) if _is_about_certificate(error) else ConnectFailed(detail)


def _never_sent(error: Exception) -> bool:
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)) or _is_about_certificate(error):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _is_about_certificate(error: BaseException | None) -> bool:
    """Return whether ``error``, or an error that led to it, is OpenSSL's about a certificate."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def host_of(url: str) -> str:
    """Return the host of an address, for a message; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:
        return ""
