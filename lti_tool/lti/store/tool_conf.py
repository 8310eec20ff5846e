"""Registrations from the database, as PyLTI1p3's tool configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pylti1p3.deployment import Deployment as LtiDeployment
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import Connection, and_, bindparam, exists, select

from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, plain_text, storable
from lti_tool.lti.protocol.errors import (
    ClientIdNeeded,
    DeploymentInactive,
    LaunchUsed,
    PlatformInactive,
    UnknownPlatform,
)
from lti_tool.lti.protocol.login_state import LoginState
from lti_tool.lti.protocol.platform_record import PlatformRecord
from lti_tool.lti.protocol.role_overrides import read_overrides
from lti_tool.lti.protocol.token_errors import DeploymentUnknown
from lti_tool.lti.protocol.verified_launch import KnownPerson
from lti_tool.models import Base, Deployment, insert_if_absent

_FIELDS = tuple(field.name for field in fields(PlatformRecord))
_TABLES = Base.metadata.tables
_PLATFORM, _DEPLOYMENT, _PERSON = (_TABLES[name].c for name in ("platform", "deployment", "lms_user"))
_USED, _TEST = (_TABLES[name].c for name in ("used_state", "launch_test"))
"""Columns of tables, not of mapped classes: SQLAlchemy finds these statements in its cache with half the work."""

_COLUMNS = [_PLATFORM[name] for name in _FIELDS]
_BY_ISSUER = select(*_COLUMNS).where(_PLATFORM.issuer == bindparam("issuer"))
_BY_CLIENT = _BY_ISSUER.where(_PLATFORM.client_id == bindparam("client_id"))
_BY_STATE = (
    select(
        *_COLUMNS,
        _DEPLOYMENT.deployment_id.label("known_deployment"),
        _DEPLOYMENT.active.label("deployment_active"),
        exists().where(_USED.nonce == bindparam("nonce")).label("used"),
        _PERSON.sub.label("known_sub"),
        _PERSON.id.label("person_id"),
        _PERSON.name,
        _PERSON.email,
        _PERSON.seen_at,
        exists().where(_TEST.lms_user_id == _PERSON.id, _TEST.expires_at > bindparam("now")).label("tests"),
    )
    .select_from(_TABLES["platform"])
    .outerjoin(
        _TABLES["deployment"],
        and_(_DEPLOYMENT.platform_id == _PLATFORM.id, _DEPLOYMENT.deployment_id == bindparam("deployment_id")),
    )
    .outerjoin(_TABLES["lms_user"], and_(_PERSON.platform_id == _PLATFORM.id, _PERSON.sub == bindparam("sub")))
    .where(_PLATFORM.id == bindparam("platform_id"))
)


@dataclass(frozen=True, slots=True)
class StoredContext:
    """The rows that a launch refers to, read before it is verified."""

    platform: PlatformRecord
    deployment_known: bool
    person: KnownPerson | None


class PlatformRegistration(Registration):
    """PyLTI1p3's registration, with our record of the platform."""

    def __init__(self, platform: PlatformRecord) -> None:
        self.platform = platform
        self.set_issuer(platform.issuer).set_client_id(platform.client_id)
        self.set_auth_login_url(platform.authorization_url).set_key_set_url(platform.jwks_url)


