"""Dynamic registration: an LMS registers the tool through a single-use link (1EdTech lti-dr)."""

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
"""How long a registration may take; after that we assume that its process has died."""
TOKEN_CHARACTERS = 43


@dataclass(frozen=True, slots=True)
class RegistrationOutcome:
    """The result that the administrator sees."""

    platform: Platform
    plugin: LmsPlugin
    checks: tuple[CheckResult, ...]
    """The quick checks of the new registration: whether launches will work."""


class DynamicRegistration:
    """Creates registration links, and registers platforms that open them."""

    def __init__(
        self,
        http: PlatformHttp,
        base_url: str,
        check: Callable[[Platform], list[CheckResult]],
        *,
        https_only: bool = True,
    ) -> None:
        self._http, self._tool, self._check, self._https_only = http, ToolAddresses(base_url), check, https_only

    def invite(
        self, *, name: str = "", lifetime: timedelta = timedelta(days=3), hosts: Sequence[str] = (), waits: bool = False
    ) -> str:
        """Return a new link, which can't be shown again. ``waits``: the operator activates the registration later."""
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
        """Raise :class:`LinkUnknown`, :class:`LinkUsed` or :class:`LinkRunOut` unless the link is valid."""
        _valid_link(token, now())

    def register(self, token: str, configuration_url: str, registration_token: str) -> RegistrationOutcome:
        """Register the LMS that opened the link; raise subclasses of :class:`RegistrationError`.

        The link is used up when the registration is stored. After an earlier failure it can be used again.
        """
        link = _claim(token)
        try:
            platform, plugin = self._register(link, configuration_url, registration_token)
        except ToolError:
            db.session.rollback()
            _release(link)
            raise
        log.info("registration.done", platform=platform.id, family=plugin.family, active=platform.active)
        return RegistrationOutcome(platform, plugin, tuple(self._check(platform)))

    def _register(
        self, link: _ClaimedLink, configuration_url: str, registration_token: str
    ) -> tuple[Platform, LmsPlugin]:
        configuration = self._fetch_configuration(link, configuration_url, registration_token)
        plugin = plugin_for(configuration.product_family, configuration.issuer)
        registered = self._send(configuration, plugin, registration_token)
        new = _NewRegistration(link, configuration, configuration_url, plugin, registered)
        return _store(new), plugin

    def _fetch_configuration(self, link: _ClaimedLink, url: str, token: str) -> PlatformConfiguration:
        """Fetch and parse the configuration, with the token, as Canvas requires, or without if the LMS rejects that."""
        answer = self._http.get(url, "openid_configuration", token=token)
        if answer.status in (400, 401, 403) and token:
            answer = self._http.get(url, "openid_configuration")
        if answer.status != 200:
            raise LmsUnreachable(f"configuration: {answer.status}", host=host_of(url))
        document = answer.json()
        if document is None:
            raise ConfigurationUnreadable("no JSON", problem="it is not JSON")
        configuration = read_configuration(document, address=url, further_hosts=link.hosts, https_only=self._https_only)
        for name in ("authorization_url", "jwks_url", "token_url"):
            if address := getattr(configuration, name):
                self._http.check(address, name)
        return configuration

    def _send(self, configuration: PlatformConfiguration, plugin: LmsPlugin, token: str) -> Registered:
        body = registration_request(self._tool, configuration, plugin.messages, plugin.registration_extensions)
        answer = self._http.post(configuration.registration_url, "registration_endpoint", body, token=token)
        if answer.status not in (200, 201):
            reason = answer.reason()
            raise RegistrationRefused(f"{answer.status} {reason}", reason=reason)
        return read_registered(answer.json())


@dataclass(frozen=True, slots=True)
class _ClaimedLink:
    """A link that this process has claimed."""

    id: str
    name: str
    hosts: tuple[str, ...]
    waits: bool
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class _NewRegistration:
    """Everything needed to store a registration."""

    link: _ClaimedLink
    configuration: PlatformConfiguration
    configuration_url: str
    plugin: LmsPlugin
    registered: Registered


def _valid_link(token: str, moment: datetime) -> RegistrationLink:
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
def _claim(token: str) -> _ClaimedLink:
    """Claim the link; of two processes at once, one succeeds. Commits."""
    moment = now()
    row = _valid_link(token, moment)
    link = _ClaimedLink(row.id, row.name, tuple(row.hosts), row.waits, moment)
    free = or_(RegistrationLink.taken_at.is_(None), RegistrationLink.taken_at <= moment - LEASE)
    unused = RegistrationLink.used_at.is_(None)
    claimed = compare_and_set(RegistrationLink, RegistrationLink.id == row.id, unused, free, taken_at=moment)
    db.session.commit()
    if not claimed:
        raise LinkBusy
    return link


@retry_on_conflict
def _release(link: _ClaimedLink) -> None:
    _update(link, taken_at=None)
    db.session.commit()


def _update(link: _ClaimedLink, **values: object) -> bool:
    """Update the link if we still hold it; return whether we did."""
    is_held = (RegistrationLink.taken_at == link.claimed_at, RegistrationLink.used_at.is_(None))
    return compare_and_set(RegistrationLink, RegistrationLink.id == link.id, *is_held, **values)


@retry_on_conflict
def _store(new: _NewRegistration) -> Platform:
    """Store the registration, or update it if this LMS registers again, and mark the link as used. Commits.

    If one LMS uses two links at once, the later one updates the row of the other.
    """
    configuration, registered = new.configuration, new.registered
    row = db.session.scalar(
        select(Platform).where(Platform.issuer == configuration.issuer, Platform.client_id == registered.client_id)
    )
    if row is None:
        row = Platform(issuer=configuration.issuer, client_id=registered.client_id, active=not new.link.waits)
        row.name, row.frame_hosts = new.link.name or configuration.account, []
        db.session.add(row)
    row.family = "" if new.plugin is GENERIC else new.plugin.family
    row.authorization_url, row.jwks_url = configuration.authorization_url, configuration.jwks_url
    row.configuration_url = _storable_url(new.configuration_url)
    row.token_url, row.token_audience = configuration.token_url, configuration.token_audience
    row.frame_hosts = list(dict.fromkeys((*row.frame_hosts, *_frame_hosts(new))))
    if registered.deployment_id and registered.deployment_id not in {each.deployment_id for each in row.deployments}:
        row.deployments.append(Deployment(deployment_id=registered.deployment_id))
    db.session.flush()
    if not _update(new.link, used_at=now(), platform_id=row.id):
        raise LinkBusy("took longer than its lease")
    add_audit_entry(
        AuditAction.PLATFORM_ADDED, LMS, subject=row.id, platform_id=row.id, detail=f"invitation {new.link.id}"
    )
    db.session.commit()
    return row


def _storable_url(configuration_url: str) -> str:
    """Return the configuration URL if it can be stored: some LMSs put the registration token into it."""
    fits = len(configuration_url) <= ADDRESS_LENGTH and "token" not in configuration_url.lower()
    return configuration_url if fits else ""


def _frame_hosts(new: _NewRegistration) -> tuple[str, ...]:
    """Return the origin of this site if it differs from the issuer, which many sites may share."""
    site = origin_of(new.configuration_url)
    return () if site == origin_of(new.configuration.issuer) else (site,)
