"""Security headers: strict by default, opened by each page's policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from secure.headers import ContentSecurityPolicy, PermissionsPolicy, StrictTransportSecurity

ANY_ORIGIN = "*"
"""For pages without private content or actions, such as an error page in an unknown LMS."""

_SOURCE = re.compile(r"\*|'self'|https?:(?://[A-Za-z0-9_.*:\[\]-]+(?:/[A-Za-z0-9_./-]*)?)?")
_EMBED_FEATURES = ("camera", "microphone")
_NO_FEATURES = ("geolocation", "payment", "usb", "display_capture")
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePolicy:
    """Permissions of a page beyond the default. Tuples hold source expressions of CSP level 3 (§2.3.1)."""

    frame_ancestors: tuple[str, ...] = ()
    """Origins that may frame the page; empty: none."""
    keeps_opener: bool = False
    """Whether the window that opened the page, perhaps another site's, may talk to it and see when it is closed."""
    frame_sources: tuple[str, ...] = ()
    """Sources of the frames inside the page."""
    device_origin: str = ""
    """Origin of the frame that may use camera and microphone."""
    form_targets: tuple[str, ...] = ()
    """Targets of forms besides the tool itself."""
    data_images: bool = False
    """Whether ``data:`` images are allowed."""
    referrer: str = "same-origin"
    """Our own requests keep their ``Origin``; other sites get no referrer, because our URLs are secrets."""


@lru_cache(maxsize=1000)
def security_headers(policy: PagePolicy, *, secure: bool) -> Mapping[str, str]:
    """Return the read-only headers of a page; ``secure`` is whether browsers use TLS."""
    headers = {
        "Content-Security-Policy": _content_security_policy(policy),
        "Permissions-Policy": _permissions_policy(policy),
        "Referrer-Policy": policy.referrer,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
    }
    if not policy.frame_ancestors:
        headers["X-Frame-Options"] = "DENY"
    if not policy.frame_ancestors and not policy.keeps_opener:
        # Not for framed pages: the LMS may have opened them as a window and listen to it.
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if secure:
        headers["Strict-Transport-Security"] = StrictTransportSecurity().max_age(_YEAR).header_value
    return headers


def _content_security_policy(policy: PagePolicy) -> str:
    csp = ContentSecurityPolicy().default_src("'none'")
    csp.script_src("'self'").style_src("'self'").connect_src("'self'")
    csp.img_src("'self'", *(["data:"] if policy.data_images else []))
    csp.font_src("'self'")
    csp.base_uri("'none'").form_action("'self'", *_sources(policy.form_targets))
    csp.frame_ancestors(*(_sources(policy.frame_ancestors) or ["'none'"]))
    if policy.frame_sources:
        csp.frame_src(*_sources(policy.frame_sources))
    return csp.header_value


def _permissions_policy(policy: PagePolicy) -> str:
    permissions = PermissionsPolicy()
    # A page can only delegate features that it has itself (Permissions Policy §9.8).
    holders = ["self", f'"{policy.device_origin}"'] if _sources((policy.device_origin,)) else []
    for feature in _EMBED_FEATURES:
        getattr(permissions, feature)(*holders)
    permissions.clipboard_write(*(holders or ["self"]))
    for feature in _NO_FEATURES:
        getattr(permissions, feature)()
    return permissions.header_value


def _sources(sources: tuple[str, ...]) -> list[str]:
    """Return the sources that are valid in a header."""
    return [source for source in sources if _SOURCE.fullmatch(source)]