class ToolConf(ToolConfAbstract[Request]):
    """Finds registrations by (issuer, client id): thousands of Canvas accounts share one issuer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Never rely on the issuer alone."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """Treat every issuer as one with several clients."""
        return True

    def find_registration_by_issuer(self, iss: str, *args: object, **kwargs: object) -> PlatformRegistration:
        """Return the registration if ``iss`` has only one."""
        return self.find_registration_by_params(iss, "")

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: object, **kwargs: object
    ) -> PlatformRegistration:
        """Return the active registration.

        Without ``client_id`` the issuer must have only one registration, or the keyword ``deployment_id`` must belong
        to only one. Raises :class:`UnknownPlatform`, :class:`ClientIdNeeded` or :class:`PlatformInactive`.
        """
        platforms = _platforms(self._connection, iss, client_id)
        if len(platforms) > 1:
            platforms = _with_deployment(self._connection, platforms, str(kwargs.get("deployment_id") or ""))
        if not platforms:
            raise UnknownPlatform(f"issuer {iss[:255]!r}, client {client_id[:255]!r}")
        if len(platforms) > 1:
            raise ClientIdNeeded(f"issuer {iss!r} has several registrations")
        return PlatformRegistration(require_active(platforms[0]))

    def find_deployment(self, iss: str, deployment_id: str) -> LtiDeployment | None:
        """Return ``None``: a deployment id is unique only within a client id."""
        return None

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: object, **kwargs: object
    ) -> LtiDeployment | None:
        """Return the deployment if it is known."""
        platform = self.find_registration_by_params(iss, client_id).platform
        has_deployment = _has_deployment(self._connection, platform.id, deployment_id)
        return LtiDeployment().set_deployment_id(deployment_id) if has_deployment else None


def stored_context(
    connection: Connection, state: LoginState, now: datetime, *, deployment_id: str, sub: str
) -> StoredContext:
    """Return the platform of a login, whether it has ``deployment_id``, and its person ``sub``, by one statement.

    Raises :class:`LaunchUsed` if the state was used or the registration is gone, and :class:`DeploymentInactive`.
    """
    parameters = {
        "nonce": state.nonce,
        "platform_id": state.platform_id,
        "deployment_id": deployment_id,
        "sub": sub,
        "now": now,
    }
    row = connection.execute(_BY_STATE, parameters).one_or_none()
    if row is None or row.used:
        raise LaunchUsed
    if row.deployment_active is False:
        raise DeploymentInactive(f"platform {state.platform_id}, deployment {deployment_id!r}")
    # MariaDB considers "a" and "a " equal.
    person = KnownPerson(row.person_id, row.name, row.email, row.seen_at, row.tests) if row.known_sub == sub else None
    return StoredContext(_record(row[: len(_FIELDS)]), row.known_deployment == deployment_id, person)


def add_deployment(connection: Connection, platform: PlatformRecord, deployment_id: str) -> None:
    """Add a deployment at its first launch; of two concurrent launches one adds it. The caller commits.

    Raises :class:`DeploymentUnknown` if it can't be stored as itself: MariaDB considers "a" and "a " equal.
    """
    insert_if_absent(Deployment, {"platform_id": platform.id, "deployment_id": deployment_id}, connection)
    if not _has_deployment(connection, platform.id, deployment_id):
        raise unknown_deployment(platform, deployment_id)


def has_named_deployments(connection: Connection, platform: PlatformRecord) -> bool:
    """Return whether the operator has named deployments of the platform: then no others are trusted."""
    query = exists().where(Deployment.platform_id == platform.id, Deployment.named)
    return bool(connection.scalar(select(query)))


def unknown_deployment(platform: PlatformRecord, deployment_id: str) -> DeploymentUnknown:
    """Return the error for a deployment that the platform does not have."""
    detail = f"issuer {platform.issuer!r}, client {platform.client_id!r}, deployment {deployment_id!r}"
    return DeploymentUnknown(detail, deployment=plain_text(deployment_id, IDENTIFIER_LENGTH))


def require_active(platform: PlatformRecord) -> PlatformRecord:
    """Return the platform; raise :class:`PlatformInactive` unless it is active."""
    if not platform.active:
        raise PlatformInactive(f"issuer {platform.issuer!r}, client {platform.client_id!r}")
    return platform


def _platforms(connection: Connection, issuer: str, client_id: str) -> list[PlatformRecord]:
    if not all(storable(text) and len(text) <= IDENTIFIER_LENGTH for text in (issuer, client_id)):
        return []
    query = _BY_CLIENT if client_id else _BY_ISSUER
    rows = connection.execute(query, {"issuer": issuer, "client_id": client_id})
    # MariaDB considers "a" and "a " equal.
    return [_record(row) for row in rows if row.issuer == issuer and client_id in ("", row.client_id)]


def _with_deployment(
    connection: Connection, platforms: list[PlatformRecord], deployment_id: str
) -> list[PlatformRecord]:
    """Return the one platform that has the deployment; all of them if none or several have it."""
    matches = [platform for platform in platforms if _has_deployment(connection, platform.id, deployment_id)]
    return matches if len(matches) == 1 else platforms


def _has_deployment(connection: Connection, platform_id: str, deployment_id: str) -> bool:
    if not storable(deployment_id) or len(deployment_id) > IDENTIFIER_LENGTH:
        return False
    query = select(Deployment.deployment_id).where(
        Deployment.platform_id == platform_id, Deployment.deployment_id == deployment_id
    )
    return deployment_id in connection.scalars(query).all()


def _record(columns: Sequence[Any]) -> PlatformRecord:
    values = dict(zip(_FIELDS, columns, strict=True))
    values["frame_hosts"] = tuple(values["frame_hosts"] or ())
    values["role_overrides"] = read_overrides(values["role_overrides"])
    return PlatformRecord(**values)
