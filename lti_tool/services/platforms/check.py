"""Check a registration: try what launches need, and explain in plain words what is wrong and how to fix it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

import requests
from cachelib import NullCache

from lti_tool.errors import N_
from lti_tool.lms import plugin_for_registration
from lti_tool.lti.jwks_fetch import fetch_keys
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.errors import KeysUnreachable, KeysUnreadable
from lti_tool.lti.protocol.platform_configuration import PlatformConfiguration, read_configuration
from lti_tool.lti.protocol.registration_errors import RegistrationError
from lti_tool.lti.protocol.tool_registration import SCOPES, ToolAddresses
from lti_tool.lti.service_connector import PlatformServiceConnector, ServiceParts
from lti_tool.lti.service_errors import ServiceError, TokenRefused
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.lti.store.platform_keys import usable_key_ids
from lti_tool.lti.store.tool_keys import ToolKeys
from lti_tool.models import Platform, now
from lti_tool.security.encryption import Vault
from lti_tool.services.operations.health import HTTP_ADDRESS, PROXIES, HealthState
from lti_tool.services.platform_http import PlatformHttp, PlatformResponse
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus, unreachable
from lti_tool.services.platforms.direct_import_check import check_launches, check_plugin, offered_scopes

COMPARED_COLUMNS = {"authorization_url": "authorization-url", "jwks_url": "jwks-url", "token_url": "token-url"}
"""Columns to compare with the LMS's configuration, and the options of ``platforms edit`` that change them."""

NOT_GRANTED = ("invalid_scope", "unauthorized_client")
"""OAuth errors for a client that is known but may not use these scopes."""

CLOCK_FINE, CLOCK_REFUSED = 10, 60
"""Seconds by which clocks may differ: without a remark, and before launches are rejected."""

REACH = N_("Open it on the machine that runs this tool. Check the DNS name, the firewall and the certificate.")
OURS = N_(
    "Check LTI_TOOL_BASE_URL, the DNS name, the proxy in front of the tool and its certificate. If "
    "this machine can't reach its own public name, open the address from outside: the LMS fetches "
    "it from its own server."
)


