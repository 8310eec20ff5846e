"""An LMS registers the tool by a link that works once (1EdTech lti-dr)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select

from lti_tool.errors import ToolError
from lti_tool.lms import LmsPlugin, plugin_for
from lti_tool.lms.generic import GENERIC
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.platform_configuration import (
    ADDRESS_LENGTH,
    PlatformConfiguration,
    host_of,
    read_configuration,
)
from lti_tool.lti.protocol.registration_errors import (
    ConfigurationUnreadable,
    LinkBusy,
    LinkRunOut,
    LinkUnknown,
    LinkUsed,
    LmsUnreachable,
    RegistrationRefused,
)
from lti_tool.lti.protocol.tool_registration import Registered, ToolAddresses, read_registered, registration_request
from lti_tool.models import (
    LMS,
    OPERATOR,
    AuditAction,
    Deployment,
    Platform,
    RegistrationLink,
    add_audit_entry,
    compare_and_set,
    db,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.platforms.check_results import CheckResult
from lti_tool.services.platforms.platform_http import PlatformHttp

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
"""How long a registration may take; after that the process that began it is taken for dead."""
TOKEN_CHARACTERS = 43


@dataclass(frozen=True, slots=True)
class RegistrationOutcome:
    """What the administrator is told."""

    platform: Platform
    plugin: LmsPlugin
    findings: tuple[CheckResult, ...]
    """What a first look at the LMS showed: whether launches will work."""


class DynamicRegistration:
    """Makes links, and registers by them."""

    def __init__(
        self,
        http: PlatformHttp,
        base_url: str,
        look: Callable[[Platform], list[CheckResult]],
        *,
        https_only: bool = True,
    ) -> None:
        self._http, self._tool, self._look, self._https_only = http, ToolAddresses(base_url), look, https_only

    def invite(
        self, *, name: str = "", lifetime: timedelta = timedelta(days=3), hosts: Sequence[str] = (), waits: bool = False
    ) -> str:
        """Return a new link, shown once. ``waits``: the operator switches the registration on afterwards."""
        token, link_id = secrets.token_urlsafe(32), new_id()
        db.session.add(
            RegistrationLink(
                id=link_id,
                token_hash=fingerprint(token),
                name=name,
                hosts=[host.strip().lower() for host in hosts],
                waits=waits,
                expires_at=now() + lifetime,
            )
        )
        add_audit_entry(AuditAction.PLATFORM_INVITED, OPERATOR, subject=link_id)
        db.session.commit()
        return f"{self._tool.base_url}/register/{token}"

    def check(self, token: str) -> None:
        """Raise :class:`LinkUnknown`, :class:`LinkUsed` or :class:`LinkRunOut` unless the link may be used."""
        _usable(token, now())

    def register(self, token: str, configuration_url: str, registration_token: str) -> RegistrationOutcome:
        """Register the LMS that opened the link, once; raise leaves of :class:`RegistrationError`.

        The link is spent when the registration is stored. Whatever fails before leaves it as it was.
        """
        link = _take(token)
        try:
            platform, plugin = self._registered(link, configuration_url, registration_token)
        except ToolError:
            db.session.rollback()
            _give_back(link)
            raise
        log.info("registration.done", platform=platform.id, family=plugin.family, active=platform.active)
        return RegistrationOutcome(platform, plugin, tuple(self._look(platform)))

    def _registered(self, link: _Taken, configuration_url: str, registration_token: str) -> tuple[Platform, LmsPlugin]:
        configuration = self._configuration(link, configuration_url, registration_token)
        plugin = plugin_for(configuration.product_family, configuration.issuer)
        registered = self._send(configuration, plugin, registration_token)
        wish = _Wish(link, configuration, configuration_url, plugin, registered)
        return _keep(wish), plugin

    def _configuration(self, link: _Taken, url: str, token: str) -> PlatformConfiguration:
        """Fetch and read. Canvas wants to see the token here already; who takes it for an offence is asked without."""
        answer = self._http.get(url, "openid_configuration", token=token)
        if answer.status in (400, 401, 403) and token:
            answer = self._http.get(url, "openid_configuration")
        if answer.status != 200:
            raise LmsUnreachable(f"configuration: {answer.status}", host=host_of(url))
        document = answer.json()
        if document is None:
            raise ConfigurationUnreadable("no JSON", problem="it is not JSON")
        configuration = read_configuration(document, address=url, further_hosts=link.hosts, https_only=self._https_only)
        for what in ("authorization_url", "jwks_url", "token_url"):
            if address := getattr(configuration, what):
                self._http.check(address, what)
        return configuration

    def _send(self, configuration: PlatformConfiguration, plugin: LmsPlugin, token: str) -> Registered:
        body = registration_request(self._tool, configuration, plugin.messages, plugin.registration_extensions)
        answer = self._http.post(configuration.registration_url, "registration_endpoint", body, token=token)
        if answer.status not in (200, 201):
            reason = answer.reason()
            raise RegistrationRefused(f"{answer.status} {reason}", reason=reason)
        return read_registered(answer.json())


@dataclass(frozen=True, slots=True)
class _Taken:
    """A link that nobody else holds."""

    id: str
    name: str
    hosts: tuple[str, ...]
    waits: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class _Wish:
    """Everything that a stored registration is made of."""

    link: _Taken
    configuration: PlatformConfiguration
    configuration_url: str
    plugin: LmsPlugin
    registered: Registered


def _usable(token: str, moment: datetime) -> RegistrationLink:
    query = select(RegistrationLink).where(RegistrationLink.token_hash == fingerprint(token))
    row = db.session.scalar(query) if len(token) == TOKEN_CHARACTERS and token.isascii() else None
    if row is None:
        raise LinkUnknown
    if row.used_at is not None:
        raise LinkUsed
    if row.expires_at <= moment:
        raise LinkRunOut
    return row


@retry_on_conflict
def _take(token: str) -> _Taken:
    """Take the lease: of two at once, one gets it. Commits."""
    moment = now()
    row = _usable(token, moment)
    taken = _Taken(row.id, row.name, tuple(row.hosts), row.waits, moment)
    free = or_(RegistrationLink.taken_at.is_(None), RegistrationLink.taken_at <= moment - LEASE)
    unused = RegistrationLink.used_at.is_(None)
    ours = compare_and_set(RegistrationLink, RegistrationLink.id == row.id, unused, free, taken_at=moment)
    db.session.commit()
    if not ours:
        raise LinkBusy
    return taken


@retry_on_conflict
def _give_back(link: _Taken) -> None:
    _change(link, taken_at=None)
    db.session.commit()


def _change(link: _Taken, **values: object) -> bool:
    """Change the link if it is still held; return whether it was."""
    held = (RegistrationLink.taken_at == link.since, RegistrationLink.used_at.is_(None))
    return compare_and_set(RegistrationLink, RegistrationLink.id == link.id, *held, **values)


@retry_on_conflict
def _keep(wish: _Wish) -> Platform:
    """Store the registration, or renew it if this LMS registers again, and spend the link with it. Commits.

    Of two links of one LMS at once, the later one finds the row of the other and renews it.
    """
    configuration, registered = wish.configuration, wish.registered
    row = db.session.scalar(
        select(Platform).where(Platform.issuer == configuration.issuer, Platform.client_id == registered.client_id)
    )
    if row is None:
        row = Platform(issuer=configuration.issuer, client_id=registered.client_id, active=not wish.link.waits)
        row.name, row.frame_hosts = wish.link.name or configuration.account, []
        db.session.add(row)
    row.family = "" if wish.plugin is GENERIC else wish.plugin.family
    row.authorization_url, row.jwks_url = configuration.authorization_url, configuration.jwks_url
    row.configuration_url = _public(wish.configuration_url)
    row.token_url, row.token_audience = configuration.token_url, configuration.token_audience
    row.frame_hosts = list(dict.fromkeys((*row.frame_hosts, *_frames(wish))))
    if registered.deployment_id and registered.deployment_id not in {each.deployment_id for each in row.deployments}:
        row.deployments.append(Deployment(deployment_id=registered.deployment_id))
    db.session.flush()
    if not _change(wish.link, used_at=now(), platform_id=row.id):
        raise LinkBusy("took longer than its lease")
    add_audit_entry(
        AuditAction.PLATFORM_ADDED, LMS, subject=row.id, platform_id=row.id, detail=f"invitation {wish.link.id}"
    )
    db.session.commit()
    return row


def _public(configuration_url: str) -> str:
    """Return where the LMS describes itself, if that can be kept: some put the token of the registration into it."""
    fits = len(configuration_url) <= ADDRESS_LENGTH and "token" not in configuration_url.lower()
    return configuration_url if fits else ""


def _frames(wish: _Wish) -> tuple[str, ...]:
    """Return the origin of this very site where many sites share the issuer."""
    site = origin_of(wish.configuration_url)
    return () if site == origin_of(wish.configuration.issuer) else (site,)
