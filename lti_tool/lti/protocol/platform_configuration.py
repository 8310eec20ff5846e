"""A platform's OpenID configuration (1EdTech lti-dr §3.3, OpenID Connect Discovery 1.0 §3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from lti_tool.errors import N_, Phrase
from lti_tool.lti.protocol.addresses import is_web_address, origin_of
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


@dataclass(frozen=True, slots=True)
class SharedIssuer:
    """A vendor whose customers share one issuer, and the hosts that speak for it. ``*.`` matches one label."""

    configuration_hosts: tuple[str, ...]
    """Hosts of the configuration and of the registration endpoint; a customer may have one of its own."""
    endpoint_hosts: tuple[str, ...]
    """Hosts of the login, the keys and the access tokens, which are the vendor's only."""


def _canvas(environment: str) -> SharedIssuer:
    sites, sso = f"{environment}instructure.com", f"sso.{environment}canvaslms.com"
    return SharedIssuer((f"*.{sites}", sso), (f"canvas.{sites}", sso))


SHARED_ISSUERS: Mapping[str, SharedIssuer] = MappingProxyType(
    {f"https://canvas.{environment}instructure.com": _canvas(environment) for environment in ("", "beta.", "test.")}
    | {
        # Observed: Blackboard's endpoints moved to its owner's domain, Schoology's are beside its issuer.
        "https://blackboard.com": SharedIssuer(
            ("developer.blackboard.com", "developer.anthology.com"),
            ("developer.blackboard.com", "developer.anthology.com"),
        ),
        "https://schoology.schoology.com": SharedIssuer(
            ("lti-service.svc.schoology.com",), ("lti-service.svc.schoology.com",)
        ),
    }
)
"""See docs/reference/lms-behaviour.md#canvas-launch-and-registration."""

OWN_ISSUER = SharedIssuer((), ())

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
    document: object, *, address: str, further_origins: Collection[str] = (), https_only: bool = True
) -> PlatformConfiguration:
    """Read the configuration found at ``address``.

    ``further_origins`` may serve the platform besides the issuer's own.
    Raises subclasses of :class:`RegistrationError`.
    """
    if not isinstance(document, dict):
        raise ConfigurationUnreadable(problem=Phrase(N_("it is not a JSON object")))
    try:
        return _read(_Addresses(document, address, frozenset(further_origins), https_only=https_only))
    except (ClaimMissing, ClaimMalformed) as error:
        raise ConfigurationUnreadable(problem=str(error.facts["claim"])) from error


class _Addresses:
    """The configuration's URLs, checked as they are read.

    Whole origins are compared: neither another port nor a host below the issuer's speaks for it, because other people
    may have a program or a page there.
    """

    def __init__(
        self, document: Mapping[str, object], address: str, further_origins: frozenset[str], *, https_only: bool
    ) -> None:
        self.reader = Reader(document)
        self._https_only = https_only
        self.issuer = self._read_issuer()
        self._shared = SHARED_ISSUERS.get(self.issuer.rstrip("/"), OWN_ISSUER)
        self._origins = {origin_of(self.issuer), *further_origins}
        if not self._speaks(address, self._shared.configuration_hosts):
            raise IssuerForeign(host=host_and_port(address), issuer=self.issuer)

    def endpoint(self, name: str, *elsewhere: str) -> str:
        """Return the URL under ``name``, which may also be at the hosts ``elsewhere``."""
        return self._checked(name, (*self._shared.endpoint_hosts, *elsewhere))

    def optional_endpoint(self, name: str, *elsewhere: str) -> str:
        """Return the URL under ``name``; empty if there is none."""
        return self.endpoint(name, *elsewhere) if self.reader.value(name) is not None else ""

    def registration_endpoint(self) -> str:
        """Return the URL of the registration endpoint, which a vendor may have at each customer's host."""
        return self._checked("registration_endpoint", self._shared.configuration_hosts)

    def _read_issuer(self) -> str:
        issuer = self.reader.needed_identifier("issuer")
        if not is_web_address(issuer, https_only=self._https_only):
            raise LmsAddressRefused(what="issuer")
        return issuer

    def _checked(self, name: str, hosts: tuple[str, ...]) -> str:
        url = self.reader.needed_text(name)
        valid = len(url) <= ADDRESS_LENGTH and storable(url) and is_web_address(url, https_only=self._https_only)
        if not valid:
            raise LmsAddressRefused(what=name)
        if not self._speaks(url, hosts):
            raise ForeignHost(f"{name} at {origin_of(url)}", host=host_and_port(url))
        return url

    def _speaks(self, url: str, hosts: tuple[str, ...]) -> bool:
        """Return whether ``url`` is at the issuer's origin, one that the link allows, or one of ``hosts``."""
        origin = origin_of(url)
        return origin in self._origins or any(_is_at(origin, host) for host in hosts)


def _read(addresses: _Addresses) -> PlatformConfiguration:
    reader = addresses.reader
    platform = reader.part(LTI)
    return PlatformConfiguration(
        issuer=addresses.issuer,
        authorization_url=addresses.endpoint("authorization_endpoint"),
        registration_url=addresses.registration_endpoint(),
        jwks_url=addresses.endpoint("jwks_uri"),
        token_url=addresses.optional_endpoint("token_endpoint", *TOKEN_HOSTS),
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


def host_and_port(url: str) -> str:
    """Return what ``platforms invite --host`` takes for this URL: the scheme is given only where it is not https."""
    return origin_of(url).removeprefix("https://")


def is_issuers_own(configuration_url: str, issuer: str) -> bool:
    """Return whether the configuration was at the issuer's own origin."""
    return bool(origin_of(issuer)) and origin_of(configuration_url) == origin_of(issuer)


def _is_at(origin: str, host: str) -> bool:
    """Return whether ``origin`` is ``host`` over https, or one label before it if ``host`` begins with ``*``."""
    if not host.startswith("*."):
        return origin == f"https://{host}"
    label, _, domain = origin.removeprefix("https://").partition(".")
    return origin == f"https://{label}.{domain}" and domain == host.removeprefix("*.")