class PlatformCheck:
    """Sends an LMS the requests that launches and deep linking responses depend on."""

    def __init__(
        self, http: PlatformHttp, *, tool: ToolAddresses, keys: ToolKeys, vault: Vault, scopes: Sequence[str] = SCOPES
    ) -> None:
        self._http = http
        self._tool = tool
        self._keys = keys
        self._vault = vault
        self._scopes = scopes

    def check_all(self, row: Platform) -> list[CheckResult]:
        """Run all checks of one registration."""
        plugin = plugin_for_registration(row.family, row.issuer)
        configuration = self._fetch_configuration(row, row.configuration_url or plugin.configuration_url(row.issuer))
        return [
            *_check_use(row),
            check_keys(row),
            *self._check_login(row),
            *_check_configuration(row, configuration),
            *check_plugin(plugin, configuration),
            *check_launches(row, plugin),
            self._check_token(row, [*self._scopes, *offered_scopes(plugin, configuration)]),
        ]

    def addresses_of_lms(self, row: Platform) -> dict[str, str]:
        """Return the columns in which the LMS's own configuration differs from the registration.

        Only addresses that its issuer, or the configuration with which it registered, may name.
        """
        plugin = plugin_for_registration(row.family, row.issuer)
        url = row.configuration_url or plugin.configuration_url(row.issuer)
        origins = {origin_of(row.configuration_url)} - {""}
        configuration = self._read_configuration(row, url, origins)
        if configuration is None or configuration.issuer != row.issuer:
            return {}
        theirs = {column: getattr(configuration, column) for column in COMPARED_COLUMNS}
        return {column: address for column, address in theirs.items() if address and address != getattr(row, column)}

    def quick_check(self, row: Platform) -> list[CheckResult]:
        """Run the checks without which no launch works; fast enough for a page to wait for."""
        return [check_keys(row), *self._check_login(row)]

    def check_tool_address(self) -> CheckResult:
        """Check that this tool responds at its own public address."""
        name, facts = N_("This tool's address"), {"url": self._tool.jwks}
        try:
            response = self._http.get(self._tool.jwks, "base_url")
        except RegistrationError as error:
            return unreachable(name, self._tool.jwks, error, OURS)
        if {key["kid"] for key in self._keys.jwks()["keys"]} <= _kids(response):
            return CheckResult(name=name, sentence=N_("%(url)s shows this tool's keys."), facts=facts)
        sentence = N_("%(url)s is served by something else, or by another copy of this tool.")
        return CheckResult(name=name, status=CheckStatus.WRONG, sentence=sentence, advice=OURS, facts=facts)

    def check_proxies(self) -> CheckResult:
        """Ask the running tool, through its proxies, whether it trusts them."""
        name = N_("Proxies")
        readiness: object = None
        with suppress(RegistrationError):
            readiness = self._http.get(f"{self._tool.base_url}/readyz", "base_url").json()
        checks = readiness.get("checks") if isinstance(readiness, dict) else None
        proxies = checks.get(PROXIES) if isinstance(checks, dict) else None
        if not isinstance(proxies, dict):
            sentence = N_("Unknown: %(url)s doesn't respond from here.")
            return CheckResult(name=name, sentence=sentence, facts={"url": f"{self._tool.base_url}/readyz"})
        if proxies.get("note") == HTTP_ADDRESS:
            return CheckResult(
                name=name,
                status=CheckStatus.WRONG,
                sentence=N_("Browsers use https, but LTI_TOOL_BASE_URL begins with http://: LMSs refuse that address."),
                advice=N_("Set LTI_TOOL_BASE_URL to the https address that browsers use, and restart the tool."),
            )
        if proxies.get("state") == HealthState.OK:
            return CheckResult(name=name, sentence=N_("The tool sees the addresses of browsers."))
        return CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("A proxy forwards requests, but the tool doesn't trust it: all schools share its address."),
            advice=N_("Set LTI_TOOL_TRUSTED_PROXIES to the number of proxies in front of the tool, and restart it."),
        )

    def _check_login(self, row: Platform) -> Iterator[CheckResult]:
        name, url = N_("Login address"), row.authorization_url
        try:
            response = self._http.get(url, "authorization_url")
        except RegistrationError as error:
            yield unreachable(name, url, error, REACH)
            return
        # Without login parameters it responds with an error, as it should; but it exists.
        if response.status in (404, 410) or response.status >= 500:
            yield CheckResult(
                name=name,
                status=CheckStatus.WRONG,
                sentence=N_("%(url)s returned status %(status)d."),
                advice=N_("Compare it with the authentication request URL shown in the LMS."),
                facts={"url": url, "status": response.status},
            )
        else:
            yield CheckResult(name=name, sentence=N_("%(url)s responds."), facts={"url": url})
        yield from check_clock(response)

    def _fetch_configuration(self, row: Platform, url: str) -> PlatformConfiguration | None:
        """Return the LMS's configuration at ``url``, or ``None`` if it is not public."""
        # The registration has verified these origins; here they are only compared.
        origins = {origin_of(address) for address in (url, row.authorization_url, row.jwks_url, row.token_url)}
        return self._read_configuration(row, url, origins)

    def _read_configuration(self, row: Platform, url: str, origins: set[str]) -> PlatformConfiguration | None:
        if not url:
            return None
        try:
            response = self._http.get(url, "openid_configuration")
            secure = row.issuer.startswith("https://")
            return read_configuration(response.json(), address=url, further_origins=origins, https_only=secure)
        except RegistrationError:
            return None

    def _check_token(self, row: Platform, scopes: Sequence[str]) -> CheckResult:
        """Request an access token: to grant one, the LMS must have read our keys."""
        name = N_("Access token")
        if not scopes:
            return CheckResult(name=name, sentence=N_("Not needed: this tool uses none of the LMS's services."))
        if not row.token_url:
            return CheckResult(
                name=name,
                status=CheckStatus.NOTE,
                sentence=N_("No access token URL is registered. You can add exams without it."),
                advice=N_("If the LMS shows one, register it too: the LMS's services need it."),
            )
        parts = ServiceParts(ServiceHttp(requests.Session()), NullCache(), self._vault, self._keys)
        try:
            PlatformServiceConnector(row, parts).get_access_token(scopes)
        except TokenRefused as error:
            return _token_refused(name, str(error.facts.get("reason", "")))
        except ServiceError as error:
            return unreachable(name, row.token_url, error, REACH)
        return CheckResult(name=name, sentence=N_("The LMS grants the tool access: it has read our keys."))


