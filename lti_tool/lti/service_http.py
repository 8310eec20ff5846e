"""Calls to a platform's services: limited in time and size, and retried only if that is harmless."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import requests
from requests.structures import CaseInsensitiveDict

from lti_tool._version import USER_AGENT
from lti_tool.lti.protocol.platform_configuration import host_of
from lti_tool.lti.service_errors import ServiceRefused, ServiceUnreachable, ServiceUnreadable
from lti_tool.net.connections import Pooled
from lti_tool.net.errors import HttpError, ResponseTooLarge
from lti_tool.net.reader import HttpReader, HttpResponse, Limits, Request

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 3.0, 10.0, 30.0
MAX_BYTES = 5 * 1024 * 1024
_CODE = re.compile(r"[a-z_]{1,40}")
PAUSES = (0.5, 1.5)
"""Seconds before the second and the third attempt, unless the LMS says how long (Retry-After)."""
MAX_PAUSE = 10.0
"""Seconds; if the LMS asks for a longer pause, the call fails."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """A service's response. Header names ignore case, values are as they came (see docs/reference/pylti1p3.md#d23)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict)
    body: object = None
    """JSON; ``None`` if the body was empty."""


class ServiceHttp:
    """Serves all threads; ``sleep`` waits between attempts."""

    def __init__(self, http: requests.Session, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._reader = HttpReader(Pooled(http), USER_AGENT)
        self._sleep = sleep

    def get(self, url: str, headers: Mapping[str, str]) -> ServiceResponse:
        """GET, up to three times while the platform is unavailable. Raises subclasses of :class:`ServiceError`."""
        request = Request(url=url, headers=headers)
        for pause in PAUSES:
            try:
                return self._once(request)
            except ServiceUnreachable as error:
                if error.retry_after > MAX_PAUSE:
                    raise
                self._sleep(max(pause, error.retry_after))
        return self._once(request)

    def post(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> ServiceResponse:
        """POST a form once: after a failure it is unknown whether the platform has acted."""
        headers = {"Content-Type": _FORM, **headers}
        return self._once(Request(url=url, method="POST", headers=headers, body=urlencode(form).encode()))

    def put(self, url: str, headers: Mapping[str, str], body: bytes, *, seconds: float) -> ServiceResponse:
        """PUT once, waiting up to ``seconds``; raises subclasses of :class:`ServiceError` with the response's JSON."""
        return self._once(Request(url=url, method="PUT", headers=headers, body=body), seconds)

    def _once(self, request: Request, seconds: float = 0.0) -> ServiceResponse:
        """Exchange once, within ``seconds``; 0: as usual."""
        limits = Limits(
            max_bytes=MAX_BYTES,
            seconds=seconds or ALL_SECONDS,
            connect_seconds=CONNECT_SECONDS,
            read_seconds=seconds or READ_SECONDS,
        )
        try:
            response = self._reader.exchange(request, limits)
        except ResponseTooLarge as error:
            raise ServiceUnreadable(error.detail) from error
        except HttpError as error:
            raise ServiceUnreachable(error.detail) from error
        return _service_response(response, host_of(request.url))


def _service_response(response: HttpResponse, host: str) -> ServiceResponse:
    if response.status >= 500 or response.status == 429:
        raise ServiceUnreachable(
            f"{host} answered {response.status}",
            retry_after=_retry_after(response),
            answer=response.status,
            document=_document(response.body),
        )
    if not 200 <= response.status < 300:
        document = _document(response.body)
        reason = _reason(document)
        detail = f"{host} answered {response.status} {reason}".rstrip()
        raise ServiceRefused(detail, document=document, answer=response.status, reason=reason)
    return ServiceResponse(response.status, CaseInsensitiveDict(response.headers), _json(response.body, host))


def _retry_after(response: HttpResponse) -> float:
    """Return the seconds of ``Retry-After``; dates, which LMSs do not send, are ignored."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _document(body: bytes) -> object:
    """Return the JSON of a refusal, ``None`` if it has none."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document


def _reason(document: object) -> str:
    """Return OAuth's error code (RFC 6749 §5.2) if the response has one, and nothing else of the body."""
    code = document.get("error") if isinstance(document, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _json(body: bytes, host: str) -> object:
    if not body.strip():
        return None
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ServiceUnreadable(f"{host}: not JSON") from error
    return value
