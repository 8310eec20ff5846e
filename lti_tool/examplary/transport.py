"""HTTP calls to Examplary's API: retries, rate limits, observation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import requests

from lti_tool.errors import ExamplaryError, SettingsError
from lti_tool.examplary.errors import ExamplaryResponseTooLarge, InvalidResponse, Unavailable
from lti_tool.examplary.hooks import Limiter, Observer
from lti_tool.examplary.redact import hide_paths_of_urllib3
from lti_tool.examplary.responses import ApiResponse, error_from
from lti_tool.examplary.retry import RetryPolicy
from lti_tool.examplary.types import JsonObject
from lti_tool.net.connections import Pooled
from lti_tool.net.errors import ConnectFailed, HttpError, ResponseInvalid, ResponseTooLarge
from lti_tool.net.reader import HttpReader, Limits, Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, and to wait for the next byte. A body must be complete within their sum."""

    connect: float = 5.0
    read: float = 25.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path template, such as ``/exams/{id}``, which is safe to log."""

    method: str
    template: str

    @property
    def name(self) -> str:
        """Method and template: ``"GET /exams/{id}"``."""
        return f"{self.method} {self.template}"

    @property
    def idempotent(self) -> bool:
        """Whether the request may be repeated."""
        return self.method in ("GET", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Calls endpoints of ``api_url``. ``max_bytes`` limits a response in memory."""

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
        self, endpoint: Endpoint, path: str, parse: Callable[[ApiResponse], T], body: JsonObject | None = None
    ) -> T:
        """Send a request and return the successful (2xx) response as parsed by ``parse``.

        ``parse`` raises :class:`InvalidResponse` for a malformed response, which counts as a failed attempt.
        Raises a subclass of :class:`ExamplaryError` when the attempts or the time budget run out.
        """
        deadline = time.monotonic() + self.retry.budget
        attempt = 0
        while True:
            attempt += 1
            outcome = self._attempt(endpoint, path, parse, body)
            if not isinstance(outcome, ExamplaryError):
                return outcome
            remaining = deadline - time.monotonic()
            pause = self.retry.pause(outcome, idempotent=endpoint.idempotent, attempt=attempt, remaining=remaining)
            if pause is None:
                raise outcome
            self.sleep(pause)

    def _attempt(
        self, endpoint: Endpoint, path: str, parse: Callable[[ApiResponse], T], body: JsonObject | None
    ) -> T | ExamplaryError:
        self.limiter.acquire(endpoint.name)
        start = time.monotonic()
        response = self._send(endpoint, path, body)
        outcome = _outcome(response, parse)
        code = outcome.code if isinstance(outcome, ExamplaryError) else "ok"
        self.observer.observe(endpoint.name, code, time.monotonic() - start)
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
            raw = HttpReader(Pooled(self.session), self.user_agent).exchange(request, limits)
        except HttpError as error:
            return _error_for(error, endpoint)
        response = ApiResponse(raw.status, raw.body, raw.headers.get("retry-after"))
        return error_from(response, endpoint.name) or response


def _outcome(response: ApiResponse | ExamplaryError, parse: Callable[[ApiResponse], T]) -> T | ExamplaryError:
    if isinstance(response, ExamplaryError):
        return response
    try:
        return parse(response)
    except InvalidResponse as error:
        return error


def bearer(api_key: str) -> str:
    """Return the Authorization header. Raises :class:`SettingsError` for a key that isn't valid in a header."""
    hide_paths_of_urllib3()
    key = api_key.strip()
    if not key.isascii() or any(not 33 <= ord(letter) <= 126 for letter in key):
        raise SettingsError("the Examplary API key has characters that are not allowed")
    return f"Bearer {key}"


def _error_for(error: HttpError, endpoint: Endpoint) -> ExamplaryError:
    detail = f"{endpoint.name}: {error.detail}"
    failure: ExamplaryError
    match error:
        case ConnectFailed():
            failure = Unavailable(detail)
        case ResponseTooLarge():
            failure = ExamplaryResponseTooLarge(detail)
        case ResponseInvalid():
            failure = InvalidResponse(detail)
        case _:
            failure = Unavailable(detail, may_have_succeeded=True)
    failure.__cause__ = error
    return failure
