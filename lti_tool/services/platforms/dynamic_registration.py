"""Dynamic registration: an LMS registers the tool through a single-use link (1EdTech lti-dr)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select

from lti_tool.errors import N_, Phrase, ToolError
from lti_tool.lms import LmsPlugin, plugin_for
from lti_tool.lms.generic import GENERIC
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.platform_configuration import (
    ADDRESS_LENGTH,
    PlatformConfiguration,
    host_of,
    is_issuers_own,
    read_configuration,
)
from lti_tool.lti.protocol.registration_errors import (
    ConfigurationUnreadable,
    LmsUnreachable,
    RegistrationLinkBusy,
    RegistrationLinkForNew,
    RegistrationLinkForOther,
    RegistrationRefused,
)
from lti_tool.lti.protocol.tool_registration import (
    CUSTOM,
    SCOPES,
    Registered,
    ToolAddresses,
    read_registered,
    registration_request,
)
from lti_tool.models import (
    LMS,
    OPERATOR,
    AuditAction,
    Deployment,
    Platform,
    RegistrationLink,
    add_audit_entry,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.platform_http import PlatformHttp
from lti_tool.services.platforms.check_results import CheckResult, record_results
from lti_tool.services.platforms.registration_links import (
    ClaimedLink,
    add_link,
    claim_link,
    link_token,
    release_link,
    update_link,
    valid_link,
)

log = structlog.get_logger(__name__)


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
        secret_key: str,
        https_only: bool = True,
    ) -> None:
        self._secret_key = secret_key
        self._http = http
        self._tool = ToolAddresses(base_url)
        self._check = check
        self._https_only = https_only

    def invite(
        self,
        *,
        name: str = "",
        lifetime: timedelta = timedelta(days=3),
        hosts: Sequence[str] = (),
        waits: bool = False,
        replaces: Platform | None = None,
    ) -> str:
        """Return the address of a new link, see :meth:`add_link`."""
        link = self.add_link(name=name, lifetime=lifetime, hosts=hosts, waits=waits, replaces=replaces)
        return self.address_of(link)

    def add_link(
        self,
        *,
        name: str = "",
        lifetime: timedelta = timedelta(days=3),
        hosts: Sequence[str] = (),
        waits: bool = False,
        replaces: Platform | None = None,
        family: str = "",
        actor: str = OPERATOR,
    ) -> RegistrationLink:
        """Return a new link, with which one LMS registers the tool.

        ``hosts`` may speak for the LMS besides its own; ``waits``: the operator activates the registration later;
        ``replaces`` is the registration that this link changes; ``family`` the LMS whose steps are shown.
        Raises :class:`InvalidValue`.
        """
        return add_link(
            self._secret_key,
            name=name,
            lifetime=lifetime,
            hosts=hosts,
            waits=waits,
            replaces=replaces,
            family=family,
            actor=actor,
        )

    def address_of(self, link: RegistrationLink) -> str:
        """Return the address of a link; empty if the secret key has changed since it was made."""
        token = link_token(self._secret_key, link.id)
        return f"{self._tool.base_url}/register/{token}" if fingerprint(token) == link.token_hash else ""

    def check(self, token: str) -> None:
        """Raise an error unless the link is valid, see :func:`valid_link`."""
        valid_link(token, now())

    def register(self, token: str, configuration_url: str, registration_token: str) -> RegistrationOutcome:
        """Register the LMS that opened the link; raise subclasses of :class:`RegistrationError`.

        The link is used up when the registration is stored. After an earlier failure it can be used again.
        """
        link = claim_link(token)
        try:
            platform, plugin = self._register(link, configuration_url, registration_token)
        except ToolError:
            db.session.rollback()
            release_link(link)
            raise
        log.info("registration.done", platform=platform.id, family=plugin.family, active=platform.active)
        checks = self._check(platform)
        record_results(platform, checks)
        return RegistrationOutcome(platform, plugin, tuple(checks))

    def _register(
        self, link: ClaimedLink, configuration_url: str, registration_token: str
    ) -> tuple[Platform, LmsPlugin]:
        configuration = self._fetch_configuration(link, configuration_url, registration_token)
        plugin = plugin_for(configuration.product_family, configuration.issuer)
        if link.for_platform_id:
            _check_issuer(db.session.get_one(Platform, link.for_platform_id), configuration.issuer)
        registered = self._send(configuration, plugin, registration_token)
        new = _NewRegistration(link, configuration, configuration_url, plugin, registered)
        return _store(new), plugin

    def _fetch_configuration(self, link: ClaimedLink, url: str, token: str) -> PlatformConfiguration:
        """Fetch and parse the configuration, with the token, as Canvas requires, or without if the LMS rejects that."""
        response = self._http.get(url, "openid_configuration", token=token)
        if response.status in (400, 401, 403) and token:
            response = self._http.get(url, "openid_configuration")
        if response.status != 200:
            raise LmsUnreachable(f"configuration: {response.status}", host=host_of(url))
        document = response.json()
        if document is None:
            raise ConfigurationUnreadable("not JSON", problem=Phrase(N_("it is not JSON")))
        configuration = read_configuration(
            document, address=url, further_origins=link.origins, https_only=self._https_only
        )
        for name in ("authorization_url", "jwks_url", "token_url"):
            if address := getattr(configuration, name):
                self._http.check(address, name)
        return configuration

    def _send(self, configuration: PlatformConfiguration, plugin: LmsPlugin, token: str) -> Registered:
        body = registration_request(
            self._tool,
            configuration,
            plugin.messages,
            plugin.registration_extensions,
            scopes=(*SCOPES, *plugin.scopes),
            custom_parameters={**CUSTOM, **plugin.custom_parameters},
        )
        response = self._http.post(configuration.registration_url, "registration_endpoint", body, token=token)
        if response.status not in (200, 201):
            reason = response.reason()
            raise RegistrationRefused(f"{response.status} {reason}", reason=reason)
        return read_registered(response.json())


@dataclass(frozen=True, slots=True)
class _NewRegistration:
    """Everything needed to store a registration."""

    link: ClaimedLink
    configuration: PlatformConfiguration
    configuration_url: str
    plugin: LmsPlugin
    registered: Registered

    @property
    def needs_confirmation(self) -> bool:
        """Whether the operator must switch the registration on.

        So it is where the link says it, and where a host that the operator didn't name spoke for the issuer.
        """
        own = is_issuers_own(self.configuration_url, self.configuration.issuer)
        return self.link.waits or not (own or origin_of(self.configuration_url) in self.link.origins)


@retry_on_conflict
def _store(new: _NewRegistration) -> Platform:
    """Store the registration and mark the link as used. Commits.

    Changes an existing registration only with a link that was made for it; raises :class:`RegistrationLinkForNew` or
    :class:`RegistrationLinkForOther`.
    """
    row, action = _platform_of(new)
    configuration = new.configuration
    row.client_id = new.registered.client_id
    row.family = "" if new.plugin is GENERIC else new.plugin.family
    row.authorization_url = configuration.authorization_url
    row.jwks_url = configuration.jwks_url
    row.configuration_url = _storable_url(new.configuration_url)
    row.registered_from = origin_of(new.configuration_url)
    row.token_url = configuration.token_url
    row.token_audience = configuration.token_audience
    row.frame_hosts = list(dict.fromkeys((*row.frame_hosts, *_frame_hosts(new))))
    row.active = row.active and not new.needs_confirmation
    _add_deployment(row, new.registered.deployment_id)
    db.session.flush()
    if not update_link(new.link, used_at=now(), platform_id=row.id):
        raise RegistrationLinkBusy("took longer than its lease")
    add_audit_entry(action, LMS, subject=row.id, platform_id=row.id, detail=f"invitation {new.link.id}")
    db.session.commit()
    return row


def _platform_of(new: _NewRegistration) -> tuple[Platform, AuditAction]:
    """Return the row to fill: a new one, or the one for which the link was made."""
    issuer, client_id = new.configuration.issuer, new.registered.client_id
    existing = db.session.scalar(select(Platform).where(Platform.issuer == issuer, Platform.client_id == client_id))
    if existing is not None and existing.id != new.link.for_platform_id:
        raise RegistrationLinkForNew(issuer=issuer, client_id=client_id)
    if new.link.for_platform_id is None:
        row = Platform(issuer=issuer, active=True, name=new.link.name or new.configuration.account, frame_hosts=[])
        db.session.add(row)
        return row, AuditAction.PLATFORM_ADDED
    row = db.session.get_one(Platform, new.link.for_platform_id)
    _check_issuer(row, issuer)
    return row, AuditAction.PLATFORM_REPLACED


def _check_issuer(row: Platform, issuer: str) -> None:
    if row.issuer != issuer:
        raise RegistrationLinkForOther(f"the configuration is of {issuer}", issuer=row.issuer)


def _add_deployment(row: Platform, deployment_id: str) -> None:
    if deployment_id and deployment_id not in {deployment.deployment_id for deployment in row.deployments}:
        row.deployments.append(Deployment(deployment_id=deployment_id))


def _storable_url(configuration_url: str) -> str:
    """Return the configuration URL if it can be stored: some LMSs put the registration token into it."""
    fits = len(configuration_url) <= ADDRESS_LENGTH and "token" not in configuration_url.lower()
    return configuration_url if fits else ""


def _frame_hosts(new: _NewRegistration) -> tuple[str, ...]:
    """Return the origin of this site if it differs from the issuer, which many sites may share."""
    site = origin_of(new.configuration_url)
    return () if site == origin_of(new.configuration.issuer) else (site,)
