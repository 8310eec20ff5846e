"""Registrations that an operator adds, changes and removes by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool.errors import N_
from lti_tool.examplary import JsonObject
from lti_tool.lms import plugin_for, plugin_for_family, plugins
from lti_tool.lti.protocol.addresses import frame_origin, is_web_address
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, storable
from lti_tool.lti.protocol.registration_errors import RegistrationError
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
from lti_tool.services.delivery.lms_accounts import LmsAccounts
from lti_tool.services.generations.presets import PREFIX, preset_names, presets_of
from lti_tool.services.operations.chores import pending_chores_for
from lti_tool.services.operations.privacy import Privacy
from lti_tool.services.platforms.pasted_values import tidy_values

ADDRESSES = ("authorization_url", "jwks_url", "token_url")
ADDRESS_LENGTH = 1000
NAME_LENGTH = 255
NOTES_LENGTH = 4000
PASTED = frozenset({"issuer", "client_id", "token_audience", "family", *ADDRESSES})
"""Values that are copied from an LMS."""
TAG_LENGTH, PREFIX_LENGTH = 50, 60
MOST_NAMED = 20
"""Client IDs that an error names."""
COLOR = re.compile("#[0-9a-fA-F]{6}")
REQUIRED = ("issuer", "client_id", "authorization_url", "jwks_url")


class InvalidValue(RegistrationError):
    """A value with which no launch could work."""

    code = "registration.value_wrong"
    sentence = N_("%(what)s is not valid: %(problem)s.")
    advice = N_("Copy the value from your LMS again.")


class AlreadyRegistered(RegistrationError):
    """A registration with this issuer and client ID exists."""

    code = "registration.exists"
    sentence = N_("This issuer and client ID are already registered.")
    advice = N_("To change the registration: python -m lti_tool platforms edit")
    status = 409


class NotRegistered(RegistrationError):
    """No registration has this issuer and client ID."""

    code = "registration.not_found"
    sentence = N_("This LMS is not registered.")
    advice = N_("See: python -m lti_tool platforms list")
    status = 404


class SeveralRegistrations(RegistrationError):
    """An issuer has several registrations, and no client ID says which is meant."""

    code = "registration.client_id_needed"
    sentence = N_("This issuer has several registrations; their client IDs: %(client_ids)s.")
    advice = N_("Add the client ID of the one that you mean.")
    status = 409


class PlatformInUse(RegistrationError):
    """People of this LMS still have exams here."""

    code = "registration.in_use"
    sentence = N_("This LMS is still in use (people: %(people)d, exams: %(exams)d).")
    advice = N_(
        "To stop its launches and keep everything: python -m lti_tool platforms off. To delete "
        "everything, here and at Examplary: platforms remove --with-exams"
    )
    status = 409


class DeletionsPending(RegistrationError):
    """Deletions at Examplary are pending, and they need the registration's API key."""

    code = "registration.deletions_wait"
    sentence = N_("Deletions still pending at Examplary: %(count)d.")
    advice = N_("Launches from this LMS are now refused. Run the same command again in a few minutes.")
    status = 409


@dataclass(frozen=True, slots=True)
class PlatformUsage:
    """How much is stored for one registration."""

    people: int
    exams: int


class Platforms:
    """Adds, finds, changes and removes registrations. ``insecure`` allows an LMS without TLS."""

    def __init__(self, privacy: Privacy, accounts: LmsAccounts) -> None:
        self._privacy, self._accounts = privacy, accounts

    def add(self, values: Mapping[str, object], *, insecure: bool = False, actor: str = OPERATOR) -> Platform:
        """Register an LMS by the columns of :class:`Platform`; ``presets`` is a list of ``name=value``.

        ``actor`` is who does it, here and in the other methods, for the audit log.

        Raises :class:`InvalidValue` or :class:`AlreadyRegistered`.
        """
        checked = _checked(_with_usual_addresses(values), insecure=insecure)
        for name in REQUIRED:
            if not checked.get(name):
                raise InvalidValue(what=name, problem="it's missing")
        row = Platform(**checked)
        db.session.add(row)
        _commit(AuditAction.PLATFORM_ADDED, row, actor)
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
            raise SeveralRegistrations(client_ids=", ".join(row.client_id for row in rows[:MOST_NAMED]))
        return rows[0]

    def change(
        self, row: Platform, values: Mapping[str, object], *, insecure: bool = False, actor: str = OPERATOR
    ) -> None:
        """Change columns; raise :class:`InvalidValue` or :class:`AlreadyRegistered`.

        Switching an LMS off also ends its teachers' consents.
        """
        for name, value in _checked({"family": row.family} | dict(values), insecure=insecure).items():
            if name in REQUIRED and not value:
                raise InvalidValue(what=name, problem="it can't be empty")
            setattr(row, name, value)
        if not row.active:
            self._accounts.forget(LmsAccount.platform_id == row.id, actor=actor)
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, ", ".join(sorted(values)))

    @staticmethod
    def add_deployments(row: Platform, deployment_ids: Sequence[str], *, actor: str = OPERATOR) -> None:
        """Register these deployments as the operator's; from then on, no unknown one is trusted. Commits."""
        for deployment_id in deployment_ids:
            _insert_deployment(row, deployment_id)
            _update_deployment(row, deployment_id, named=True)
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, "deployments")

    @staticmethod
    def switch_deployment(row: Platform, deployment_id: str, *, active: bool, actor: str = OPERATOR) -> None:
        """Switch a deployment on or off, and register it if it is unknown. Commits."""
        _insert_deployment(row, deployment_id)
        _update_deployment(row, deployment_id, active=active)
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, f"deployment {'on' if active else 'off'}")

    @staticmethod
    def remove_deployments(row: Platform, deployment_ids: Sequence[str], *, actor: str = OPERATOR) -> None:
        """Remove these deployments. If first deployments are trusted, the next launch registers them again. Commits."""
        row.deployments = [
            deployment for deployment in row.deployments if deployment.deployment_id not in deployment_ids
        ]
        _commit(AuditAction.PLATFORM_CHANGED, row, actor, "deployments")

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


