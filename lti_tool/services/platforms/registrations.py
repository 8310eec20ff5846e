"""Registrations that an operator adds, changes and removes by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool.errors import N_
from lti_tool.lms import plugin_for_registration
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Deployment,
    Exam,
    LmsAccount,
    LmsUser,
    Platform,
    add_audit_entry,
    db,
    insert_if_absent,
)
from lti_tool.services.chores import pending_chores_for
from lti_tool.services.delivery.lms_accounts import LmsAccounts
from lti_tool.services.operations.privacy import Privacy
from lti_tool.services.platforms.registration_values import checked_values, is_one_line, with_usual_addresses
from lti_tool.services.platforms.setting_changes import change_of
from lti_tool.services.platforms.value_errors import (
    AlreadyRegistered,
    DeletionsPending,
    InvalidValue,
    NotRegistered,
    PlatformInUse,
    SeveralRegistrations,
)

MAX_NAMED = 20
"""Client IDs that an error names."""
REQUIRED = ("issuer", "client_id", "authorization_url", "jwks_url")


@dataclass(frozen=True, slots=True)
class PlatformUsage:
    """How much is stored for one registration."""

    people: int
    exams: int


class Platforms:
    """Adds, finds, changes and removes registrations. ``insecure`` allows an LMS without TLS."""

    def __init__(self, privacy: Privacy, accounts: LmsAccounts) -> None:
        self._privacy = privacy
        self._accounts = accounts

    def add(
        self,
        values: Mapping[str, object],
        deployment_ids: Sequence[str] = (),
        *,
        insecure: bool = False,
        actor: str = OPERATOR,
    ) -> Platform:
        """Register an LMS by the columns of :class:`Platform`, with the deployments that the operator names. Commits.

        ``presets`` is a list of ``name=value``. ``actor`` is who does it, here and in the other methods, for the audit
        log. Raises :class:`InvalidValue` or :class:`AlreadyRegistered`; then nothing is stored.
        """
        checked = checked_values(with_usual_addresses(values), insecure=insecure)
        for name in REQUIRED:
            if not checked.get(name):
                raise InvalidValue(what=name, problem=N_("it's missing"))
        for deployment_id in deployment_ids:
            _check_deployment(deployment_id)
        row = Platform(**checked)
        _check_quiz_kind(row)
        db.session.add(row)
        _commit(AuditAction.PLATFORM_ADDED, row, actor)
        if deployment_ids:
            self.add_deployments(row, deployment_ids, actor=actor)
        return row

    @staticmethod
    def find(issuer: str, client_id: str = "") -> Platform:
        """Return a registration, without ``client_id`` the issuer's only one.

        Raises :class:`NotRegistered` or :class:`SeveralRegistrations`.
        """
        query = select(Platform).where(Platform.issuer == issuer).order_by(Platform.client_id)
        rows = list(db.session.scalars(query.where(Platform.client_id == client_id) if client_id else query))
        if not rows:
            raise NotRegistered(f"issuer {issuer!r}, client {client_id!r}")
        if len(rows) > 1:
            raise SeveralRegistrations(client_ids=[row.client_id for row in rows[:MAX_NAMED]])
        return rows[0]

    def change(
        self, row: Platform, values: Mapping[str, object], *, insecure: bool = False, actor: str = OPERATOR
    ) -> None:
        """Change columns; raise :class:`InvalidValue` or :class:`AlreadyRegistered`.

        Each one that changed is recorded with its old and new value. Switching an LMS off also ends its teachers'
        consents.
        """
        checked = checked_values(_current(row) | dict(values), insecure=insecure)
        changes = []
        for name in values:
            value = checked[name]
            if name in REQUIRED and not value:
                raise InvalidValue(what=name, problem=N_("it can't be empty"))
            if (old := getattr(row, name)) != value:
                changes.append(change_of(name, old, value))
                setattr(row, name, value)
        if "quiz_kind" in values:
            _check_quiz_kind(row)
        if not row.active:
            self._accounts.forget(LmsAccount.platform_id == row.id, actor=actor)
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, *changes)

    @staticmethod
    def add_deployments(row: Platform, deployment_ids: Sequence[str], *, actor: str = OPERATOR) -> None:
        """Register these deployments as the operator's; from then on, no unknown one is trusted. Commits."""
        for deployment_id in deployment_ids:
            _insert_deployment(row, deployment_id)
            _update_deployment(row, deployment_id, named=True)
        added = [change_of("deployment", "", deployment_id) for deployment_id in deployment_ids]
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, *added)

    @staticmethod
    def switch_deployment(row: Platform, deployment_id: str, *, active: bool, actor: str = OPERATOR) -> None:
        """Switch a deployment on or off, and register it if it is unknown. Commits."""
        _insert_deployment(row, deployment_id)
        _update_deployment(row, deployment_id, active=active)
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, change_of(f"deployment {deployment_id}", not active, active))

    @staticmethod
    def remove_deployments(row: Platform, deployment_ids: Sequence[str], *, actor: str = OPERATOR) -> None:
        """Remove these deployments. If first deployments are trusted, the next launch registers them again. Commits."""
        removed = [
            deployment.deployment_id for deployment in row.deployments if deployment.deployment_id in deployment_ids
        ]
        row.deployments = [deployment for deployment in row.deployments if deployment.deployment_id not in removed]
        changes = [change_of("deployment", deployment_id, "") for deployment_id in removed]
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, *changes)

    @staticmethod
    def usage(row: Platform) -> PlatformUsage:
        """Return how much is stored for this LMS."""
        people = select(func.count()).select_from(LmsUser).where(LmsUser.platform_id == row.id)
        exams = select(func.count()).select_from(Exam).where(Exam.platform_id == row.id)
        return PlatformUsage(db.session.scalar(people) or 0, db.session.scalar(exams) or 0)

    def remove(self, row: Platform, *, with_exams: bool = False, actor: str = OPERATOR) -> None:
        """Delete a registration and all that belongs to it.

        Raises :class:`PlatformInUse` while there are exams, unless ``with_exams``; raises :class:`DeletionsPending`
        while deletions at Examplary are pending: call it again later.
        """
        usage = self.usage(row)
        if usage.exams and not with_exams:
            raise PlatformInUse(people=usage.people, exams=usage.exams)
        row.active = False
        db.session.commit()
        for person in list(db.session.scalars(select(LmsUser).where(LmsUser.platform_id == row.id))):
            self._privacy.erase(person)
        if count := pending_chores_for(row.id):
            raise DeletionsPending(count=count)
        add_audit_entry(AuditAction.PLATFORM_REMOVED, actor, subject=row.id, platform_id=row.id)
        db.session.execute(delete(Platform).where(Platform.id == row.id))
        db.session.commit()


