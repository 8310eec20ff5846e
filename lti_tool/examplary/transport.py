"""One HTTP call to Examplary, with its attempts: what goes out, what comes back, what is said of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import requests

from lti_tool.errors import ExamplaryError, SettingsError
from lti_tool.examplary.errors import InvalidResponse, ResponseTooLarge, Unavailable
from lti_tool.examplary.hooks import Limiter, Observer
from lti_tool.examplary.redact import hide_paths_of_urllib3
from lti_tool.examplary.responses import ApiResponse, error_from
from lti_tool.examplary.retry import RetryPolicy
from lti_tool.examplary.types import JsonObject
from lti_tool.net.connections import Pooled
from lti_tool.net.errors import ConnectFailed, HttpError, ResponseInvalid
from lti_tool.net.errors import ResponseTooLarge as BodyTooLarge
from lti_tool.net.reader import HttpReader, Limits, Request

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


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Calls endpoints of ``api_url``. ``max_bytes`` bounds an answer in memory."""

    api_url: str
    authorization: str = field(repr=False)
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
        headers = {"Accept": "application/json", "Authorization": self.authorization}
        url = self.api_url + path
        request = Request(url=url, method=endpoint.method, headers=headers)
        if body is not None:
            request = Request.json(url, body, method=endpoint.method, headers=headers)
        limits = Limits(
            max_bytes=self.max_bytes,
            seconds=self.timeouts.connect + self.timeouts.read,
            connect_seconds=self.timeouts.connect,
            read_seconds=self.timeouts.read,
        )
        try:
            response = HttpReader(Pooled(self.session), self.user_agent).exchange(request, limits)
        except HttpError as error:
            return _error_for(error, endpoint)
        answer = ApiResponse(response.status, response.body, response.headers.get("retry-after"))
        return error_from(answer, endpoint.name) or answer


def _outcome(answer: ApiResponse | ExamplaryError, read: Callable[[ApiResponse], T]) -> T | ExamplaryError:
    if isinstance(answer, ExamplaryError):
        return answer
    try:
        return read(answer)
    except InvalidResponse as error:
        return error


def bearer(api_key: str) -> str:
    """Return the Authorization header. Raises :class:`SettingsError` for a key that can't stand in a header."""
    hide_paths_of_urllib3()
    key = api_key.strip()
    if not key.isascii() or any(not 33 <= ord(letter) <= 126 for letter in key):
        raise SettingsError("the Examplary API key holds characters that no key has")
    return f"Bearer {key}"


def _error_for(error: HttpError, endpoint: Endpoint) -> ExamplaryError:
    detail = f"{endpoint.name}: {error.detail}"
    match error:
        case ConnectFailed():
            return Unavailable(detail)
        case BodyTooLarge():
            return ResponseTooLarge(detail)
        case ResponseInvalid():
            return InvalidResponse(detail)
    return Unavailable(detail, may_have_succeeded=True)