def _insert_deployment(row: Platform, deployment_id: str) -> None:
    if not 0 < len(deployment_id) <= IDENTIFIER_LENGTH or not storable(deployment_id):
        raise InvalidValue(what="deployment_id", problem="it's not an ID")
    insert_if_absent(Deployment, {"platform_id": row.id, "deployment_id": deployment_id})


def _update_deployment(row: Platform, deployment_id: str, **values: bool) -> None:
    changed = update(Deployment).where(Deployment.platform_id == row.id, Deployment.deployment_id == deployment_id)
    db.session.execute(changed.values(**values))


def _commit(deed: AuditAction, row: Platform, actor: str, detail: str = "") -> None:
    try:
        db.session.flush()
        add_audit_entry(deed, actor, subject=row.id, platform_id=row.id, detail=detail[:200])
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise AlreadyRegistered from error


def _checked(values: Mapping[str, object], *, insecure: bool) -> dict[str, object]:
    """Return ``values`` tidied, or raise :class:`InvalidValue`."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    checked: dict[str, object] = {**values, **_tidied(texts)}
    for name in ("issuer", "client_id"):
        text = checked.get(name, "")
        if not isinstance(text, str) or len(text) > IDENTIFIER_LENGTH or not storable(text):
            raise InvalidValue(what=name, problem="it's not an ID")
    _check_address("issuer", checked.get("issuer"), insecure=insecure)
    for name in ADDRESSES:
        _check_address(name, checked.get(name), insecure=insecure)
    family = checked.get("family")
    families = [plugin.family for plugin in plugins()]
    if family and family not in families:
        raise InvalidValue(what="family", problem=f"it must be one of {', '.join(families)}")
    hosts = checked.get("frame_hosts")
    for host in hosts if isinstance(hosts, list) else []:
        if not frame_origin(host):
            raise InvalidValue(what="frame_host", problem=f"{host} is not a host")
    _check_appearance(checked)
    return checked | ({"presets": _presets(checked["presets"])} if "presets" in checked else {})


def _with_usual_addresses(values: Mapping[str, object]) -> dict[str, object]:
    """Return ``values`` with the addresses that follow from the issuer in its family, where none was typed."""
    tidied = tidy_values({name: text for name, text in values.items() if isinstance(text, str) and name in PASTED})
    issuer, family = tidied.get("issuer", ""), tidied.get("family", "")
    plugin = plugin_for_family(family) if family else plugin_for("", issuer)
    usual = plugin.addresses(issuer) if issuer else {}
    return {**values, **{name: address for name, address in usual.items() if not values.get(name)}}


def _tidied(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what was pasted into fields for the LMS's values in the LMS's form, and other texts without blanks."""
    tidied = tidy_values({name: text for name, text in texts.items() if name in PASTED})
    return {name: text.strip() for name, text in texts.items()} | {
        name: text for name, text in tidied.items() if name in texts
    }


def _check_appearance(values: Mapping[str, object]) -> None:
    """Check the name, the colour and the labels that people see, and the notes."""
    name, color = str(values.get("name", "")), str(values.get("theme_color", ""))
    notes = str(values.get("notes", ""))
    if len(notes) > NOTES_LENGTH or "\x00" in notes:
        raise InvalidValue(what="notes", problem=f"they are longer than {NOTES_LENGTH} characters")
    if len(name) > NAME_LENGTH or not storable(name):
        raise InvalidValue(what="name", problem=f"it is longer than {NAME_LENGTH} characters or contains invalid ones")
    for label, length in (("question_tag", TAG_LENGTH), ("title_prefix", PREFIX_LENGTH)):
        text = str(values.get(label, ""))
        if len(text) > length or not storable(text):
            raise InvalidValue(what=label, problem=f"it is longer than {length} characters or contains invalid ones")
    if color and not COLOR.fullmatch(color):
        raise InvalidValue(what="theme_color", problem="it must be a colour such as #4f46e5")


def _presets(assignments: object) -> JsonObject:
    """Parse presets of the form ``name=value``; those with an empty value are left out."""
    presets: JsonObject = {}
    for assignment in assignments if isinstance(assignments, list) else []:
        name, equals, value = assignment.partition("=")
        preset = presets_of({PREFIX + name.strip(): value})
        if name.strip() not in preset_names() or not equals or (value.strip() and not preset):
            raise InvalidValue(
                what="preset", problem=f"{assignment} must be name=value, with a name from {', '.join(preset_names())}"
            )
        presets |= preset
    return presets


def _check_address(name: str, value: object, *, insecure: bool) -> None:
    if not value:
        return
    if not isinstance(value, str) or len(value) > ADDRESS_LENGTH or not is_web_address(value):
        raise InvalidValue(what=name, problem="it must be a complete address")
    if not insecure and not is_web_address(value, https_only=True):
        raise InvalidValue(what=name, problem="it must begin with https:// (for tests: --insecure)")
