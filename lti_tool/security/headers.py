"""Security headers: one policy a page, strict unless the page says what it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from secure.headers import ContentSecurityPolicy, PermissionsPolicy, StrictTransportSecurity

ANY_ORIGIN = "*"
"""May frame a page that shows nothing private and does nothing: the page of an error in an LMS that we do not know."""

_SOURCE = re.compile(r"\*|'self'|https?:(?://[A-Za-z0-9_.*:\[\]-]+(?:/[A-Za-z0-9_./-]*)?)?")
_EMBED_FEATURES = ("camera", "microphone")
_NO_FEATURES = ("geolocation", "payment", "usb", "display_capture")
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePolicy:
    """What one page may do, beside what every page may. All tuples hold sources of CSP level 3 (§2.3.1)."""

    frame_ancestors: tuple[str, ...] = ()
    """Who may show the page in a frame; none: nobody."""
    keeps_opener: bool = False
    """Whether the page stands in a window that another site has opened, and belongs to it."""
    frame_sources: tuple[str, ...] = ()
    """What the page shows in frames of its own."""
    device_origin: str = ""
    """Origin of the frame that may ask for camera and microphone."""
    form_targets: tuple[str, ...] = ()
    """Where forms go, beside the tool itself."""
    data_images: bool = False
    """Whether images may stand in the page's own text (``data:``)."""
    referrer: str = "same-origin"
    """Our own requests keep their ``Origin``; others learn nothing, for addresses here are secrets."""


@lru_cache(maxsize=1000)
def security_headers(policy: PagePolicy, *, secure: bool) -> Mapping[str, str]:
    """Return the headers of a page, to be read only; ``secure`` is whether browsers reach the tool over TLS."""
    headers = {
        "Content-Security-Policy": _content_security_policy(policy),
        "Permissions-Policy": _permissions_policy(policy),
        "Referrer-Policy": policy.referrer,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if not policy.frame_ancestors:
        headers["X-Frame-Options"] = "DENY"
    if not policy.frame_ancestors and not policy.keeps_opener:
        # Only here: a launched page may be a window that the LMS has opened and listens to.
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if secure:
        headers["Strict-Transport-Security"] = StrictTransportSecurity().max_age(_YEAR).header_value
    return headers


def _content_security_policy(policy: PagePolicy) -> str:
    csp = ContentSecurityPolicy().default_src("'none'")
    csp.script_src("'self'").style_src("'self'").connect_src("'self'")
    csp.img_src("'self'", *(["data:"] if policy.data_images else []))
    csp.base_uri("'none'").form_action("'self'", *_sources(policy.form_targets))
    csp.frame_ancestors(*(_sources(policy.frame_ancestors) or ["'none'"]))
    if policy.frame_sources:
        csp.frame_src(*_sources(policy.frame_sources))
    return csp.header_value


def _permissions_policy(policy: PagePolicy) -> str:
    permissions = PermissionsPolicy()
    # The page itself must hold what it lends (Permissions Policy §9.8).
    holders = ["self", f'"{policy.device_origin}"'] if _sources((policy.device_origin,)) else []
    for feature in _EMBED_FEATURES:
        getattr(permissions, feature)(*holders)
    permissions.clipboard_write(*(holders or ["self"]))
    for feature in _NO_FEATURES:
        getattr(permissions, feature)()
    return permissions.header_value


def _sources(sources: tuple[str, ...]) -> list[str]:
    """Return those that a header can hold; what is no source opens nothing."""
    return [source for source in sources if _SOURCE.fullmatch(source)]
