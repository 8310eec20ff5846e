"""Validate third-party URLs before they go into a header or a link."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\ud800-\udfff\\]")
MAX_LENGTH = 16_000
"""Canvas packs a token into its return URL, so long URLs are normal."""

DEFAULT_PORTS = {"http": 80, "https": 443}

CACHED_LENGTH = 200
"""Length up to which origins are cached: the launches of an LMS name the same few URLs."""


def origin_of(url: str) -> str:
    """Return ``scheme://host[:port]`` of an http(s) URL, without a default port; empty if it is unsafe in a header."""
    return _cached_origin(url) if len(url) <= CACHED_LENGTH else _origin(url)


def _origin(url: str) -> str:
    parts = _parts(url)
    if parts is None:
        return ""
    host = _host_of(parts)
    port = f":{parts.port}" if parts.port not in (None, DEFAULT_PORTS[parts.scheme]) else ""
    return f"{parts.scheme}://{host}{port}" if host else ""


_cached_origin = lru_cache(maxsize=2000)(_origin)


def is_web_address(url: str, *, https_only: bool = False) -> bool:
    """Return whether ``url`` is an absolute http(s) URL without credentials."""
    parts = _parts(url)
    schemes = ("https",) if https_only else ("https", "http")
    return parts is not None and parts.scheme in schemes and bool(_host_of(parts))


def frame_origin(host_or_origin: str) -> str:
    """Return an administrator's entry as a source for ``frame-ancestors``: ``lms.org``, ``https://*.lms.org``."""
    text = host_or_origin.strip().lower()
    scheme, separator, rest = text.rpartition("://")
    wildcard = "*." if rest.startswith("*.") else ""
    origin = origin_of(f"{scheme if separator else 'https'}://{rest.removeprefix('*.')}")
    return origin.replace("://", f"://{wildcard}", 1)


def _parts(url: str) -> SplitResult | None:
    if len(url) > MAX_LENGTH or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    valid = parts.scheme in ("https", "http") and parts.username is None and port != 0
    return parts if valid else None


def _host_of(parts: SplitResult) -> str:
    """Return the host as a header holds it: non-ASCII names in their ``xn--`` form."""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    try:
        host = host.encode("ascii" if host.isascii() else "idna").decode()
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) else ""
