"""The history of an exam, step by step, for an administrator who is looking for one that didn't arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from lti_tool.models import (
    AuditAction,
    AuditEntry,
    Chore,
    ChoreKind,
    Delivery,
    Exam,
    ExamChange,
    Generation,
    GenerationState,
    Import,
    ImportState,
    Launch,
    LmsUser,
    db,
)
from lti_tool.security.encryption import UnreadableSecret, Vault, fingerprint
from lti_tool.services.delivery.import_retries import may_retry

MAX_ENTRIES = 100
"""Rows of each kind in a history, the newest."""
SHOWN_OTHERWISE = (AuditAction.EXAM_CHANGED, AuditAction.EXAM_IMPORTED)
"""Audited actions that are steps of another kind already."""


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step.

    ``kind`` names it: ``launch``, ``generation``, ``change``, ``import``, ``link``, ``chore`` or an audited action.
    ``actor_id`` is the id of a person or another actor. ``retry_id`` is the id of the row if it can be tried again.
    """

    at: datetime
    kind: str
    state: str = ""
    detail: str = ""
    actor_id: str = ""
    retry_id: str = ""


@dataclass(frozen=True, slots=True)
class ExamHistory:
    """An exam with the generations that made or changed it; or a generation that has no exam."""

    exam: Exam | None
    generations: Sequence[Generation]
    steps: Sequence[HistoryStep]
    people: Mapping[str, LmsUser]
    """The owner, and the people in the steps who are still stored."""
    owner_id: str

    @property
    def failed(self) -> Generation | None:
        """The newest generation that has failed, and can be tried again."""
        return next((row for row in self.generations if row.state == GenerationState.FAILED), None)


