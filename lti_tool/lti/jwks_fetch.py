"""Downloads of a platform's key set, within limits: the server may be slow, wrong or hostile."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from lti_tool._version import USER_AGENT
from lti_tool.lti.protocol.addresses import is_web_address
from lti_tool.lti.protocol.errors import KeysUnreachable, KeysUnreadable
from lti_tool.net.addresses import is_public, resolve
from lti_tool.net.connections import Pooled
from lti_tool.net.errors import HttpError, RedirectRejected, ResponseInvalid, ResponseTooLarge
from lti_tool.net.reader import HttpReader, HttpResponse, Limits, Request

JsonKey = dict[str, object]

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 3.0, 5.0, 10.0
MAX_BYTES = 256 * 1024
"""Canvas's key set has about 2,000 bytes."""
REDIRECTS = 3
HEADERS = {"Accept": "application/json, application/jwk-set+json"}


def fetch_keys(http: requests.Session, url: str) -> list[JsonKey]:
    """Return the keys at ``url``; raise :class:`KeysUnreachable` or :class:`KeysUnreadable`."""
    if not is_web_address(url):
        raise KeysUnreadable(f"{url} is not an address")
    limits = Limits(
        max_bytes=MAX_BYTES,
        seconds=ALL_SECONDS,
        connect_seconds=CONNECT_SECONDS,
        read_seconds=READ_SECONDS,
        redirects=REDIRECTS,
    )
    try:
        response = HttpReader(Pooled(http), USER_AGENT).exchange(
            Request(url=url, headers=HEADERS), limits, may_redirect=_may_redirect
        )
        return _keys(response, url)
    except (RedirectRejected, ResponseTooLarge, ResponseInvalid) as error:
        raise KeysUnreadable(f"{url}: {error.detail}") from error
    except HttpError as error:
        raise KeysUnreachable(f"{url}: {error.detail}") from error


def _may_redirect(first: str, following: str) -> bool:
    """Allow redirects that keep https and don't lead from the internet into our own network.

    A platform inside the network was registered by the operator, and may redirect within it.
    """
    if not is_web_address(following, https_only=first.startswith("https://")):
        return False
    before, after = urlsplit(first).hostname or "", urlsplit(following).hostname or ""
    return before == after or _is_outside(after) or not _is_outside(before)


def _is_outside(host: str) -> bool:
    addresses = resolve(host, 443)
    return bool(addresses) and all(map(is_public, addresses))


def _keys(response: HttpResponse, url: str) -> list[JsonKey]:
    if response.status != 200:
        raise KeysUnreachable(f"{url} answered {response.status}")
    document = response.json()
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise KeysUnreadable(f"{url} has no list of keys")
    return [key for key in keys if isinstance(key, dict)]
