"""Detect a proxy that LTI_TOOL_TRUSTED_PROXIES doesn't count: all schools would share its address and its limits."""

from __future__ import annotations

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

FORWARDED_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP")


class ProxyWatch:
    """Remembers whether a request came through a proxy although ``LTI_TOOL_TRUSTED_PROXIES`` is 0.

    A header alone proves nothing, because anyone may send it; but where browsers use TLS and a request arrives without,
    a proxy must have taken the TLS off. The other way round, where the tool's own address is http, the proxy that says
    "https" is believed: it only makes the health check say so.
    """

    def __init__(self, trusted_proxies: int, *, secure: bool) -> None:
        self._may_be_untrusted = secure and trusted_proxies == 0
        self._is_http = not secure
        self.seen_untrusted = False
        self.seen_https = False
        """Whether browsers use https, although the tool's own address begins with http."""

    def notice(self, scheme: str, header: Callable[[str], str | None]) -> None:
        """Examine a request as it arrived; ``header`` returns the value of a header."""
        if self._is_http and not self.seen_https and header("X-Forwarded-Proto") == "https":
            self.seen_https = True
            log.error(
                "proxy.address_is_http",
                setting="LTI_TOOL_BASE_URL",
                problem="browsers use https, but the tool's own address begins with http: LMSs refuse it",
            )
        if self.seen_untrusted or not self._may_be_untrusted or scheme == "https":
            return
        if any(header(name) for name in FORWARDED_HEADERS):
            self.seen_untrusted = True
            log.error(
                "proxy.not_trusted",
                setting="LTI_TOOL_TRUSTED_PROXIES",
                problem="a proxy forwards requests, but the setting is 0: all schools share its address and its limits",
            )
