"""The registrations in our database, as PyLTI1p3 asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from pylti1p3.deployment import Deployment as LtiDeployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lti_tool.lti.errors import ClientIdNeeded, PlatformInactive, UnknownPlatform
from lti_tool.lti.reading import IDENTIFIER_LENGTH, storable
from lti_tool.lti.token_errors import DeploymentUnknown
from lti_tool.models import Deployment, Platform, db


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


def platform_facts(platform_id: str) -> PlatformFacts:
    """Return the registration; raise :class:`UnknownPlatform` if it was removed meanwhile."""
    row = db.session.get(Platform, platform_id)
    if row is None:
        raise UnknownPlatform("the registration was removed during the login")
    return _facts(row)


class PlatformRegistration(Registration):
    """A registration that knows its row."""

    facts: PlatformFacts


class ToolConf(ToolConfAbstract[Request]):
    """Looks registrations up by (issuer, client id): thousands of Canvas accounts share one issuer."""

    def __init__(self, *, trust_first_deployment: bool = False) -> None:
        self._trust_first_deployment = trust_first_deployment

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
        rows = _rows(iss, client_id)
        if len(rows) > 1:
            rows = _with_deployment(rows, str(kwargs.get("deployment_id") or ""))
        if not rows:
            raise UnknownPlatform(f"issuer {iss[:255]!r}, client {client_id[:255]!r}")
        if len(rows) > 1:
            raise ClientIdNeeded(f"issuer {iss!r} has several registrations")
        if not rows[0].active:
            raise PlatformInactive(f"issuer {iss!r}, client {rows[0].client_id!r}")
        return _registration(rows[0])

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


def _rows(issuer: str, client_id: str) -> list[Platform]:
    if not all(storable(text) and len(text) <= IDENTIFIER_LENGTH for text in (issuer, client_id)):
        return []
    query = select(Platform).where(Platform.issuer == issuer)
    if client_id:
        query = query.where(Platform.client_id == client_id)
    # MariaDB takes "a" and "a " for equal.
    return [row for row in db.session.scalars(query) if row.issuer == issuer and client_id in ("", row.client_id)]


def _with_deployment(rows: list[Platform], deployment_id: str) -> list[Platform]:
    """Return those of ``rows`` that have the deployment; all of them if that does not tell them apart."""
    having = [row for row in rows if _is_known(_facts(row), deployment_id)]
    return having if len(having) == 1 else rows


def _is_known(platform: PlatformFacts, deployment_id: str) -> bool:
    if not storable(deployment_id) or len(deployment_id) > IDENTIFIER_LENGTH:
        return False
    query = select(Deployment.deployment_id).where(
        Deployment.platform_id == platform.id, Deployment.deployment_id == deployment_id
    )
    return deployment_id in db.session.scalars(query).all()


def _note(platform: PlatformFacts, deployment_id: str) -> bool:
    """Insert the deployment; of two first launches at once, one inserts and both are fine."""
    db.session.add(Deployment(platform_id=platform.id, deployment_id=deployment_id))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return _is_known(platform, deployment_id)
    return True


def _facts(row: Platform) -> PlatformFacts:
    return PlatformFacts(
        id=row.id,
        issuer=row.issuer,
        client_id=row.client_id,
        authorization_url=row.authorization_url,
        jwks_url=row.jwks_url,
        family=row.family,
        frame_hosts=tuple(row.frame_hosts or ()),
    )


def _registration(row: Platform) -> PlatformRegistration:
    registration = PlatformRegistration()
    registration.facts = _facts(row)
    registration.set_issuer(row.issuer).set_client_id(row.client_id)
    registration.set_auth_login_url(row.authorization_url).set_key_set_url(row.jwks_url)
    return registration
