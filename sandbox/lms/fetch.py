"""The LMS's HTTP requests: bounded size, few redirects, no cookies, like Canvas's.

See docs/reference/lms-behaviour.md#canvas-content-migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests

MAX_REDIRECTS = 3
TIMEOUT_SECONDS = (5.0, 30.0)
MAX_PACKAGE_BYTES = 500 * 1024 * 1024
MAX_KEYS_BYTES = 256 * 1024
REDIRECTS = (301, 302, 303, 307, 308)


class FetchFailed(Exception):
    """The download failed. The message is the LMS's."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A downloaded body and its final URL."""

    url: str
    body: bytes


def fetch(url: str, *, verify: bool | str, max_bytes: int) -> Fetched:
    """Request a URL without credentials. Raises FetchFailed with Canvas's text."""
    current_url = url
    for _ in range(MAX_REDIRECTS + 1):
        response = _get(current_url, verify, max_bytes)
        if response.status not in REDIRECTS:
            if response.status != 200:
                raise FetchFailed(f"Invalid response code, expected 200 got {response.status} for {url}")
            return Fetched(current_url, response.body)
        current_url = urljoin(current_url, response.location)
    raise FetchFailed(f"Too many redirects for {url}")


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    location: str
    body: bytes


def _get(url: str, verify: bool | str, max_bytes: int) -> _Response:
    parts = _checked(url)
    address, headers = _resolve_localhost(parts)
    try:
        with requests.get(
            address, headers=headers, timeout=TIMEOUT_SECONDS, verify=verify, allow_redirects=False, stream=True
        ) as response:
            body = b"".join(_limited(response, max_bytes))
            return _Response(response.status_code, response.headers.get("Location", ""), body)
    except requests.Timeout as error:
        raise FetchFailed(f"The request timed out {url}") from error
    except requests.RequestException as error:
        raise FetchFailed(f"An unknown error occurred downloading from {url}") from error


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise FetchFailed(f"Could not parse the URL {url}") from error
    if parts.scheme not in ("http", "https"):
        raise FetchFailed(f"Could not parse the URL {url}")
    if not host:
        raise FetchFailed(f"No host provided {url}")
    return parts


def _resolve_localhost(parts: SplitResult) -> tuple[str, dict[str, str]]:
    """Return URL and headers that reach names below .localhost (RFC 6761), which Python's resolver may not know."""
    if parts.scheme != "http" or not (parts.hostname or "").endswith(".localhost"):
        return urlunsplit(parts), {}
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"127.0.0.1{port}")), {"Host": parts.netloc}


def _limited(response: requests.Response, max_bytes: int) -> list[bytes]:
    chunks, size = [], 0
    for chunk in response.iter_content(64 * 1024):
        size += len(chunk)
        if size > max_bytes:
            raise FetchFailed("file size exceeds quota limits")
        chunks.append(chunk)
    return chunks