def _check_quiz_kind(row: Platform) -> None:
    """Refuse a kind of quizzes that the LMS of this family doesn't have."""
    if row.quiz_kind and row.quiz_kind not in plugin_for_registration(row.family, row.issuer).quiz_kinds:
        raise InvalidValue(what="quiz_kind", problem=N_("this LMS has only one kind of quiz"))


def _check_deployment(deployment_id: str) -> None:
    if not 0 < len(deployment_id) <= IDENTIFIER_LENGTH or not is_one_line(deployment_id):
        raise InvalidValue(what="deployment_id", problem=N_("it's not an ID"))


def _insert_deployment(row: Platform, deployment_id: str) -> None:
    _check_deployment(deployment_id)
    insert_if_absent(Deployment, {"platform_id": row.id, "deployment_id": deployment_id})


def _update_deployment(row: Platform, deployment_id: str, **values: bool) -> None:
    changed = update(Deployment).where(Deployment.platform_id == row.id, Deployment.deployment_id == deployment_id)
    db.session.execute(changed.values(**values))


def _current(row: Platform) -> dict[str, object]:
    """Return the values that the checks of other values depend on."""
    return {name: getattr(row, name) for name in ("family", "formats", "default_format")}


def _commit(action: AuditAction, row: Platform, actor: str, *changes: str) -> None:
    """Commit with an entry for each change; a registration that was added has one without a change."""
    try:
        db.session.flush()
        for detail in changes or ([""] if action is AuditAction.PLATFORM_ADDED else []):
            add_audit_entry(action, actor, subject=row.id, platform_id=row.id, detail=detail)
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise AlreadyRegistered from error
