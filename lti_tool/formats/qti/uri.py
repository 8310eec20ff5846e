"""Addresses of the web as XML Schema's ``anyURI`` takes them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit


def web_reference(url: str) -> str | None:
    """Return an address as ``xs:anyURI`` takes it, or ``None`` if no reader could follow it."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return None
    if not url or "[" in url or "]" in url:
        return None
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url), safe="%/:?#@!$&'()*+,;=-._~")
