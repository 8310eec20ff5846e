"""What is kept about a person: to be handed out, or to be erased, here and at Examplary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import delete, inspect, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.errors import ExamplaryError
from lti_tool.examplary import ExamplaryClient, NotFound
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    AuditEntry,
    Base,
    ChoreKind,
    Exam,
    Generation,
    GenerationState,
    Launch,
    LmsUser,
    Platform,
    add_audit_entry,
    db,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.operations.chores import Chores

Row = TypeVar("Row", bound=Base)

log = structlog.get_logger(__name__)

SECRET_COLUMNS = ("session_id_encrypted", "embed_url_encrypted")
"""Of use to an attacker, of none to the person."""


class Privacy:
    """Finds, hands out and erases one person's data."""

    def __init__(self, vault: Vault, chores: Chores, clients: ExamplaryClients) -> None:
        self._vault, self._chores, self._clients = vault, chores, clients

    @staticmethod
    def find(issuer: str, who: str) -> list[LmsUser]:
        """Return the people of ``issuer`` whose user id in the LMS, or e-mail address, is ``who``."""
        query = (
            select(LmsUser)
            .join(Platform)
            .where(Platform.issuer == issuer, or_(LmsUser.sub == who, LmsUser.email == who))
        )
        return list(db.session.scalars(query))

    def export(self, person: LmsUser) -> dict[str, object]:
        """Return everything that is kept about ``person``, here and at Examplary, ready for JSON."""
        return {
            "person": _row(person),
            "launches": [_row(row) for row in _owned(Launch, Launch.lms_user_id, person)],
            "generations": [_row(row) for row in _owned(Generation, Generation.lms_user_id, person)],
            "exams": [_row(row) for row in _owned(Exam, Exam.owner_id, person)],
            "deeds": [_row(row) for row in _owned(AuditEntry, AuditEntry.who, person)],
            "at_examplary": self._at_examplary(person),
        }

    def _at_examplary(self, person: LmsUser) -> dict[str, object]:
        """Return the person's account there, and their exams as they stand there now.

        Where Examplary does not give one, ``problem`` says why; while it is away it is not asked for each of them.
        """
        begun = [row.examplary_exam_id for row in _owned(Generation, Generation.lms_user_id, person)]
        kept = [row.examplary_exam_id for row in _owned(Exam, Exam.owner_id, person)]
        ids = [exam_id for exam_id in dict.fromkeys((*begun, *kept)) if exam_id]
        client = self._clients.for_platform(db.session.get_one(Platform, person.platform_id))
        db.session.rollback()
        return {
            "user": person.examplary_user_id,
            "email": person.examplary_email,
            "exams": list(_exams_at_examplary(client, ids)),
        }

    @staticmethod
    @retry_on_conflict
    def note_export(person: LmsUser) -> None:
        """Note that somebody was given this person's data."""
        add_audit_entry(AuditAction.PERSON_EXPORTED, OPERATOR, subject=person.id, platform_id=person.platform_id)
        db.session.commit()

    @retry_on_conflict
    def erase(self, person: LmsUser) -> None:
        """Delete ``person`` and all that is theirs; what Examplary still holds of it becomes a chore.

        Examplary's API has no call that deletes a user (facts: examplary-api §3): that becomes one for a person to ask.
        """
        person_id = person.id
        if person.examplary_user_id:
            self._chores.add(ChoreKind.DELETE_USER, person.examplary_user_id, None)
        add_audit_entry(AuditAction.PERSON_ERASED, OPERATOR, subject=person_id, platform_id=person.platform_id)
        for generation in _owned(Generation, Generation.lms_user_id, person):
            self._owe(generation)
        db.session.execute(delete(Exam).where(Exam.owner_id == person.id))
        db.session.execute(delete(Generation).where(Generation.lms_user_id == person.id))
        db.session.execute(delete(Launch).where(Launch.lms_user_id == person.id))
        db.session.execute(delete(LmsUser).where(LmsUser.id == person.id))
        db.session.commit()
        log.info("privacy.erased", lms_user=person_id)

    def _owe(self, generation: Generation) -> None:
        under_way = (GenerationState.OPEN, GenerationState.COLLECTING, GenerationState.FAILED)
        if generation.state in under_way and generation.session_id_encrypted:
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self._chores.add(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)
        if generation.examplary_exam_id:
            self._chores.add(ChoreKind.DELETE_EXAM, generation.examplary_exam_id, generation.platform_id)


def _exams_at_examplary(client: ExamplaryClient, exam_ids: Iterable[str]) -> Iterator[dict[str, object]]:
    away = ""
    for exam_id in exam_ids:
        try:
            found = {"problem": away} if away else {"exam": client.get_exam(exam_id).data}
        except ExamplaryError as error:
            found = {"problem": error.code}
            away = "" if isinstance(error, NotFound) else error.code
        yield {"id": exam_id, **found}


def _owned(table: type[Row], owner: InstrumentedAttribute[str], person: LmsUser) -> list[Row]:
    return list(db.session.scalars(select(table).where(owner == person.id)))


def _row(row: Base) -> dict[str, object]:
    """Return the columns of ``row``, without secrets, as JSON can hold them."""
    values = {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}
    return {name: _plain(value) for name, value in values.items() if name not in SECRET_COLUMNS}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