class ExamHistoryReader:
    """Reads histories. The vault is needed to recognise the chores of an exam by what they are about."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def read(self, row: Exam | Generation) -> ExamHistory:
        """Return the history of an exam, or of a generation without one; its steps are in order of time."""
        exam, generations = (row, _generations(row)) if isinstance(row, Exam) else (None, [row])
        steps = [*_generation_steps(generations), *self._chores(exam, generations), *_audit_steps(exam, generations)]
        if exam is not None:
            steps += [*_changes(exam.id), *_imports(exam.id), *_links(exam.id)]
        owner_id = exam.owner_id if exam is not None else generations[0].lms_user_id
        people = _people({owner_id, *(step.actor_id for step in steps)})
        return ExamHistory(exam, generations, sorted(steps, key=lambda step: step.at), people, owner_id)

    def _chores(self, exam: Exam | None, generations: Sequence[Generation]) -> Iterator[HistoryStep]:
        keys = set(self._chore_keys(exam, generations))
        if not keys:
            return
        is_own = or_(*(and_(Chore.kind == kind, Chore.fingerprint == target_hash) for kind, target_hash in keys))
        for row in db.session.scalars(select(Chore).where(is_own).order_by(Chore.id.desc()).limit(MAX_ENTRIES)):
            if row.done_at is None:
                yield HistoryStep(row.created_at, "chore", row.kind, row.last_error, retry_id=str(row.id))
            else:
                yield HistoryStep(row.done_at, "chore_done", row.kind)

    def _chore_keys(self, exam: Exam | None, generations: Sequence[Generation]) -> Iterator[tuple[ChoreKind, str]]:
        """Yield kind and fingerprint of each chore that may have been added for the exam or its generations."""
        at_examplary = [row.examplary_exam_id for row in generations]
        if exam is not None and not exam.duplicate_id:
            at_examplary.append(exam.examplary_exam_id)
        for exam_id in filter(None, at_examplary):
            yield ChoreKind.DELETE_EXAM, fingerprint(exam_id)
        for row in generations:
            yield ChoreKind.FETCH_ORIGINAL, fingerprint(row.id)
            yield ChoreKind.FETCH_MEDIA, fingerprint(row.id)
            if row.session_id_encrypted:
                # With a key that is lost, only this chore is missing.
                with suppress(UnreadableSecret):
                    yield ChoreKind.DELETE_SESSION, fingerprint(self._vault.decrypt(row.session_id_encrypted))


def _generations(exam: Exam) -> list[Generation]:
    """Return the generations that made or changed an exam, newest first."""
    rows: dict[str, Generation] = {}
    for condition in (Generation.exam_id == exam.id, Generation.revises_id == exam.id):
        query = select(Generation).where(condition).order_by(Generation.created_at.desc(), Generation.id.desc())
        rows |= {row.id: row for row in db.session.scalars(query.limit(MAX_ENTRIES))}
    return sorted(rows.values(), key=lambda row: (row.created_at, row.id), reverse=True)


def _generation_steps(generations: Sequence[Generation]) -> Iterator[HistoryStep]:
    launch_ids = {row.launch_id for row in generations if row.launch_id}
    for launch in db.session.scalars(select(Launch).where(Launch.id.in_(launch_ids))):
        yield HistoryStep(launch.created_at, "launch", launch.role, launch.id, launch.lms_user_id)
    for row in generations:
        kind = "edit" if row.revises_id else "generation"
        yield HistoryStep(row.created_at, kind, "opening", row.id, row.lms_user_id)
        if row.state != GenerationState.OPENING:
            yield HistoryStep(row.state_since, kind, row.state, row.error_code)


def _changes(exam_id: str) -> Iterator[HistoryStep]:
    query = select(ExamChange.created_at, ExamChange.revision, ExamChange.undoes, ExamChange.lms_user_id)
    newest = query.where(ExamChange.exam_id == exam_id).order_by(ExamChange.revision.desc()).limit(MAX_ENTRIES)
    for created_at, revision, undoes, author_id in db.session.execute(newest):
        yield HistoryStep(created_at, "change" if undoes is None else "undo", detail=str(revision), actor_id=author_id)


def _imports(exam_id: str) -> Iterator[HistoryStep]:
    replaced: set[tuple[str, str]] = set()
    for row in db.session.scalars(_newest(Import, Import.exam_id == exam_id, Import.created_at)):
        yield HistoryStep(row.created_at, "import", "asked", row.family, row.lms_user_id)
        if row.state != ImportState.ASKED:
            # A later attempt of the same person in the same course takes the place of this one.
            place = (row.lms_user_id, row.context_id)
            retry_id = row.id if may_retry(row) and place not in replaced else ""
            replaced.add(place)
            yield HistoryStep(row.state_since, "import", row.state, row.error_code or row.outcome, retry_id=retry_id)


def _links(exam_id: str) -> Iterator[HistoryStep]:
    for row in db.session.scalars(_newest(Delivery, Delivery.exam_id == exam_id, Delivery.created_at)):
        yield HistoryStep(row.created_at, "link", "made", row.format_name)
        if row.revoked_at:
            yield HistoryStep(row.revoked_at, "link", "revoked", row.format_name)


def _audit_steps(exam: Exam | None, generations: Sequence[Generation]) -> Iterator[HistoryStep]:
    subjects = [*([exam.id] if exam is not None else []), *(row.id for row in generations)]
    query = select(AuditEntry).where(AuditEntry.subject.in_(subjects), AuditEntry.action.not_in(SHOWN_OTHERWISE))
    for row in db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(MAX_ENTRIES)):
        yield HistoryStep(row.at, row.action, detail=row.detail, actor_id=row.actor)


def _newest(table: Any, condition: Any, created_at: Any) -> Select[Any]:  # noqa: ANN401 -- of two tables
    return select(table).where(condition).order_by(created_at.desc()).limit(MAX_ENTRIES)


def _people(ids: Iterable[str]) -> dict[str, LmsUser]:
    return {row.id: row for row in db.session.scalars(select(LmsUser).where(LmsUser.id.in_(ids)))}
