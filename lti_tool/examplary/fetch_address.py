"""Which addresses we go to, and at which IP address they really are.

The name is resolved once, its addresses are checked, and the connection goes to a checked address: a name that
changes its answer between the check and the connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from lti_tool.examplary.fetch_errors import AddressRefused, FetchFailed

Resolver = Callable[[str, int], list[str]]
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_LONGEST = 4000
_PORTS = {"https": 443, "http": 80}
# Networks that lead to an IPv4 address somewhere else, for all that Python calls them global.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """All addresses of ``host``, IPv4 first. ``localhost`` and names under it are loopback (RFC 6761 §6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0])))


def is_public(address: str) -> bool:
    """Whether ``address`` is one of the open internet, also where an IPv4 address hides inside an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in (ip, *_hidden(ip)))


def _hidden(ip: IpAddress) -> list[IpAddress]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    inside = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        inside.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [part for part in inside if part is not None]


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
