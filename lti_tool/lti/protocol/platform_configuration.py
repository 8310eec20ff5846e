"""A platform's OpenID configuration (1EdTech lti-dr §3.3, OpenID Connect Discovery 1.0 §3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from lti_tool.lti.protocol.addresses import is_web_address
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, Reader, storable
from lti_tool.lti.protocol.registration_errors import (
    ConfigurationUnreadable,
    ForeignHost,
    IssuerForeign,
    LmsAddressRefused,
)
from lti_tool.lti.protocol.token_errors import ClaimMalformed, ClaimMissing

LTI = "https://purl.imsglobal.org/spec/lti-platform-configuration"
ACCOUNT_NAME = "https://canvas.instructure.com/lti/account_name"
ADDRESS_LENGTH = 1000

_INSTRUCTURE = ("instructure.com", "canvaslms.com")
CLOUDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {f"canvas{site}.instructure.com": _INSTRUCTURE for site in ("", ".beta", ".test")}
    # Observed: Blackboard's endpoints moved to its owner's domain, Schoology's are beside its issuer.
    | {"blackboard.com": ("anthology.com",), "schoology.schoology.com": ("schoology.com",)}
)
"""Domains of a vendor whose customers share one issuer.

See docs/reference/lms-behaviour.md#canvas-launch-and-registration.
"""


TOKEN_HOSTS = ("auth.brightspace.com",)
"""Token endpoints that a vendor shares between all sites; every Brightspace names this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformConfiguration:
    """A checked configuration: every URL belongs to the issuer and may be stored and opened."""

    issuer: str
    authorization_url: str
    registration_url: str
    jwks_url: str
    token_url: str = ""
    token_audience: str = ""
    """``authorization_server``: audience of the client assertion if it is not the token URL."""
    product_family: str = ""
    account: str = ""
    """Name of the institution, if the platform gives it."""
    message_types: frozenset[str] | None = None
    """``None``: unknown."""
    scopes: frozenset[str] | None = None


def read_configuration(
    document: object, *, address: str, further_hosts: Collection[str] = (), https_only: bool = True
) -> PlatformConfiguration:
    """Read the configuration found at ``address``.

    ``further_hosts`` may serve the platform besides the issuer's host. Raises leaves of :class:`RegistrationError`.
    """
    if not isinstance(document, dict):
        raise ConfigurationUnreadable(problem="it is not a JSON object")
    try:
        return _read(_Addresses(document, address, frozenset(further_hosts), https_only=https_only))
    except (ClaimMissing, ClaimMalformed) as error:
        raise ConfigurationUnreadable(problem=str(error.facts["claim"])) from error


class _Addresses:
    """The configuration's URLs, checked as they are read."""

    def __init__(
        self, document: Mapping[str, object], address: str, further_hosts: frozenset[str], *, https_only: bool
    ) -> None:
        self.reader, self._https_only = Reader(document), https_only
        self.issuer = self._issuer(host_of(address), further_hosts)
        own = host_of(self.issuer)
        self._exact = {own, host_of(address), *further_hosts}
        self._domains = (own, *CLOUDS.get(own, ()))

    def needed(self, name: str, *elsewhere: str) -> str:
        """Return the URL under ``name``, which may also be at the hosts ``elsewhere``."""
        return self._checked(name, self.reader.needed_text(name), elsewhere)

    def optional(self, name: str, *elsewhere: str) -> str:
        """Return the URL under ``name``; empty if there is none."""
        return self.needed(name, *elsewhere) if self.reader.value(name) is not None else ""

    def _issuer(self, host: str, further_hosts: frozenset[str]) -> str:
        issuer = self.reader.needed_identifier("issuer")
        if not is_web_address(issuer, https_only=self._https_only):
            raise LmsAddressRefused(what="issuer")
        own = host_of(issuer)
        if not (_below(host, (own, *CLOUDS.get(own, ()))) or host in further_hosts):
            raise IssuerForeign(host=host, issuer=issuer)
        return issuer

    def _checked(self, name: str, url: str, elsewhere: tuple[str, ...]) -> str:
        valid = len(url) <= ADDRESS_LENGTH and storable(url) and is_web_address(url, https_only=self._https_only)
        if not valid:
            raise LmsAddressRefused(what=name)
        host = host_of(url)
        if host not in (*self._exact, *elsewhere) and not _below(host, self._domains):
            raise ForeignHost(f"{name} at {host}", host=host)
        return url


def _read(addresses: _Addresses) -> PlatformConfiguration:
    reader = addresses.reader
    platform = reader.part(LTI)
    return PlatformConfiguration(
        issuer=addresses.issuer,
        authorization_url=addresses.needed("authorization_endpoint"),
        registration_url=addresses.needed("registration_endpoint"),
        jwks_url=addresses.needed("jwks_uri"),
        token_url=addresses.optional("token_endpoint", *TOKEN_HOSTS),
        token_audience=reader.text("authorization_server", ADDRESS_LENGTH),
        product_family=platform.text("product_family_code", 40),
        account=platform.text(ACCOUNT_NAME, IDENTIFIER_LENGTH),
        message_types=_message_types(platform),
        scopes=frozenset(reader.texts("scopes_supported")) if reader.value("scopes_supported") is not None else None,
    )


def _message_types(platform: Reader) -> frozenset[str] | None:
    """Return the message types: a list of objects, on some platforms of plain names."""
    messages = platform.value("messages_supported")
    if not isinstance(messages, list) or not messages:
        return None
    types = (message.get("type") if isinstance(message, dict) else message for message in messages)
    return frozenset(name for name in types if isinstance(name, str))


def host_of(url: str) -> str:
    """Return the host of a URL in lower case; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _below(host: str, domains: tuple[str, ...]) -> bool:
    """Return whether ``host`` is one of ``domains`` or a subdomain, whose name only the domain's owner can give."""
    return any(host == domain or (host.endswith(f".{domain}") and "." in domain) for domain in domains if domain)
