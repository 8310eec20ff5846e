"""Address rules: which URLs may be opened, and the IP address to connect to.

A name is resolved once, its addresses are checked, and the connection goes to a checked address: a name that changes
its answer between the check and the connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from lti_tool.net.errors import AddressForbidden, HostUnknown

Resolver = Callable[[str, int], list[str]]
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_MAX_LENGTH = 4000
_PORTS = {"https": 443, "http": 80}
# Python calls some of these global: protocol assignments, 6to4 relays (RFC 7526), segment routing (RFC 9602), examples.
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "5f00::/16", "3fff::/20")))
# All public IPv6 addresses so far (RFC 4291 §2.4, IANA's registry); the rest is local, translated or reserved.
_UNICAST = ipaddress.ip_network("2000::/3")
# An IPv4 address behind a translator (RFC 6052 §2.1), as an IPv6-only network's resolver returns it.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Return all addresses of ``host``, IPv4 first. ``localhost`` and names below it are loopback (RFC 6761 §6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in sorted(entries, key=lambda entry: entry[0])))


def is_public(address: str) -> bool:
    """Return whether ``address`` belongs to the open internet, also if it hides an IPv4 address in an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    embedded = _embedded(ip)
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _UNICAST:
        return ip in _NAT64 and all(map(_is_global, embedded))
    return all(map(_is_global, (ip, *embedded)))


def _is_global(ip: IpAddress) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


def _embedded(ip: IpAddress) -> list[IpAddress]:
    """Return the IPv4 addresses inside an IPv6 address."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    parts = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        parts.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [part for part in parts if part is not None]


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address; connections go only to ``addresses``."""

    secure: bool
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """Host, with the port unless it is the scheme's default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[bool, str, int]:
        """Scheme, host and port."""
        return (self.secure, self.host, self.port)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Rules for outgoing connections: public hosts over https, without credentials in the address.

    ``trusted_hosts`` (``host`` or ``host:port``) may be private; ``allow_insecure`` permits plain http.
    """

    trusted_hosts: frozenset[str] = frozenset()
    allow_insecure: bool = False
    resolver: Resolver = resolve

    def check(self, url: str) -> Target:
        """Return where ``url`` leads; raise :class:`AddressForbidden` or :class:`HostUnknown`."""
        try:
            parts = parse_url(url[:_MAX_LENGTH]) if url.isprintable() else None
        except LocationParseError:
            parts = None
        if parts is None or len(url) > _MAX_LENGTH or not (parts.host or "").strip("[].%"):
            raise AddressForbidden("not an address")
        if parts.scheme != "https" and not (parts.scheme == "http" and self.allow_insecure):
            raise AddressForbidden(f"the scheme of an address at {parts.host} is not https")
        if parts.auth is not None:
            raise AddressForbidden(f"an address at {parts.host} holds credentials")
        host, port = str(parts.host).strip("[]").rstrip("."), parts.port or _PORTS[parts.scheme]
        return Target(parts.scheme == "https", host, port, parts.request_uri, self._addresses(host, port))

    def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        addresses = tuple(self.resolver(host, port))
        if not addresses:
            raise HostUnknown(f"{host} has no address")
        trusted = host in self.trusted_hosts or f"{host}:{port}" in self.trusted_hosts
        if not trusted and not all(map(is_public, addresses)):
            raise AddressForbidden(f"{host} is not on the open internet")
        return addresses
