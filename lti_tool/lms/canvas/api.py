"""Client of Canvas's REST API: bounded, as one teacher, at one pinned host (see docs/reference/canvas-api.md).

It never sends ``include[]``, which Canvas cuts for most keys, and reads ids as texts, because they exceed 2**53.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

from lti_tool.lms.account_access import LmsAccess
from lti_tool.lms.canvas import api_errors
from lti_tool.lms.direct_import import AccountRefused, DirectImportError
from lti_tool.net.errors import AddressForbidden, ConnectFailed, HostUnknown, HttpError
from lti_tool.net.reader import HttpReader, HttpResponse, Limits, Request

Json = Mapping[str, object]

ACCEPT = "application/json+canvas-string-ids"
READ = Limits(max_bytes=5 * 1024 * 1024, seconds=20.0, read_seconds=20.0)
WRITE = Limits(max_bytes=5 * 1024 * 1024, seconds=45.0, read_seconds=45.0)
PAGE_SIZE, MAX_PAGES = 100, 10
BUSY_SECONDS, MAX_BUSY_SECONDS = 30.0, 120.0
LOW_LEVEL = 100.0
"""Below this value of ``x-rate-limit-remaining``, requests are spread."""

_NEXT = re.compile(r'<([^<>]+)>\s*;[^<]*\brel="?next"?')
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,20})?")
_ID = re.compile(r"[1-9][0-9~]{0,39}")


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of all pages; ``complete`` unless there were more pages than we read."""

    entries: tuple[Json, ...]
    complete: bool = True


class CanvasApi:
    """Calls Canvas as the teacher of ``account``. Methods raise subclasses of :class:`DirectImportError`."""

    def __init__(self, account: LmsAccess) -> None:
        self._account = account
        self._remaining = float("inf")

    @property
    def own_http(self) -> HttpReader:
        """The connection to the pinned host, without the token."""
        return self._account.http

    @property
    def pause(self) -> float:
        """Seconds by which to delay the next request, so that the rate limit isn't reached."""
        return max(0.0, (LOW_LEVEL - self._remaining) / 10.0)

    def may(self, scope: str) -> bool:
        """Return whether the token has ``scope``; all of them if it isn't known."""
        return not self._account.scopes or scope in self._account.scopes

    def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Json:
        """Return one object."""
        return _object(self._exchange(Request(url=self._url(path, query)), READ))

    def texts(self, path: str) -> frozenset[str]:
        """Return a list of texts."""
        value = _json(self._exchange(Request(url=self._url(path)), READ))
        return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()

    def list(self, path: str, query: Sequence[tuple[str, str]] = (), *, max_pages: int = MAX_PAGES) -> Listing:
        """Return the objects of all pages (RFC 8288); the next page must be on the same host."""
        entries: list[Json] = []
        url = self._url(path, (*query, ("per_page", str(PAGE_SIZE))))
        for _ in range(max_pages):
            response = self._exchange(Request(url=url), READ)
            entries += _objects(response)
            following = self._next(url, response)
            if not following:
                return Listing(tuple(entries))
            url = following
        return Listing(tuple(entries), complete=False)

    def post(self, path: str, document: Json) -> Json:
        """Send JSON once; return the response."""
        return _object(self._exchange(Request.json(self._url(path), document), WRITE))

    def confirm(self, url: str) -> None:
        """GET the address by which an upload is completed."""
        if not self.is_own(url):
            raise api_errors.UploadRefused("the upload leads to another host")
        self._exchange(Request(url=url), WRITE)

    def is_own(self, url: str) -> bool:
        """Return whether ``url`` is at the pinned host. Only there goes the token, and only there go links."""
        return _origin(url) == _origin(self._account.base_url) != ("", "")

    def _url(self, path: str, query: Sequence[tuple[str, str]] = ()) -> str:
        return f"{self._account.base_url}{path}" + (f"?{urlencode(query)}" if query else "")

    def _exchange(self, request: Request, limits: Limits) -> HttpResponse:
        headers = {**request.headers, "Accept": ACCEPT, "Authorization": f"Bearer {self._account.access_token()}"}
        authorized_request = Request(url=request.url, method=request.method, headers=headers, body=request.body)
        try:
            response = self._account.http.exchange(authorized_request, limits)
        except HttpError as error:
            unsent = isinstance(error, (AddressForbidden, ConnectFailed, HostUnknown))
            raise api_errors.CanvasUnreachable(error.detail, was_sent=not unsent) from None
        self._remaining = _remaining(response, self._remaining)
        check(response)
        return response

    def _next(self, url: str, response: HttpResponse) -> str:
        link = _NEXT.search(response.headers.get("link", ""))
        following = urljoin(url, link[1]) if link else ""
        return following if self.is_own(following) and following != url else ""


