"""Export or erase a person's data, here and at Examplary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import delete, func, inspect, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.errors import ExamplaryError
from lti_tool.examplary import ExamplaryClient, NotFound
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    AuditEntry,
    Base,
    ChoreKind,
    Delivery,
    Exam,
    ExamChange,
    ExamCourse,
    Generation,
    GenerationState,
    Import,
    Launch,
    LmsAccount,
    LmsUser,
    Platform,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.services.chores import Chores
from lti_tool.services.delivery.lms_accounts import LmsAccounts
from lti_tool.services.generations.examplary_clients import ExamplaryClients

Row = TypeVar("Row", bound=Base)

log = structlog.get_logger(__name__)

SECRET_COLUMNS = (
    "session_id_encrypted",
    "embed_url_encrypted",
    "import_grant_encrypted",
    "grant_encrypted",
    "access_token_encrypted",
    "refresh_token_encrypted",
)
"""Useful to an attacker, but not to the person."""


@dataclass(frozen=True, slots=True)
class PersonUsage:
    """How many rows belong to a person."""

    launches: int
    generations: int
    exams: int
    imports: int


class Privacy:
    """Finds, exports and erases one person's data."""

    def __init__(self, chores: Chores, clients: ExamplaryClients, accounts: LmsAccounts) -> None:
        self._chores = chores
        self._clients = clients
        self._accounts = accounts

    @staticmethod
    def find(issuer: str, who: str) -> list[LmsUser]:
        """Return the people of ``issuer`` whose user id in the LMS, or e-mail address, is ``who``."""
        query = (
            select(LmsUser)
            .join(Platform)
            .where(Platform.issuer == issuer, or_(LmsUser.sub == who, LmsUser.email == who))
        )
        return list(db.session.scalars(query))

    @staticmethod
    def usage(person: LmsUser) -> PersonUsage:
        """Return how much is stored about ``person``."""
        owners = (Launch.lms_user_id, Generation.lms_user_id, Exam.owner_id, Import.lms_user_id)
        query = select(func.count())
        return PersonUsage(*(db.session.scalar(query.where(owner == person.id)) or 0 for owner in owners))

    @staticmethod
    def erased_from(person_id: str) -> str:
        """Return the platform from which the person with this id was erased; empty: no such erasure is known."""
        erased = (AuditEntry.subject == person_id, AuditEntry.action == AuditAction.PERSON_ERASED)
        return db.session.scalars(select(AuditEntry.platform_id).where(*erased)).first() or ""

    def export(self, person: LmsUser) -> dict[str, object]:
        """Return everything that is stored about ``person``, here and at Examplary, as a JSON object."""
        return {
            "person": _row(person),
            "launches": [_row(row) for row in _owned(Launch, Launch.lms_user_id, person)],
            "generations": [_row(row) for row in _owned(Generation, Generation.lms_user_id, person)],
            "exams": [_row(row) for row in _owned(Exam, Exam.owner_id, person)],
            "additions": [_row(row) for row in _owned(ExamCourse, ExamCourse.added_by, person)],
            "exam_changes": [_row(row) for row in _owned(ExamChange, ExamChange.lms_user_id, person)],
            "imports": [_row(row) for row in _owned(Import, Import.lms_user_id, person)],
            "lms_accounts": [_row(row) for row in _owned(LmsAccount, LmsAccount.lms_user_id, person)],
            "audit_entries": [_row(row) for row in _owned(AuditEntry, AuditEntry.actor, person)],
            "at_examplary": self._at_examplary(person),
        }

    def _at_examplary(self, person: LmsUser) -> dict[str, object]:
        """Return the person's account at Examplary, and their exams as they are there now.

        If Examplary doesn't return an exam, ``problem`` says why. After one call that can't reach it, no more are made.
        """
        started = [row.examplary_exam_id for row in _owned(Generation, Generation.lms_user_id, person)]
        stored = [row.examplary_exam_id for row in _owned(Exam, Exam.owner_id, person)]
        ids = [exam_id for exam_id in dict.fromkeys((*started, *stored)) if exam_id]
        client = self._clients.for_platform(db.session.get_one(Platform, person.platform_id))
        db.session.rollback()
        return {
            "user": person.examplary_user_id,
            "email": person.examplary_email,
            "exams": list(_exams_at_examplary(client, ids)),
        }

    @staticmethod
    @retry_on_conflict
    def record_export(person: LmsUser, *, actor: str = OPERATOR) -> None:
        """Record in the audit log that this person's data was exported. Commits."""
        add_audit_entry(AuditAction.PERSON_EXPORTED, actor, subject=person.id, platform_id=person.platform_id)
        db.session.commit()

    @retry_on_conflict
    def erase(self, person: LmsUser, *, actor: str = OPERATOR) -> bool:
        """Delete ``person`` and all of theirs; deletions at Examplary, and of consents at the LMS, become chores.

        Returns whether there was still something to erase: of two clicks, one erases. Commits.

        Examplary's API can't delete users (see docs/reference/examplary-api.md#endpoints): the operator must ask
        Examplary to.
        """
        person_id = person.id
        if not compare_and_set(LmsUser, LmsUser.id == person_id, name=""):
            db.session.rollback()
            return False
        if person.examplary_user_id:
            self._chores.add(ChoreKind.DELETE_USER, person.examplary_user_id, None)
        add_audit_entry(AuditAction.PERSON_ERASED, actor, subject=person_id, platform_id=person.platform_id)
        for generation in _owned(Generation, Generation.lms_user_id, person):
            self._add_deletions(generation)
        self._accounts.forget(LmsAccount.lms_user_id == person_id, actor=actor)
        # Links that this person made to exams of others: their launches, which name the person, are deleted below.
        launches = select(Launch.id).where(Launch.lms_user_id == person.id)
        revoked = update(Delivery).where(Delivery.launch_id.in_(launches), Delivery.revoked_at.is_(None))
        db.session.execute(revoked.values(revoked_at=now()).execution_options(synchronize_session=False))
        db.session.execute(delete(Import).where(Import.lms_user_id == person.id))
        db.session.execute(delete(Exam).where(Exam.owner_id == person.id))
        db.session.execute(delete(Generation).where(Generation.lms_user_id == person.id))
        db.session.execute(delete(Launch).where(Launch.lms_user_id == person.id))
        db.session.execute(delete(LmsUser).where(LmsUser.id == person.id))
        db.session.commit()
        log.info("privacy.erased", lms_user=person_id)
        return True

    def _add_deletions(self, generation: Generation) -> None:
        may_have_session = (GenerationState.OPEN, GenerationState.COLLECTING, GenerationState.FAILED)
        if generation.state in may_have_session:
            self._chores.add_session_deletion(generation)
        if generation.examplary_exam_id:
            self._chores.add(ChoreKind.DELETE_EXAM, generation.examplary_exam_id, generation.platform_id)


def _exams_at_examplary(client: ExamplaryClient, exam_ids: Iterable[str]) -> Iterator[dict[str, object]]:
    problem = ""
    for exam_id in exam_ids:
        try:
            result = {"problem": problem} if problem else {"exam": client.get_exam(exam_id).data}
        except ExamplaryError as error:
            result = {"problem": error.code}
            problem = "" if isinstance(error, NotFound) else error.code
        yield {"id": exam_id, **result}


def _owned(
    table: type[Row], owner: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], person: LmsUser
) -> list[Row]:
    return list(db.session.scalars(select(table).where(owner == person.id)))


def _row(row: Base) -> dict[str, object]:
    """Return the columns of ``row`` without secrets, as JSON values."""
    values = {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}
    return {name: _json_value(value) for name, value in values.items() if name not in SECRET_COLUMNS}


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