def check_keys(row: Platform) -> CheckResult:
    """Fetch the public keys as a launch does."""
    name, url = N_("LMS keys"), row.jwks_url
    try:
        keys = fetch_keys(requests.Session(), url)
    except KeysUnreachable as error:
        return unreachable(name, url, error, REACH)
    except KeysUnreadable:
        return CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("%(url)s doesn't return a key set: it must be JSON that begins with “keys”."),
            advice=N_("Compare it with the public keyset URL shown in the LMS."),
            facts={"url": url},
        )
    key_ids = usable_key_ids(keys)
    if key_ids:
        return CheckResult(
            name=name,
            sentence=N_("Usable keys at %(url)s: %(count)d."),
            facts={"url": url, "count": len(key_ids)},
        )
    return CheckResult(
        name=name,
        status=CheckStatus.WRONG,
        sentence=N_("None of the keys at %(url)s is usable (%(count)d in total)."),
        advice=N_("The LMS must have an RSA key of at least 2048 bits with a key ID (kid), for RS256."),
        facts={"url": url, "count": len(keys)},
    )


def check_clock(response: PlatformResponse) -> Iterator[CheckResult]:
    """Compare clocks by the response's Date and Age headers (RFC 9110 §6.6.1, RFC 9111 §5.1)."""
    try:
        date = parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
        theirs = date + timedelta(seconds=int(response.headers.get("age", "0")))
    except (ValueError, OverflowError):
        return
    seconds = round(abs((now() - theirs).total_seconds()))
    if seconds <= CLOCK_FINE:
        yield CheckResult(name=N_("Clock"), sentence=N_("The clocks of the LMS and of this machine agree."))
        return
    yield CheckResult(
        name=N_("Clock"),
        status=CheckStatus.NOTE if seconds <= CLOCK_REFUSED else CheckStatus.WRONG,
        sentence=N_("The clocks of the LMS and of this machine differ by %(seconds)d s."),
        advice=N_("Set both by network time (NTP). Launches are refused once the difference reaches a minute."),
        facts={"seconds": seconds},
    )


def _check_use(row: Platform) -> Iterator[CheckResult]:
    name = N_("Usage")
    if not row.active:
        yield CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("The registration is inactive: launches are refused."),
            advice=N_("Switch it on in the console, or by: python -m lti_tool platforms on"),
        )
    if row.launched_at is None:
        yield CheckResult(
            name=name,
            status=CheckStatus.NOTE,
            sentence=N_("No one has opened the tool from this LMS yet."),
            advice=N_("Enable it in the LMS if it's pending there, and open it once from a course."),
        )


def _check_configuration(row: Platform, configuration: PlatformConfiguration | None) -> Iterator[CheckResult]:
    """Compare the registration with the LMS's public configuration, if it has one."""
    if configuration is None:
        return
    differences = list(_differences(row, configuration))
    same = CheckResult(name=N_("Configuration"), sentence=N_("The LMS's configuration matches its registration."))
    yield from differences or [same]


def _differences(row: Platform, configuration: PlatformConfiguration) -> Iterator[CheckResult]:
    name = N_("Configuration")
    if configuration.issuer != row.issuer:
        yield CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("The LMS identifies itself as %(theirs)s, but %(ours)s is registered."),
            advice=N_("The platform ID must match exactly. If the LMS has moved, register it again."),
            facts={"theirs": configuration.issuer, "ours": row.issuer},
        )
    for column, option in COMPARED_COLUMNS.items():
        ours, theirs = getattr(row, column), getattr(configuration, column)
        if theirs and theirs != ours:
            yield CheckResult(
                name=name,
                status=CheckStatus.WRONG,
                sentence=N_("The LMS gives %(theirs)s, but %(ours)s is registered."),
                advice=N_("Change it in the settings, or by: platforms edit … --%(option)s %(theirs)s"),
                facts={"option": option, "theirs": theirs, "ours": ours or "-"},
            )


def _token_refused(name: str, reason: str) -> CheckResult:
    facts = {"reason": reason or "-"}
    if reason in NOT_GRANTED:
        return CheckResult(
            name=name,
            status=CheckStatus.NOTE,
            sentence=N_("The LMS doesn't let the tool use its services (%(reason)s). You can add exams without them."),
            advice=N_("To allow it, grant the services in the tool's settings in the LMS."),
            facts=facts,
        )
    return CheckResult(
        name=name,
        status=CheckStatus.WRONG,
        sentence=N_(
            "The LMS doesn't grant the tool access (%(reason)s): it doesn't recognise the client ID or our keys."
        ),
        advice=N_(
            "Compare the client ID. Check that this tool's public keyset URL is set in the LMS and "
            "that the LMS's server can open it. Moodle fetches it only from public hosts on port "
            "443 or 80."
        ),
        facts=facts,
    )


def _kids(response: PlatformResponse) -> set[str]:
    document = response.json()
    keys = document.get("keys") if isinstance(document, dict) else None
    return {str(key.get("kid")) for key in keys if isinstance(key, dict)} if isinstance(keys, list) else set()
