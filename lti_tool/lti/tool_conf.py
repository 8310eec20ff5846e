"""The registrations in our database, as PyLTI1p3 asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from pylti1p3.deployment import Deployment as LtiDeployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import Row, Select, bindparam, select

from lti_tool.lti.errors import ClientIdNeeded, PlatformInactive, UnknownPlatform
from lti_tool.lti.reading import IDENTIFIER_LENGTH, storable
from lti_tool.lti.token_errors import DeploymentUnknown
from lti_tool.models import Deployment, Platform, db, put_row, repeatable

_FactsTuple = tuple[str, str, str, str, str, str, list[str] | None, bool]
_FactsRow = Row[_FactsTuple]
_FactsQuery = Select[_FactsTuple]


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What a launch needs of a registration, apart from the session in which it was read."""

    id: str
    issuer: str
    client_id: str
    authorization_url: str
    jwks_url: str
    family: str
    frame_hosts: tuple[str, ...]
    active: bool


# Columns, not objects, and statements that are built once: a launch is what this tool does most.
_PLATFORM = Platform.metadata.tables["platform"].c
_DEPLOYMENT = Deployment.metadata.tables["deployment"].c
_FACTS = select(
    *(_PLATFORM.id, _PLATFORM.issuer, _PLATFORM.client_id, _PLATFORM.authorization_url),
    *(_PLATFORM.jwks_url, _PLATFORM.family, _PLATFORM.frame_hosts, _PLATFORM.active),
)
_BY_ID = _FACTS.where(_PLATFORM.id == bindparam("id"))
_BY_ISSUER = _FACTS.where(_PLATFORM.issuer == bindparam("issuer"))
_BY_CLIENT = _BY_ISSUER.where(_PLATFORM.client_id == bindparam("client_id"))
_KNOWN = select(_DEPLOYMENT.deployment_id).where(
    _DEPLOYMENT.platform_id == bindparam("platform_id"), _DEPLOYMENT.deployment_id == bindparam("deployment_id")
)


def platform_facts(platform_id: str) -> PlatformFacts:
    """Return the registration of a login.

    Raises :class:`UnknownPlatform` or :class:`PlatformInactive` if it was removed or switched off meanwhile.
    """
    found = _read(_BY_ID, id=platform_id)
    if not found:
        raise UnknownPlatform("the registration was removed during the login")
    return _active(found[0])


class PlatformRegistration(Registration):
    """A registration that knows its row."""

    facts: PlatformFacts


class ToolConf(ToolConfAbstract[Request]):
    """Looks registrations up by (issuer, client id): thousands of Canvas accounts share one issuer."""

    def __init__(self, *, trust_first_deployment: bool = False) -> None:
        self._trust_first_deployment = trust_first_deployment
        self._held: PlatformFacts | None = None

    def hold(self, platform: PlatformFacts) -> None:
        """Use this registration, which was read a moment ago, wherever its issuer and client are asked for."""
        self._held = platform

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
        rows = _rows(iss, client_id)
        if len(rows) > 1:
            rows = _with_deployment(rows, str(kwargs.get("deployment_id") or ""))
        if not rows:
            raise UnknownPlatform(f"issuer {iss[:255]!r}, client {client_id[:255]!r}")
        if len(rows) > 1:
            raise ClientIdNeeded(f"issuer {iss!r} has several registrations")
        return _registration(_active(rows[0]))

    def find_deployment(self, iss: str, deployment_id: str) -> LtiDeployment | None:
        """Return none: a deployment id means nothing without a client id."""
        return None

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: object, **kwargs: object
    ) -> LtiDeployment:
        """Return the deployment, noting a new one if it may be trusted; raise :class:`DeploymentUnknown` if not."""
        platform = self.find_registration_by_params(iss, client_id).facts
        trusted = _is_known(platform, deployment_id) or (
            self._trust_first_deployment and _note(platform, deployment_id)
        )
        if not trusted:
            raise DeploymentUnknown(f"issuer {iss!r}, client {client_id!r}, deployment {deployment_id!r}")
        return LtiDeployment().set_deployment_id(deployment_id)


def _active(platform: PlatformFacts) -> PlatformFacts:
    if not platform.active:
        raise PlatformInactive(f"issuer {platform.issuer!r}, client {platform.client_id!r}")
    return platform


def _rows(issuer: str, client_id: str) -> list[PlatformFacts]:
    if not all(storable(text) and len(text) <= IDENTIFIER_LENGTH for text in (issuer, client_id)):
        return []
    rows = _read(_BY_CLIENT, issuer=issuer, client_id=client_id) if client_id else _read(_BY_ISSUER, issuer=issuer)
    # MariaDB takes "a" and "a " for equal.
    return [row for row in rows if row.issuer == issuer and client_id in ("", row.client_id)]


def _read(statement: _FactsQuery, **values: str) -> list[PlatformFacts]:
    return [_facts(row) for row in db.session.execute(statement, values)]


def _with_deployment(rows: list[PlatformFacts], deployment_id: str) -> list[PlatformFacts]:
    """Return those of ``rows`` that have the deployment; all of them if that does not tell them apart."""
    having = [row for row in rows if _is_known(row, deployment_id)]
    return having if len(having) == 1 else rows


def _is_known(platform: PlatformFacts, deployment_id: str) -> bool:
    if not storable(deployment_id) or len(deployment_id) > IDENTIFIER_LENGTH:
        return False
    found = db.session.execute(_KNOWN, {"platform_id": platform.id, "deployment_id": deployment_id})
    return deployment_id in found.scalars().all()


@repeatable
def _note(platform: PlatformFacts, deployment_id: str) -> bool:
    """Insert the deployment; of two first launches at once, one inserts and both are fine. Commits."""
    put_row(Deployment, {"platform_id": platform.id, "deployment_id": deployment_id})
    db.session.commit()
    return _is_known(platform, deployment_id)


def _facts(row: _FactsRow) -> PlatformFacts:
    return PlatformFacts(
        id=row.id,
        issuer=row.issuer,
        client_id=row.client_id,
        authorization_url=row.authorization_url,
        jwks_url=row.jwks_url,
        family=row.family,
        frame_hosts=tuple(row.frame_hosts or ()),
        active=row.active,
    )


def _registration(facts: PlatformFacts) -> PlatformRegistration:
    registration = PlatformRegistration()
    registration.facts = facts
    registration.set_issuer(facts.issuer).set_client_id(facts.client_id)
    registration.set_auth_login_url(facts.authorization_url).set_key_set_url(facts.jwks_url)
    return registration
