"""One HTTP call to Examplary, with its attempts: what goes out, what comes back, what is said of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from lti_tool.errors import ExamplaryError, SettingsError
from lti_tool.examplary.errors import InvalidResponse, ResponseTooLarge, Unavailable
from lti_tool.examplary.hooks import Limiter, Observer
from lti_tool.examplary.redact import hide_paths_of_urllib3
from lti_tool.examplary.responses import ApiResponse, error_from
from lti_tool.examplary.retry import RetryPolicy
from lti_tool.examplary.types import JsonObject

_THREADS = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, and to wait for the next byte. A body must be whole within both together."""

    connect: float = 5.0
    read: float = 25.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and the template of a path, such as ``/exams/{id}``: all that logs and metrics may know."""

    method: str
    template: str

    @property
    def name(self) -> str:
        """Method and template: ``"GET /exams/{id}"``."""
        return f"{self.method} {self.template}"

    @property
    def idempotent(self) -> bool:
        """Whether doing it twice is doing it once."""
        return self.method in ("GET", "DELETE")


class _Bearer(AuthBase):
    """Puts the key on the request; as ``auth`` no ~/.netrc can take its place."""

    def __init__(self, api_key: str) -> None:
        self._header = f"Bearer {api_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def new_session() -> requests.Session:
    """A session for many threads: a pool of connections, no cookies, no retries of its own."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=_THREADS, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Calls endpoints of ``api_url``. ``max_bytes`` bounds an answer in memory."""

    api_url: str
    auth: AuthBase
    session: requests.Session
    timeouts: Timeouts
    retry: RetryPolicy
    limiter: Limiter
    observer: Observer
    user_agent: str
    sleep: Callable[[float], None]
    max_bytes: int = 32_000_000

    def call(
        self, endpoint: Endpoint, path: str, read: Callable[[ApiResponse], T], body: JsonObject | None = None
    ) -> T:
        """What ``read`` makes of the good (2xx) answer.

        ``read`` raises :class:`InvalidResponse` for an answer that makes no sense: it counts as a failed attempt.
        Raises an :class:`ExamplaryError` leaf when the attempts or the budget run out.
        """
        deadline = time.monotonic() + self.retry.budget
        for attempt in itertools.count(1):
            outcome = self._attempt(endpoint, path, read, body)
            if not isinstance(outcome, ExamplaryError):
                return outcome
            left = deadline - time.monotonic()
            pause = self.retry.pause(outcome, idempotent=endpoint.idempotent, attempt=attempt, remaining=left)
            if pause is None:
                raise outcome
            self.sleep(pause)
        raise AssertionError  # pragma: no cover -- count() does not end

    def _attempt(
        self, endpoint: Endpoint, path: str, read: Callable[[ApiResponse], T], body: JsonObject | None
    ) -> T | ExamplaryError:
        self.limiter.acquire(endpoint.name)
        began = time.monotonic()
        answer = self._send(endpoint, path, body)
        outcome = _outcome(answer, read)
        said = outcome.code if isinstance(outcome, ExamplaryError) else "ok"
        self.observer.observe(endpoint.name, said, time.monotonic() - began)
        return outcome

    def _send(self, endpoint: Endpoint, path: str, body: JsonObject | None) -> ApiResponse | ExamplaryError:
        # Errors are made here and raised outside: an exception of requests in their context would carry the path,
        # which holds the secret id of a session, into tracebacks.
        try:
            answer = self._exchange(endpoint, path, body)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            return error_from_exception(error, endpoint)
        if answer is None:
            return ResponseTooLarge(f"{endpoint.name} answered with more than {self.max_bytes} bytes")
        return error_from(answer, endpoint.name) or answer

    def _exchange(self, endpoint: Endpoint, path: str, body: JsonObject | None) -> ApiResponse | None:
        ends = time.monotonic() + self.timeouts.connect + self.timeouts.read
        response = self.session.request(
            endpoint.method,
            self.api_url + path,
            json=body,
            auth=self.auth,
            headers={"Accept": "application/json", "User-Agent": self.user_agent},
            timeout=(self.timeouts.connect, self.timeouts.read),
            allow_redirects=False,
            stream=True,
        )
        with response:
            content = self._read(response, ends)
        if content is None:
            return None
        return ApiResponse(response.status_code, content, response.headers.get("Retry-After"))

    def _read(self, response: requests.Response, ends: float) -> bytes | None:
        """The whole body; ``None`` when it is over the limit. read1 returns what is there, so the clock is real."""
        body = bytearray()
        while chunk := response.raw.read1(65536, decode_content=True):
            body += chunk
            if len(body) > self.max_bytes:
                return None
            if time.monotonic() > ends:
                raise requests.ReadTimeout
        return bytes(body)


def _outcome(answer: ApiResponse | ExamplaryError, read: Callable[[ApiResponse], T]) -> T | ExamplaryError:
    if isinstance(answer, ExamplaryError):
        return answer
    try:
        return read(answer)
    except InvalidResponse as error:
        return error


def bearer(api_key: str) -> AuthBase:
    """The key as requests wants it. Raises :class:`SettingsError` for a key that cannot stand in a header."""
    hide_paths_of_urllib3()
    key = api_key.strip()
    if not key.isascii() or any(not 33 <= ord(letter) <= 126 for letter in key):
        raise SettingsError("the Examplary API key holds characters that no key has")
    return _Bearer(key)


def error_from_exception(error: Exception, endpoint: Endpoint) -> ExamplaryError:
    """What a failed exchange means, told by its class only: the texts hold addresses."""
    kind = type(error).__name__
    if _never_sent(error):
        return Unavailable(f"{endpoint.name}: no connection ({kind})")
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return Unavailable(f"{endpoint.name}: no answer in time ({kind})", may_have_succeeded=True)
    if isinstance(error, (requests.ConnectionError, urllib3.exceptions.SSLError)):
        return Unavailable(f"{endpoint.name}: the connection broke ({kind})", may_have_succeeded=True)
    return InvalidResponse(f"{endpoint.name}: half an answer ({kind})")


def _never_sent(error: Exception) -> bool:
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
