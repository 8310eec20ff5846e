"""Whether a registration works: what would be found out by trying, in plain words, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator

import requests
from cachelib import NullCache

from lti_tool.errors import N_
from lti_tool.lms import plugin_for, plugin_for_family
from lti_tool.lti.jwks_fetch import fetch_keys
from lti_tool.lti.protocol.errors import KeysUnreachable, KeysUnreadable
from lti_tool.lti.protocol.platform_configuration import PlatformConfiguration, host_of, read_configuration
from lti_tool.lti.protocol.registration_errors import RegistrationError
from lti_tool.lti.protocol.tool_registration import SCOPES, ToolAddresses
from lti_tool.lti.service_connector import Connector, ServiceParts
from lti_tool.lti.service_errors import ServiceError, TokenRefused
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.lti.store.platform_keys import usable
from lti_tool.lti.store.tool_keys import ToolKeys
from lti_tool.models import Platform
from lti_tool.security.encryption import Vault
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus
from lti_tool.services.platforms.clock_check import check_clock
from lti_tool.services.platforms.platform_http import PlatformAnswer, PlatformHttp
from lti_tool.services.platforms.unreachable import unreachable

COMPARED = {"authorization_url": "authorization-url", "jwks_url": "jwks-url", "token_url": "token-url"}
"""What an LMS says of itself and we have stored, and the option of ``platforms edit`` that changes it."""

NO_GRADEBOOK = ("invalid_scope", "unauthorized_client")
"""OAuth's words for: we know you, and this you may not."""

REACH = N_("Open it on the machine that runs this tool. Check the DNS name, the firewall and the certificate.")
OURS = N_(
    "Check LTI_TOOL_BASE_URL, the DNS name, the proxy in front of the tool and its certificate. If "
    "this machine can't reach its own public name, open the address from outside: the LMS fetches "
    "it from its own server."
)


class PlatformCheck:
    """Asks an LMS what launches and answers will ask of it."""

    def __init__(self, http: PlatformHttp, *, tool: ToolAddresses, keys: ToolKeys, vault: Vault) -> None:
        self._http, self._tool, self._keys, self._vault = http, tool, keys, vault

    def check_all(self, row: Platform) -> list[CheckResult]:
        """Look at everything that concerns one registration."""
        return [*_use(row), check_keys(row), *self._login(row), *self._configuration(row), self._token(row)]

    def quick_check(self, row: Platform) -> list[CheckResult]:
        """Look at what must work before anybody can launch; quick enough for a page that waits."""
        return [check_keys(row), *self._login(row)]

    def check_tool_address(self) -> CheckResult:
        """Look whether this tool stands at its own public address."""
        what, facts = N_("This tool's address"), {"url": self._tool.jwks}
        try:
            answer = self._http.get(self._tool.jwks, "base_url")
        except RegistrationError as error:
            return unreachable(what, self._tool.jwks, error, OURS)
        if {key["kid"] for key in self._keys.jwks()["keys"]} <= _kids(answer):
            return CheckResult(what=what, sentence=N_("%(url)s shows this tool's keys."), facts=facts)
        sentence = N_("%(url)s is served by something else, or by another copy of this tool.")
        return CheckResult(what=what, verdict=CheckStatus.WRONG, sentence=sentence, advice=OURS, facts=facts)

    def _login(self, row: Platform) -> Iterator[CheckResult]:
        what, url = N_("Login address"), row.authorization_url
        try:
            answer = self._http.get(url, "authorization_url")
        except RegistrationError as error:
            yield unreachable(what, url, error, REACH)
            return
        # Without the parameters of a login it refuses, as it should; but it is there.
        if answer.status in (404, 410) or answer.status >= 500:
            yield CheckResult(
                what=what,
                verdict=CheckStatus.WRONG,
                sentence=N_("%(url)s returned status %(status)d."),
                advice=N_("Compare it with the authentication request URL shown in the LMS."),
                facts={"url": url, "status": answer.status},
            )
        else:
            yield CheckResult(what=what, sentence=N_("%(url)s responds."), facts={"url": url})
        yield from check_clock(answer)

    def _configuration(self, row: Platform) -> Iterator[CheckResult]:
        """Compare what is stored with what the LMS says of itself, where it says it to everybody."""
        plugin = plugin_for_family(row.family) if row.family else plugin_for("", row.issuer)
        told = self._told(row, row.configuration_url or plugin.configuration_url(row.issuer))
        if told is None:
            return
        differences = list(_differences(row, told))
        same = CheckResult(what=N_("Configuration"), sentence=N_("The LMS's configuration matches its registration."))
        yield from differences or [same]

    def _told(self, row: Platform, url: str) -> PlatformConfiguration | None:
        """Return what the LMS says of itself at ``url``; nothing if it does not say it to everybody."""
        if not url:
            return None
        # Whose hosts they are was asked at the registration; here they are only compared.
        hosts = {host_of(each) for each in (url, row.authorization_url, row.jwks_url, row.token_url)}
        try:
            answer = self._http.get(url, "openid_configuration")
            secure = row.issuer.startswith("https://")
            return read_configuration(answer.json(), address=url, further_hosts=hosts, https_only=secure)
        except RegistrationError:
            return None

    def _token(self, row: Platform) -> CheckResult:
        """Ask for an access token, as for a column in the gradebook: the LMS must read our keys to give one."""
        what = N_("Access token")
        if not row.token_url:
            return CheckResult(
                what=what,
                verdict=CheckStatus.NOTE,
                sentence=N_("No access token URL is registered. You can add exams without it."),
                advice=N_("If the LMS shows one, register it too: gradebook columns need it."),
            )
        parts = ServiceParts(ServiceHttp(requests.Session()), NullCache(), self._vault, self._keys)
        try:
            Connector(row, parts).get_access_token(SCOPES)
        except TokenRefused as error:
            return _refused(what, str(error.facts.get("reason", "")))
        except ServiceError as error:
            return unreachable(what, row.token_url, error, REACH)
        return CheckResult(what=what, sentence=N_("The LMS grants the tool access: it has read our keys."))


