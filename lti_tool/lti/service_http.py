"""Calls to a platform's services: bounded in time and size, repeated only where that changes nothing."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from lti_tool.lti.jwks_fetch import HEADERS
from lti_tool.lti.protocol.platform_configuration import host_of
from lti_tool.lti.service_errors import ServiceRefused, ServiceUnreachable, ServiceUnreadable

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 3.0, 10.0, 30.0
LARGEST = 5 * 1024 * 1024
"""Bytes of a page of members or line items."""
ATTEMPTS = 3
_CODE = re.compile(r"[a-z_]{1,40}")
PAUSES = (0.5, 1.5)
"""Seconds before the second and the third attempt, unless the LMS says how long (Retry-After)."""
PATIENCE = 10.0
"""Seconds; an LMS that wants to be left alone for longer is not asked again."""


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What a service answered. Header names are compared without regard to case, values are as they came (D23)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict)
    body: object = None
    """JSON, ``None`` if the body was empty."""


class ServiceHttp:
    """Serves all threads; ``sleep`` waits between attempts."""

    def __init__(self, http: requests.Session, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http, self._sleep = http, sleep

    def get(self, url: str, headers: Mapping[str, str]) -> ServiceAnswer:
        """Ask, up to :data:`ATTEMPTS` times while the platform is away. Raises leaves of :class:`ServiceError`."""
        for pause in PAUSES:
            try:
                return self._once("GET", url, headers, None)
            except ServiceUnreachable as error:
                if error.retry_after > PATIENCE:
                    raise
                self._sleep(max(pause, error.retry_after))
        return self._once("GET", url, headers, None)

    def post(self, url: str, headers: Mapping[str, str], data: str | Mapping[str, str] | None) -> ServiceAnswer:
        """Send, once: nobody knows what a platform did before it went away."""
        return self._once("POST", url, headers, data)

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], data: str | Mapping[str, str] | None
    ) -> ServiceAnswer:
        ends = time.monotonic() + ALL_SECONDS
        try:
            with self._http.request(
                method,
                url,
                data=data.encode() if isinstance(data, str) else data,
                headers={"User-Agent": HEADERS["User-Agent"], **headers},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                # The jar is everybody's: a platform's cookie must not come along to the next one.
                self._http.cookies.clear()
                return _answer(response, host_of(url), ends)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise ServiceUnreachable(f"{host_of(url)}: {type(error).__name__}") from None


def _answer(response: requests.Response, host: str, ends: float) -> ServiceAnswer:
    if response.status_code >= 500 or response.status_code == 429:
        raise ServiceUnreachable(f"{host} answered {response.status_code}", retry_after=_retry_after(response))
    body = _read(response, host, ends)
    if not 200 <= response.status_code < 300:
        reason = _reason(body)
        told = f"{host} answered {response.status_code} {reason}".rstrip()
        raise ServiceRefused(told, answer=response.status_code, reason=reason)
    return ServiceAnswer(response.status_code, CaseInsensitiveDict(response.headers), _json(body, host))


def _retry_after(response: requests.Response) -> float:
    """Return the seconds of ``Retry-After``; dates, which LMSs do not write, count as none."""
    given = response.headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() else 0.0


def _read(response: requests.Response, host: str, ends: float) -> bytes:
    body = bytearray()
    while piece := response.raw.read1(65_536, decode_content=True):
        body += piece
        if len(body) > LARGEST:
            raise ServiceUnreadable(f"{host}: more than {LARGEST} bytes")
        if time.monotonic() > ends:
            raise ServiceUnreachable(f"{host}: not whole in time")
    return bytes(body)


def _reason(body: bytes) -> str:
    """Return the error code of OAuth (RFC 6749 §5.2) if the refusal has one: a word, and nothing of the body else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = answer.get("error") if isinstance(answer, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _json(body: bytes, host: str) -> object:
    if not body.strip():
        return None
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ServiceUnreadable(f"{host}: no JSON") from error
    return value
