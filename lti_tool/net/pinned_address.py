"""Which addresses we go to, and at which IP address they really are.

The name is resolved once, its addresses are checked, and the connection goes to a checked address: a name that
changes its answer between the check and the connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from lti_tool.net.fetch_errors import AddressRefused, FetchFailed
from lti_tool.net.networks import is_public, resolve

Resolver = Callable[[str, int], list[str]]

_LONGEST = 4000
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: ``addresses`` are the only places where a connection may go."""

    secure: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Which addresses we go to.

    ``trusted_hosts`` (``host`` or ``host:port``) may be private: only the stand-ins need that.
    ``allow_insecure`` lets plain http through, for the stand-ins too.
    """

    trusted_hosts: frozenset[str] = frozenset()
    allow_insecure: bool = False
    resolver: Resolver = resolve

    def check(self, url: str) -> Target:
        """Where ``url`` leads. Raises :class:`AddressRefused`, or :class:`FetchFailed` for a name without address."""
        try:
            parts = parse_url(url[:_LONGEST]) if url.isprintable() else None
        except LocationParseError:
            parts = None
        if parts is None or len(url) > _LONGEST or not (parts.host or "").strip("[].%"):
            raise AddressRefused("that is no address")
        if parts.scheme != "https" and not (parts.scheme == "http" and self.allow_insecure):
            raise AddressRefused(f"the scheme of an address at {parts.host} is not https")
        if parts.auth is not None:
            raise AddressRefused(f"an address at {parts.host} holds credentials")
        host, port = str(parts.host).strip("[]").rstrip("."), parts.port or _PORTS[parts.scheme]
        return Target(parts.scheme == "https", host, port, parts.request_uri, self._addresses(host, port))

    def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        found = tuple(self.resolver(host, port))
        if not found:
            raise FetchFailed(f"{host} has no address")
        trusted = host in self.trusted_hosts or f"{host}:{port}" in self.trusted_hosts
        if not trusted and not all(is_public(address) for address in found):
            raise AddressRefused(f"{host} is not on the open internet")
        return found