def check_keys(row: Platform) -> CheckResult:
    """Fetch the public keys as a launch does."""
    what, url = N_("LMS keys"), row.jwks_url
    try:
        found = fetch_keys(requests.Session(), url)
    except KeysUnreachable as error:
        return unreachable(what, url, error, REACH)
    except KeysUnreadable:
        return CheckResult(
            what=what,
            verdict=CheckStatus.WRONG,
            sentence=N_("%(url)s doesn't return a key set: it must be JSON that begins with “keys”."),
            advice=N_("Compare it with the public keyset URL shown in the LMS."),
            facts={"url": url},
        )
    kids = usable(found)
    if kids:
        return CheckResult(
            what=what,
            sentence=N_("%(url)s lists %(count)d usable keys."),
            facts={"url": url, "count": len(kids)},
        )
    return CheckResult(
        what=what,
        verdict=CheckStatus.WRONG,
        sentence=N_("%(url)s lists %(count)d keys, but none of them is usable."),
        advice=N_("The LMS must have an RSA key of at least 2048 bits with a key ID (kid), for RS256."),
        facts={"url": url, "count": len(found)},
    )


def _use(row: Platform) -> Iterator[CheckResult]:
    what = N_("Usage")
    if not row.active:
        yield CheckResult(
            what=what,
            verdict=CheckStatus.WRONG,
            sentence=N_("The registration is inactive: launches are refused."),
            advice=N_("To activate it: python -m lti_tool platforms on"),
        )
    if not row.deployments:
        yield CheckResult(
            what=what,
            verdict=CheckStatus.NOTE,
            sentence=N_("No one has opened the tool from this LMS yet."),
            advice=N_("Enable it in the LMS if it's pending there, and open it once from a course."),
        )


def _differences(row: Platform, told: PlatformConfiguration) -> Iterator[CheckResult]:
    what = N_("Configuration")
    if told.issuer != row.issuer:
        yield CheckResult(
            what=what,
            verdict=CheckStatus.WRONG,
            sentence=N_("The LMS identifies itself as %(theirs)s, but %(ours)s is registered."),
            advice=N_("The platform ID must match exactly. If the LMS has moved, register it again."),
            facts={"theirs": told.issuer, "ours": row.issuer},
        )
    for name, option in COMPARED.items():
        ours, theirs = getattr(row, name), getattr(told, name)
        if theirs and theirs != ours:
            yield CheckResult(
                what=what,
                verdict=CheckStatus.WRONG,
                sentence=N_("The LMS gives %(theirs)s, but %(ours)s is registered."),
                advice=N_("If the LMS has moved: python -m lti_tool platforms edit … --%(option)s %(theirs)s"),
                facts={"option": option, "theirs": theirs, "ours": ours or "-"},
            )


def _refused(what: str, reason: str) -> CheckResult:
    facts = {"reason": reason or "-"}
    if reason in NO_GRADEBOOK:
        return CheckResult(
            what=what,
            verdict=CheckStatus.NOTE,
            sentence=N_("The LMS doesn't let the tool use its gradebook (%(reason)s). You can add exams without it."),
            advice=N_("To allow it, grant assignments and grades in the tool's settings in the LMS."),
            facts=facts,
        )
    return CheckResult(
        what=what,
        verdict=CheckStatus.WRONG,
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


def _kids(answer: PlatformAnswer) -> set[str]:
    shown = answer.json()
    keys = shown.get("keys") if isinstance(shown, dict) else None
    return {str(key.get("kid")) for key in keys if isinstance(key, dict)} if isinstance(keys, list) else set()
