"""Refused logins and launches, under the number that the person saw: kept, compared with the registration, corrected.

Values of an unverified token are only shown. A correction is offered where the platform's own keys signed the token.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.errors import N_, AccessError, LaunchError
from lti_tool.lti import LoginStates
from lti_tool.lti.protocol.addresses import frame_origin, origin_of
from lti_tool.models import OPERATOR, Platform, Refusal, db, delete_in_batches, now, retry_on_conflict
from lti_tool.services.platforms.refusal_causes import CLOCK_CODES
from lti_tool.services.platforms.registrations import Platforms

log = structlog.get_logger(__name__)

KEPT_PER_SOURCE = 20
"""The newest of each address: a flood from one address doesn't displace the entries of others."""
KEPT = 5000
"""The newest in total."""
MAX_SHOWN = 50
MESSAGE_TYPES = "LtiResourceLinkRequest, LtiDeepLinkingRequest"


class RefusalNotFound(AccessError):
    """There is no refusal with this number, or it is another administrator's."""

    code = "admin.refusal_not_found"
    sentence = N_("No refused launch has this number.")
    advice = N_("Check the number on the error page. Refused launches are kept for some days only.")
    status = 404


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


class Refusals:
    """Keeps refusals. ``secret`` keys the hash of addresses; ``days`` 0 keeps none."""

    def __init__(self, states: LoginStates, platforms: Platforms, *, secret: str, days: int) -> None:
        self._states = states
        self._platforms = platforms
        self._secret = secret
        self._days = days

    def record(
        self, number: str, error: LaunchError, arrived: Mapping[str, str], *, state: str = "", address: str = ""
    ) -> None:
        """Keep a refusal. Never fails: the person's own error page is what matters."""
        if not self._days:
            return
        try:
            _store(
                Refusal(
                    number=number,
                    code=error.code,
                    error_facts=dict(error.facts),
                    platform_id=self._platform_of(state),
                    source_hash=hmac.new(self._secret.encode(), address.encode(), hashlib.sha256).hexdigest(),
                    verified=error.token_verified,
                    arrived=dict(arrived),
                )
            )
        except SQLAlchemyError as problem:
            db.session.rollback()
            log.warning("refusal.not_kept", problem=type(problem).__name__)

    def delete_old(self) -> int:
        """Delete expired refusals, and the oldest beyond :data:`KEPT`."""
        deleted = delete_in_batches(Refusal.id, Refusal.at < now() - timedelta(days=self._days))
        newest = db.session.scalar(select(Refusal.id).order_by(Refusal.id.desc()).offset(KEPT).limit(1))
        return deleted + (delete_in_batches(Refusal.id, Refusal.id <= newest) if newest is not None else 0)

    @staticmethod
    def latest(scope: ColumnElement[bool]) -> Sequence[Refusal]:
        """Return the newest refusals in ``scope``, at most :data:`MAX_SHOWN`."""
        return db.session.scalars(select(Refusal).where(scope).order_by(Refusal.id.desc()).limit(MAX_SHOWN)).all()

    @staticmethod
    def counts(scope: ColumnElement[bool], since: datetime) -> Sequence[tuple[str, int]]:
        """Return the number of refusals by code since a time, the most frequent first."""
        number = func.count().label("number")
        query = select(Refusal.code, number).where(scope, Refusal.at >= since).group_by(Refusal.code)
        return [(code, count) for code, count in db.session.execute(query.order_by(number.desc(), Refusal.code))]

    @staticmethod
    def find(number: str, scope: ColumnElement[bool]) -> Refusal:
        """Return the refusal with a number; raise :class:`RefusalNotFound`."""
        row = db.session.scalar(select(Refusal).where(Refusal.number == number.strip().lower()[:20], scope))
        if row is None:
            raise RefusalNotFound(f"number {number[:20]!r}")
        return row

    def add_deployment(self, row: Refusal, *, actor: str = OPERATOR) -> None:
        """Register the deployment that a verified token named. Commits. Raises :class:`NotCorrectable`."""
        platform = db.session.get(Platform, row.platform_id) if row.platform_id else None
        if platform is None or not offers_deployment(row):
            raise NotCorrectable(row.code)
        self._platforms.add_deployments(platform, (row.arrived["deployment_id"],), actor=actor)

    def add_host(self, row: Refusal, *, actor: str = OPERATOR) -> None:
        """Add the host to which a verified token returns content to the platform's. Commits.

        Raises :class:`NotCorrectable`.
        """
        platform = db.session.get(Platform, row.platform_id) if row.platform_id else None
        if platform is None or not names_host(row):
            raise NotCorrectable(row.code)
        if offers_host(row, platform):
            hosts = [*platform.frame_hosts, row.arrived["return_host"]]
            self._platforms.change(platform, {"frame_hosts": hosts}, actor=actor)

    def _platform_of(self, state: str) -> str | None:
        """Return the platform of the login's state; of an unknown one, none."""
        platform_id = self._states.platform_of(state)
        return platform_id if platform_id and db.session.get(Platform, platform_id) is not None else None


@retry_on_conflict
def _store(row: Refusal) -> None:
    """Insert the row, and delete the oldest of its source beyond :data:`KEPT_PER_SOURCE`. Commits."""
    own = Refusal.source_hash == row.source_hash
    db.session.add(row)
    db.session.flush()
    oldest = db.session.scalar(
        select(Refusal.id).where(own).order_by(Refusal.id.desc()).offset(KEPT_PER_SOURCE).limit(1)
    )
    if oldest is not None:
        excess = delete(Refusal).where(own, Refusal.id <= oldest)
        db.session.execute(excess.execution_options(synchronize_session=False))
    db.session.commit()


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