def check(response: HttpResponse) -> None:
    """Raise the error of a response. The rate limit comes first: its 403 looks like a missing permission."""
    status, detail = response.status, f"{response.host} answered {response.status}"
    if is_rate_limit(response):
        raise api_errors.CanvasBusy(detail, retry_after=_retry_after(response))
    if status >= 500:
        raise api_errors.CanvasUnreachable(detail)
    if status in {401, 403}:
        raise _not_allowed(response, detail)
    if status == 404:
        raise api_errors.CourseGone(detail)
    if not 200 <= status < 300:
        raise api_errors.CanvasRequestRefused(detail, answer=str(status))


def is_rate_limit(response: HttpResponse) -> bool:
    """Return whether it is 429, or 403 with the text of the rate limit."""
    if response.status == 429:
        return True
    return response.status == 403 and b"rate limit exceeded" in response.body[:500].lower()


def _retry_after(response: HttpResponse) -> float:
    value = response.headers.get("retry-after", "")
    return min(float(value), MAX_BUSY_SECONDS) if _NUMBER.fullmatch(value) else BUSY_SECONDS


def _not_allowed(response: HttpResponse, detail: str) -> DirectImportError:
    """Return the error of a 401 or 403: the token, its scopes, or the teacher's permission."""
    if response.headers.get("www-authenticate", "").lower().startswith("bearer"):
        return AccountRefused(detail)
    message = _message(response)
    if "insufficient scopes" in message:
        return api_errors.ScopeMissing(detail)
    if response.status == 401 and message.endswith("access token."):
        return AccountRefused(detail)
    if not message:
        # From a proxy before Canvas.
        return api_errors.CanvasRequestRefused(detail, answer=str(response.status))
    return api_errors.CanvasPermissionMissing(detail)


def _message(response: HttpResponse) -> str:
    """Return the texts of a refusal in lower case; empty if it isn't Canvas's JSON."""
    try:
        document = json.loads(response.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    errors = document.get("errors")
    entries = errors if isinstance(errors, list) else []
    texts = [text(entry, "message") for entry in entries if isinstance(entry, dict)]
    return " ".join(texts or [text(document, "message") or text(document, "status")]).lower()


def _remaining(response: HttpResponse, before: float) -> float:
    value = response.headers.get("x-rate-limit-remaining", "")
    return float(value) if _NUMBER.fullmatch(value) else before


def _json(response: HttpResponse) -> object:
    try:
        value: object = json.loads(response.body)
    except (ValueError, RecursionError):
        raise api_errors.CanvasUnreachable(f"{response.host}: not JSON") from None
    return value


def _object(response: HttpResponse) -> Json:
    value = _json(response)
    if not isinstance(value, dict):
        raise api_errors.CanvasUnreachable(f"{response.host}: not a JSON object")
    return value


def _objects(response: HttpResponse) -> Iterator[Json]:
    value = _json(response)
    if not isinstance(value, list):
        raise api_errors.CanvasUnreachable(f"{response.host}: not a JSON list")
    yield from (entry for entry in value if isinstance(entry, dict))


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ("", "")
    return (parts.scheme, parts.netloc.lower())


def text(values: Json, name: str) -> str:
    """Return an entry as text; empty if it is absent or not a text."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def identifier(values: Json, name: str = "id") -> str:
    """Return an id as text, also where Canvas sends a number; empty if it is absent."""
    value = values.get(name)
    number = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return number if _ID.fullmatch(number) else ""
