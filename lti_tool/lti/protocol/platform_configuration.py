"""What a platform says of itself when it registers tools (1EdTech lti-dr §3.3, OpenID Connect Discovery 1.0 §3)."""

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
    # Seen in use: Blackboard's endpoints moved to its owner's domain, Schoology's stand beside its issuer.
    | {"blackboard.com": ("anthology.com",), "schoology.schoology.com": ("schoology.com",)}
)
"""Domains of one vendor that speak for an issuer which thousands of its customers share (facts: lms-behaviour §1.5)."""


TOKEN_HOSTS = ("auth.brightspace.com",)
"""Where a vendor gives out the access tokens of all its sites; every Brightspace names this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformConfiguration:
    """Checked: every address is one that may be stored, opened, and belongs to the issuer."""

    issuer: str
    authorization_url: str
    registration_url: str
    jwks_url: str
    token_url: str = ""
    token_audience: str = ""
    """``authorization_server``: audience of the client assertion where it is not the token URL."""
    product_family: str = ""
    account: str = ""
    """What the institution is called, where the platform says it."""
    message_types: frozenset[str] | None = None
    """``None``: the platform does not say."""
    scopes: frozenset[str] | None = None


def read_configuration(
    document: object, *, address: str, further_hosts: Collection[str] = (), https_only: bool = True
) -> PlatformConfiguration:
    """Read the configuration that came from ``address``.

    ``further_hosts`` may speak for the platform beside the issuer's own. Raises leaves of :class:`RegistrationError`.
    """
    if not isinstance(document, dict):
        raise ConfigurationUnreadable(problem="it is not a JSON object")
    try:
        return _read(_Addresses(document, address, frozenset(further_hosts), https_only=https_only))
    except (ClaimMissing, ClaimMalformed) as error:
        raise ConfigurationUnreadable(problem=str(error.facts["claim"])) from error


class _Addresses:
    """The document's addresses, each checked as it is read."""

    def __init__(
        self, document: Mapping[str, object], address: str, further_hosts: frozenset[str], *, https_only: bool
    ) -> None:
        self.reader, self._https_only = Reader(document), https_only
        self.issuer = self._issuer(host_of(address), further_hosts)
        own = host_of(self.issuer)
        self._exact = {own, host_of(address), *further_hosts}
        self._domains = (own, *CLOUDS.get(own, ()))

    def needed(self, name: str, *elsewhere: str) -> str:
        """Return the address under ``name``, which may also stand at the hosts ``elsewhere``."""
        return self._checked(name, self.reader.needed_text(name), elsewhere)

    def optional(self, name: str, *elsewhere: str) -> str:
        """Return the address under ``name``, empty if there is none."""
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
        fine = len(url) <= ADDRESS_LENGTH and storable(url) and is_web_address(url, https_only=self._https_only)
        if not fine:
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
    """Return the types; platforms write a list of objects, some one of plain names."""
    messages = platform.value("messages_supported")
    if not isinstance(messages, list) or not messages:
        return None
    types = (message.get("type") if isinstance(message, dict) else message for message in messages)
    return frozenset(each for each in types if isinstance(each, str))


def host_of(url: str) -> str:
    """Return the host of an address, in small letters; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _below(host: str, domains: tuple[str, ...]) -> bool:
    """Return whether ``host`` is one of ``domains`` or stands below one: whoever owns the domain gave it that name."""
    return any(host == domain or (host.endswith(f".{domain}") and "." in domain) for domain in domains if domain)
