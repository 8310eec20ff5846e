"""The registrations in our database, as PyLTI1p3 asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pylti1p3.deployment import Deployment as LtiDeployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import Connection, bindparam, select

from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, storable
from lti_tool.lti.protocol.errors import ClientIdNeeded, PlatformInactive, UnknownPlatform
from lti_tool.lti.protocol.token_errors import DeploymentUnknown
from lti_tool.models import Deployment, Direct, Platform, insert_if_absent


@dataclass(frozen=True, slots=True)
class PlatformRecord:
    """What a launch needs of a registration, apart from the session in which it was read."""

    id: str
    issuer: str
    client_id: str
    authorization_url: str
    jwks_url: str
    family: str
    frame_hosts: tuple[str, ...]
    sends_history: bool
    active: bool

    @classmethod
    def of(cls, row: Sequence[Any]) -> PlatformRecord:
        """Read the columns :data:`FACTS`."""
        return cls(*row[:6], tuple(row[6] or ()), *row[7:])  # type: ignore[call-arg]  # of the columns above


# Columns, not objects, and statements that are built once: a launch is what this tool does most.
_PLATFORM = Platform.metadata.tables["platform"].c
_DEPLOYMENT = Deployment.metadata.tables["deployment"].c
FACTS = (
    *(_PLATFORM.id, _PLATFORM.issuer, _PLATFORM.client_id, _PLATFORM.authorization_url),
    *(_PLATFORM.jwks_url, _PLATFORM.family, _PLATFORM.frame_hosts, _PLATFORM.sends_history, _PLATFORM.active),
)
_OF_ISSUER = select(*FACTS).where(_PLATFORM.issuer == bindparam("issuer"))
_BY_ISSUER = Direct(_OF_ISSUER)
_BY_CLIENT = Direct(_OF_ISSUER.where(_PLATFORM.client_id == bindparam("client_id")))
_KNOWN = select(_DEPLOYMENT.deployment_id).where(
    _DEPLOYMENT.platform_id == bindparam("platform_id"), _DEPLOYMENT.deployment_id == bindparam("deployment_id")
)


class PlatformRegistration(Registration):
    """A registration that knows its row."""

    facts: PlatformRecord


class ToolConf(ToolConfAbstract[Request]):
    """Looks registrations up by (issuer, client id): thousands of Canvas accounts share one issuer."""

    def __init__(self, rows: Connection, *, trust_first_deployment: bool = False) -> None:
        self._rows, self._trust_first_deployment = rows, trust_first_deployment
        self._held: PlatformRecord | None = None
        self._held_deployment = ""

    def hold(self, platform: PlatformRecord, deployment_id: str) -> None:
        """Use what was read a moment ago, wherever it is asked for: a registration, and a deployment that it has.

        Raises :class:`PlatformInactive` if it was switched off meanwhile.
        """
        self._held, self._held_deployment = active(platform), deployment_id

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Never rely on the issuer alone."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """Return true for all, see above."""
        return True

    def find_registration_by_issuer(self, iss: str, *args: object, **kwargs: object) -> PlatformRegistration:
        """Return the registration if ``iss`` has just one."""
        return self.find_registration_by_params(iss, "")

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: object, **kwargs: object
    ) -> PlatformRegistration:
        """Return the active registration.

        Without ``client_id`` the issuer must have only one, or ``deployment_id`` (a keyword) must tell which. Raises
        :class:`UnknownPlatform`, :class:`ClientIdNeeded` or :class:`PlatformInactive`.
        """
        if self._held is not None and (self._held.issuer, self._held.client_id) == (iss, client_id):
            return _registration(self._held)
        found = self._found(iss, client_id)
        if len(found) > 1:
            found = self._with_deployment(found, str(kwargs.get("deployment_id") or ""))
        if not found:
            raise UnknownPlatform(f"issuer {iss[:255]!r}, client {client_id[:255]!r}")
        if len(found) > 1:
            raise ClientIdNeeded(f"issuer {iss!r} has several registrations")
        return _registration(active(found[0]))

    def find_deployment(self, iss: str, deployment_id: str) -> LtiDeployment | None:
        """Return none: a deployment id means nothing without a client id."""
        return None

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: object, **kwargs: object
    ) -> LtiDeployment:
        """Return the deployment, noting a new one if it may be trusted; raise :class:`DeploymentUnknown` if not."""
        platform = self.find_registration_by_params(iss, client_id).facts
        trusted = self._is_known(platform, deployment_id) or (
            self._trust_first_deployment and self._note(platform, deployment_id)
        )
        if not trusted:
            raise DeploymentUnknown(f"issuer {iss!r}, client {client_id!r}, deployment {deployment_id!r}")
        return LtiDeployment().set_deployment_id(deployment_id)

    def _found(self, issuer: str, client_id: str) -> list[PlatformRecord]:
        if not all(storable(text) and len(text) <= IDENTIFIER_LENGTH for text in (issuer, client_id)):
            return []
        statement = _BY_CLIENT if client_id else _BY_ISSUER
        asked = {"issuer": issuer, "client_id": client_id}
        found = [PlatformRecord.of(row) for row in statement.rows(self._rows, asked)]
        # MariaDB takes "a" and "a " for equal.
        return [each for each in found if each.issuer == issuer and client_id in ("", each.client_id)]

    def _with_deployment(self, found: list[PlatformRecord], deployment_id: str) -> list[PlatformRecord]:
        """Return those that have the deployment; all of them if that does not tell them apart."""
        having = [each for each in found if self._is_known(each, deployment_id)]
        return having if len(having) == 1 else found

    def _is_known(self, platform: PlatformRecord, deployment_id: str) -> bool:
        if platform is self._held and deployment_id == self._held_deployment:
            return True
        if not storable(deployment_id) or len(deployment_id) > IDENTIFIER_LENGTH:
            return False
        found = self._rows.execute(_KNOWN, {"platform_id": platform.id, "deployment_id": deployment_id})
        return deployment_id in found.scalars().all()

    def _note(self, platform: PlatformRecord, deployment_id: str) -> bool:
        """Insert the deployment; of two first launches at once, one inserts and both are fine. The caller commits."""
        insert_if_absent(Deployment, {"platform_id": platform.id, "deployment_id": deployment_id}, self._rows)
        return self._is_known(platform, deployment_id)


def active(platform: PlatformRecord) -> PlatformRecord:
    """Return the registration if it takes launches; raise :class:`PlatformInactive` if not."""
    if not platform.active:
        raise PlatformInactive(f"issuer {platform.issuer!r}, client {platform.client_id!r}")
    return platform


def _registration(facts: PlatformRecord) -> PlatformRegistration:
    registration = PlatformRegistration()
    registration.facts = facts
    registration.set_issuer(facts.issuer).set_client_id(facts.client_id)
    registration.set_auth_login_url(facts.authorization_url).set_key_set_url(facts.jwks_url)
    return registration
