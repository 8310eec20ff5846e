"""The bounded HTTP reader: one exchange, with limits for time, size and redirects. Every client uses it.

It raises nothing but :class:`~lti_tool.net.errors.HttpError`; any status is a response.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from urllib3.response import BaseHTTPResponse

from lti_tool.net.connections import Deadline, Failure, HttpConnector, Pooled, classify, host_of
from lti_tool.net.errors import RedirectRejected, ResponseInvalid, ResponseTooLarge, TimedOut

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536

RedirectCheck = Callable[[str, str], bool]
"""Whether a redirect may lead from the first address to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes of a body, decoded; seconds for everything, to connect, and for the next byte; redirects."""

    max_bytes: int
    seconds: float
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    redirects: int = 0
    """0: a redirect is a response like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request. Redirects are followed only without a body."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @classmethod
    def json(
        cls, url: str, value: object, *, method: str = "POST", headers: Mapping[str, str] | None = None
    ) -> Request:
        """Return a request with a JSON body."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        return cls(url=url, method=method, headers=headers, body=json.dumps(value).encode())


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A whole response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    url: str = field(default="", repr=False)
    """Where it came from, after redirects."""

    @property
    def host(self) -> str:
        """Host that answered, for messages."""
        return host_of(self.url)

    @property
    def is_redirect(self) -> bool:
        """Whether the response leads elsewhere."""
        return self.status in _REDIRECTS and "location" in self.headers

    def json(self) -> object:
        """Return the body as JSON; raise :class:`ResponseInvalid`."""
        try:
            value: object = json.loads(self.body)
        except (ValueError, RecursionError):
            # Raised below: the library's error would bring along the body.
            pass
        else:
            return value
        raise ResponseInvalid(f"{self.host}: not JSON")


@dataclass(frozen=True, slots=True)
class HttpReader:
    """Makes exchanges through ``connector``; ``user_agent`` is sent unless the request has its own."""

    connector: HttpConnector = field(default_factory=Pooled)
    user_agent: str = "examplary-lms"

    def exchange(
        self,
        request: Request,
        limits: Limits,
        *,
        may_redirect: RedirectCheck | None = None,
    ) -> HttpResponse:
        """Send ``request`` and return the response; raise :class:`HttpError`.

        ``may_redirect`` is asked for each redirect, with the first address and the next one.
        """
        ends = time.monotonic() + limits.seconds
        deadline = Deadline(ends, limits.connect_seconds, limits.read_seconds)
        url = request.url
        for _ in range(limits.redirects + 1):
            response = self._once(request, url, limits, deadline)
            if not (limits.redirects and response.is_redirect):
                return response
            url = _follow(request, url, response.headers["location"], may_redirect)
        raise RedirectRejected(f"{host_of(request.url)}: more than {limits.redirects} redirects")

    def _once(self, request: Request, url: str, limits: Limits, deadline: Deadline) -> HttpResponse:
        """Make one exchange. Errors are raised outside of ``except``: a library's error would bring along the URL."""
        headers = {"User-Agent": self.user_agent, **request.headers}
        try:
            with self.connector.open(request.method, url, headers, request.body, deadline) as response:
                return _read(response, url, limits, deadline)
        except Failure as error:
            failure = classify(error, url, deadline)
        raise failure


def _follow(request: Request, url: str, location: str, may_redirect: RedirectCheck | None) -> str:
    """Return the next address; raise :class:`RedirectRejected`."""
    following = _join(url, location)
    if request.body is not None or not following:
        raise RedirectRejected(f"{host_of(url)} redirects to no address")
    if may_redirect is not None and not may_redirect(request.url, following):
        raise RedirectRejected(f"{host_of(url)} redirects to {host_of(following)}")
    return following


def _read(response: BaseHTTPResponse, url: str, limits: Limits, deadline: Deadline) -> HttpResponse:
    headers = {name.lower(): value for name, value in response.headers.items()}
    redirect = HttpResponse(response.status, headers, url=url)
    if limits.redirects and redirect.is_redirect:
        return redirect
    host = host_of(url)
    announced = headers.get("content-length", "")
    if _is_larger(announced, limits.max_bytes):
        raise ResponseTooLarge(f"{host}: {announced[:20]} bytes announced, {limits.max_bytes} allowed")
    body = bytearray()
    # read1 returns what is there instead of waiting for a whole chunk: the deadline holds however slowly bytes come.
    while chunk := response.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > limits.max_bytes:
            raise ResponseTooLarge(f"{host}: more than {limits.max_bytes} bytes")
        if deadline.is_over:
            raise TimedOut(f"{host}: no answer in time")
    # A connection that was shut down looks like the end of a body without a length.
    if deadline.is_over:
        raise TimedOut(f"{host}: no answer in time")
    return HttpResponse(response.status, headers, bytes(body), url)


def _is_larger(announced: str, max_bytes: int) -> bool:
    """Return whether a Content-Length is over the limit; anything but plain digits is none (RFC 9110 §8.6)."""
    if not (announced.isascii() and announced.isdigit()):
        return False
    digits = announced.lstrip("0")
    return len(digits) > len(str(max_bytes)) or int(digits or "0") > max_bytes


def _join(url: str, location: str) -> str:
    """Return where a redirect leads; empty if that is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""
