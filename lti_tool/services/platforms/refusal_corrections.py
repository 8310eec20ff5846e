"""Compares a refused launch with the registration, and corrects the registration from it.

Values of an unverified token are only shown. A correction is offered where the platform's own keys signed the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lti_tool.errors import N_, AccessError
from lti_tool.lti.protocol.addresses import frame_origin, origin_of
from lti_tool.models import OPERATOR, Platform, Refusal, db
from lti_tool.services.platforms.refusal_causes import CLOCK_CODES
from lti_tool.services.platforms.registrations import Platforms

MESSAGE_TYPES = "LtiResourceLinkRequest, LtiDeepLinkingRequest"


class NotCorrectable(AccessError):
    """Nothing can be corrected safely, because the token was not verified or the cause lies elsewhere."""

    code = "admin.not_mendable"
    sentence = N_("This can't be corrected from here.")
    advice = N_("Correct it in the LMS or in the platform's settings.")
    status = 409


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value that arrived, beside the expected one. ``name`` is marked with ``N_``; ``expected`` may be empty."""

    name: str
    arrived: str
    expected: str
    differs: bool


class RefusalCorrections:
    """Corrects registrations from refused launches."""

    def __init__(self, platforms: Platforms) -> None:
        self._platforms = platforms

    def add_deployment(self, row: Refusal, *, actor: str = OPERATOR) -> None:
        """Register the deployment that a verified token named. Commits. Raises :class:`NotCorrectable`."""
        platform = platform_of(row)
        if platform is None or not offers_deployment(row):
            raise NotCorrectable(row.code)
        self._platforms.add_deployments(platform, (row.arrived["deployment_id"],), actor=actor)

    def add_host(self, row: Refusal, *, actor: str = OPERATOR) -> None:
        """Add the host to which a verified token returns content to the platform's. Commits.

        Raises :class:`NotCorrectable`.
        """
        platform = platform_of(row)
        if platform is None or not names_host(row):
            raise NotCorrectable(row.code)
        if offers_host(row, platform):
            hosts = [*platform.frame_hosts, row.arrived["return_host"]]
            self._platforms.change(platform, {"frame_hosts": hosts}, actor=actor)


def platform_of(row: Refusal) -> Platform | None:
    """Return the registration that refused the launch; ``None``: there was none, or it is gone."""
    return db.session.get(Platform, row.platform_id) if row.platform_id else None


def offers_deployment(row: Refusal) -> bool:
    """Return whether "Add this deployment" is safe: the platform's keys signed the token that names it."""
    return row.verified and row.code == "lti.deployment_unknown" and bool(row.arrived.get("deployment_id"))


def names_host(row: Refusal) -> bool:
    """Return whether the platform's keys signed a return address that was refused for its scheme or host."""
    return row.verified and row.code == "lti.return_address" and bool(row.arrived.get("return_host"))


def offers_host(row: Refusal, platform: Platform | None) -> bool:
    """Return whether "Accept this host" is safe and changes something.

    Only what the token itself says counts. The host of the page that framed the launch is the browser's word, and
    could be an attacker's.
    """
    return names_host(row) and platform is not None and row.arrived["return_host"] not in _hosts_of(platform)


def _hosts_of(platform: Platform) -> list[str]:
    """Return the origins that speak for a platform."""
    addresses = (origin_of(platform.issuer), origin_of(platform.authorization_url))
    return [*filter(None, dict.fromkeys(addresses)), *map(frame_origin, platform.frame_hosts)]


def compare(row: Refusal, platform: Platform | None) -> list[Comparison]:
    """Return what arrived beside what the registration expects now."""
    arrived = row.arrived
    lines = [
        _line(N_("Platform ID (issuer)"), arrived.get("issuer"), platform.issuer if platform else ""),
        _line(N_("Client ID"), arrived.get("client_id"), platform.client_id if platform else ""),
        _deployment(arrived.get("deployment_id"), platform),
        _message(arrived.get("message_type")),
        _line(N_("LTI version"), arrived.get("version"), "1.3.0"),
        _line(N_("Tool address"), arrived.get("target"), ""),
        _return_host(arrived.get("return_host"), platform),
        _line(N_("Key ID"), arrived.get("key_id"), ""),
        _line(N_("The LMS's error"), arrived.get("platform_error"), ""),
        _line(N_("Cookie of the login"), arrived.get("cookie"), ""),
        *_clock(row),
    ]
    return [line for line in lines if line.arrived]


def _line(name: str, arrived: str | None, expected: str) -> Comparison:
    return Comparison(name, arrived or "", expected, bool(arrived and expected and arrived != expected))


def _deployment(arrived: str | None, platform: Platform | None) -> Comparison:
    registered = (
        [deployment.deployment_id for deployment in platform.deployments if deployment.active] if platform else []
    )
    return Comparison(
        N_("Deployment ID"),
        arrived or "",
        ", ".join(registered[:10]),
        bool(arrived and registered and arrived not in registered),
    )


def _return_host(arrived: str | None, platform: Platform | None) -> Comparison:
    hosts = _hosts_of(platform) if platform else []
    differs = bool(arrived and hosts and arrived not in hosts)
    return Comparison(N_("Host of the return address"), arrived or "", ", ".join(hosts[:10]), differs)


def _message(arrived: str | None) -> Comparison:
    return Comparison(N_("Message"), arrived or "", MESSAGE_TYPES, bool(arrived and arrived not in MESSAGE_TYPES))


def _clock(row: Refusal) -> list[Comparison]:
    """Return the token's times beside the tool's clock."""
    is_wrong, here = row.code in CLOCK_CODES, _time(row.at)
    names = {"issued_at": N_("Token issued"), "expires_at": N_("Token expires")}
    lines = []
    for field, name in names.items():
        seconds = row.arrived.get(field, "")
        if seconds.isascii() and seconds.isdigit() and len(seconds) <= 11:
            lines.append(Comparison(name, _time(datetime.fromtimestamp(int(seconds), UTC)), here, is_wrong))
    return lines


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
