"""Addresses that others give us: what of them may go into a header or a link."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\ud800-\udfff\\]")
LONGEST = 16_000
"""Characters of the longest address that is taken: Canvas packs a token into its return address."""

ORDINARY = 200
"""Characters up to which an address is worth remembering: each launch of an LMS names the same few."""


def origin_of(url: str) -> str:
    """Return ``scheme://host[:port]`` of an http(s) address, or nothing if it is not one that a header may hold."""
    return _remembered_origin(url) if len(url) <= ORDINARY else _origin(url)


def _origin(url: str) -> str:
    parts = _parts(url)
    if parts is None:
        return ""
    host = _host_of(parts)
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{host}{port}" if host else ""


_remembered_origin = lru_cache(maxsize=2000)(_origin)


def is_web_address(url: str, *, https_only: bool = False) -> bool:
    """Return whether ``url`` is a whole http(s) address without a password in it."""
    parts = _parts(url)
    schemes = ("https",) if https_only else ("https", "http")
    return parts is not None and parts.scheme in schemes and bool(_host_of(parts))


def followed(url: str, given: str) -> str:
    """Return where ``given``, a redirect or a link, leads from ``url``; nothing if it is no address."""
    try:
        return urljoin(url, given)
    except ValueError:
        return ""


def frame_origin(host_or_origin: str) -> str:
    """Return what an administrator wrote as a source for ``frame-ancestors``: ``lms.org``, ``https://*.lms.org``."""
    text = host_or_origin.strip().lower()
    scheme, separator, rest = text.rpartition("://")
    wildcard = "*." if rest.startswith("*.") else ""
    origin = origin_of(f"{scheme if separator else 'https'}://{rest.removeprefix('*.')}")
    return origin.replace("://", f"://{wildcard}", 1)


def _parts(url: str) -> SplitResult | None:
    if len(url) > LONGEST or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    fine = parts.scheme in ("https", "http") and parts.username is None and port != 0
    return parts if fine else None


def _host_of(parts: SplitResult) -> str:
    """Return the host as it stands in a header: names beyond ASCII in their ``xn--`` form."""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    try:
        host = host.encode("ascii" if host.isascii() else "idna").decode()
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) else ""
