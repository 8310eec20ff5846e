"""Fetching a key set over HTTP, within limits: the other side may be slow, wrong or somebody else."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from lti_tool.lti.protocol.addresses import followed, is_web_address
from lti_tool.lti.protocol.errors import KeysUnreachable, KeysUnreadable
from lti_tool.net.networks import is_public, resolve

JsonKey = dict[str, object]

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 3.0, 5.0, 10.0
LARGEST = 256 * 1024
"""Bytes of a key set; Canvas's has about 2 000."""
REDIRECTS = 3
HEADERS = {
    "Accept": "application/json, application/jwk-set+json",
    # Canvas demands one, some Moodles answer 403 without (facts: users-ask).
    "User-Agent": "Examplary-for-LMS/1.0 (LTI 1.3 tool)",
}


def fetch_keys(http: requests.Session, url: str) -> list[JsonKey]:
    """Return the keys at ``url``; raise :class:`KeysUnreachable` or :class:`KeysUnreadable`."""
    deadline = time.monotonic() + ALL_SECONDS
    try:
        return _keys(_body(http, url, deadline), url)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise KeysUnreachable(f"{url}: {type(error).__name__}") from error


def _body(http: requests.Session, url: str, deadline: float) -> bytes:
    """GET, following a few redirects that stay with the scheme (http may become https) and do not lead inside."""
    address = url
    for _ in range(REDIRECTS + 1):
        if not is_web_address(address, https_only=url.startswith("https://")) or _leads_inside(url, address):
            raise KeysUnreadable(f"{url} leads to an address that is not allowed")
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        with http.get(address, headers=HEADERS, timeout=timeout, stream=True, allow_redirects=False) as response:
            http.cookies.clear()
            if not response.is_redirect:
                return _read(response, url, deadline)
            address = followed(address, response.headers["Location"])
    raise KeysUnreadable(f"{url} redirects more than {REDIRECTS} times")


def _leads_inside(url: str, address: str) -> bool:
    """Return whether a server of the open internet sends us to one of our own network.

    What stands inside itself was registered by the operator's hand, and may send us about there.
    """
    before, after = urlsplit(url).hostname or "", urlsplit(address).hostname or ""
    return before != after and not _is_outside(after) and _is_outside(before)


def _is_outside(host: str) -> bool:
    found = resolve(host, 443)
    return bool(found) and all(map(is_public, found))


def _read(response: requests.Response, url: str, deadline: float) -> bytes:
    """Read no more than :data:`LARGEST` bytes and no longer than ``deadline``, however slowly they drip."""
    if response.status_code != HTTPStatus.OK:
        raise KeysUnreachable(f"{url} answered {response.status_code}")
    body = bytearray()
    while piece := response.raw.read1(16_384, decode_content=True):
        body += piece
        if len(body) > LARGEST:
            raise KeysUnreadable(f"{url} is longer than {LARGEST} bytes")
        if time.monotonic() > deadline:
            raise KeysUnreachable(f"{url} took longer than {ALL_SECONDS:.0f} s")
    return bytes(body)


def _keys(body: bytes, url: str) -> list[JsonKey]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise KeysUnreadable(f"{url} is not JSON") from error
    keys = answer.get("keys") if isinstance(answer, dict) else None
    if not isinstance(keys, list):
        raise KeysUnreadable(f"{url} has no list of keys")
    return [key for key in keys if isinstance(key, dict)]
