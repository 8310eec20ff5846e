"""Store a new version of an exam that the teacher changed in Examplary.

It replaces the snapshot of the same exam, whose identifiers stay: adding it to a course again updates the quiz. The
teacher's own changes are kept where they still fit, and a sentence says what became of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete

from lti_tool import exam as exams
from lti_tool.exam.comparison import differences
from lti_tool.models import (
    AuditAction,
    Exam,
    ExamMedia,
    Generation,
    GenerationState,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.search_text import store_searchable_text
from lti_tool.services.exams.snapshot_capture import FetchedExam
from lti_tool.services.generations.leases import transition


class Overtaken(Exception):
    """Another version was stored while this one was being fetched: what was fetched may be older, so fetch again."""


def store_new_version(generation: Generation, base: str, fetched: FetchedExam) -> bool:
    """Store what was fetched as the new version of the exam, and the state ``ready``; return whether we did.

    ``base`` is the checksum of the snapshot that was stored when fetching began. Raises :class:`Overtaken` if it is no
    longer the newest. The caller commits, together with whatever else belongs to the step.
    """
    exam = db.session.get(Exam, generation.revises_id, populate_existing=True) if generation.revises_id else None
    if exam is None:  # deleted in the meantime
        return False
    if exam.snapshot_sha256 != base:
        raise Overtaken(exam.id)
    if fingerprint(fetched.document) != base:
        _replace(exam, fetched)
        _record(exam, generation)
    ready = {"exam_id": exam.id, "error_code": "", "look_after": None}
    return transition(generation.id, GenerationState.COLLECTING, GenerationState.READY, **ready)


def _replace(exam: Exam, fetched: FetchedExam) -> None:
    """Replace the snapshot and what depends on it."""
    new, files = fetched.parsed, _stored_files(exam)
    notes = _notes(exam, new)
    unchanged = Exam.snapshot_sha256 == exam.snapshot_sha256
    values = {
        "title": new.title[:500],
        "language": (new.language or "")[:40],
        "points": new.points,
        "question_count": len(new.questions),
        "snapshot": fetched.document,
        "snapshot_sha256": fingerprint(fetched.document),
        "original_sha256": fetched.original_sha256,
        "version_notes": notes,
        "changed_at": now(),
    }
    if not compare_and_set(Exam, Exam.id == exam.id, unchanged, **values):
        raise Overtaken(exam.id)
    db.session.execute(delete(ExamMedia).where(ExamMedia.exam_id == exam.id))
    for file in fetched.media:
        # A picture that can't be fetched any more is still here from last time.
        digest = file.sha256 or files.get(file.url)
        row = ExamMedia(exam_id=exam.id, url=file.url, asset_sha256=digest, problem="" if digest else file.problem)
        db.session.add(row)
    db.session.flush()
    store_searchable_text(exam.id, new)


def _stored_files(exam: Exam) -> dict[str, str]:
    return {file.url: file.asset_sha256 for file in exam.media if file.asset_sha256 is not None}


def _notes(exam: Exam, new: exams.Exam) -> list[Any]:
    """Return what is different, as JSON; nothing about a predecessor that can't be read."""
    try:
        old = ExamReader.value(exam)
    except exams.ExamError:
        return []
    return as_json(differences(old, new))


def as_json(remarks: Iterable[exams.Remark]) -> list[Any]:
    """Return remarks as JSON values, which :func:`from_json` reads."""
    return [[each.code, each.message, each.plural, [list(fact) for fact in each.facts]] for each in remarks]


def from_json(content: list[Any] | None) -> tuple[exams.Remark, ...]:
    """Return the remarks of :func:`as_json`."""
    rows = content or ()
    return tuple(exams.Remark(code, text, plural, tuple(map(tuple, facts))) for code, text, plural, facts in rows)


def _record(exam: Exam, generation: Generation) -> None:
    add_audit_entry(
        AuditAction.EXAM_REVISED,
        generation.lms_user_id,
        subject=exam.id,
        launch_id=generation.launch_id,
        platform_id=generation.platform_id,
    )


@retry_on_conflict
def forget_notes(exam: Exam) -> None:
    """Forget the sentences about the last version: the teacher has read them. Commits."""
    compare_and_set(Exam, Exam.id == exam.id, version_notes=None)
    db.session.commit()


@retry_on_conflict
def mark_gone(exam_id: str) -> None:
    """Note that Examplary no longer has the exam. Commits."""
    compare_and_set(Exam, Exam.id == exam_id, at_examplary=False)
    db.session.commit()
