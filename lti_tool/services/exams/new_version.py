"""Store a new version of an exam that the teacher changed in Examplary.

It replaces the snapshot of the same exam, whose identifiers stay: adding it to a course again updates the quiz. The
teacher's own changes are kept where they still fit, and a sentence says what became of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from lti_tool import exam as exams
from lti_tool.exam.changes import Change, Note, QuestionOperation, apply, describe, rebase, to_json
from lti_tool.exam.comparison import differences
from lti_tool.models import (
    MAX_TITLE_LENGTH,
    AuditAction,
    Exam,
    ExamChange,
    ExamMedia,
    Generation,
    GenerationState,
    add_audit_entry,
    compare_and_set,
    db,
    insert_if_absent,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.exams.change_log import changes_in_force, revisions
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.search_text import store_searchable_text
from lti_tool.services.exams.snapshot_capture import FetchedExam
from lti_tool.services.generations.transitions import transition


class Overtaken(Exception):
    """Another version was stored while this one was being fetched. This one may be older, so fetch it again."""


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
        _replace(exam, generation, fetched)
        _record(exam, generation)
    ready = {"exam_id": exam.id, "error_code": "", "look_after": None}
    return transition(generation.id, GenerationState.COLLECTING, GenerationState.READY, **ready)


def _replace(exam: Exam, generation: Generation, fetched: FetchedExam) -> None:
    """Replace the snapshot and what depends on it, and restart the log of changes with those that still fit."""
    carried, files = _carry_over(exam, fetched.parsed), _stored_files(exam)
    value, number = apply(fetched.parsed, carried.changes).exam, exam.revision + 1
    columns = {
        "title": value.title[:MAX_TITLE_LENGTH],
        "language": (value.language or "")[:40],
        "points": value.points,
        "question_count": len(value.questions),
        "snapshot": fetched.document,
        "snapshot_sha256": fingerprint(fetched.document),
        "original_sha256": fetched.original_sha256,
        "version_notes": {"differences": as_json(carried.differences), "dropped": carried.dropped},
        "changed_at": now(),
        "revision": number,
    }
    unchanged = (Exam.snapshot_sha256 == exam.snapshot_sha256, Exam.revision == exam.revision)
    if not compare_and_set(Exam, Exam.id == exam.id, *unchanged, **columns):
        raise Overtaken(exam.id)
    operations = list(map(to_json, carried.changes))
    log = {"exam_id": exam.id, "revision": number, "operations": operations, "starts_over": True}
    insert_if_absent(ExamChange, log | {"lms_user_id": generation.lms_user_id})
    _replace_media(exam.id, fetched, files)
    store_searchable_text(exam.id, value)


def _replace_media(exam_id: str, fetched: FetchedExam, files: Mapping[str, str]) -> None:
    """Replace the list of images and files. One that can't be fetched any more is still here from last time."""
    db.session.execute(delete(ExamMedia).where(ExamMedia.exam_id == exam_id))
    for file in fetched.media:
        digest = file.sha256 or files.get(file.url)
        row = ExamMedia(exam_id=exam_id, url=file.url, asset_sha256=digest, problem="" if digest else file.problem)
        db.session.add(row)
    db.session.flush()


def _stored_files(exam: Exam) -> dict[str, str]:
    return {file.url: file.asset_sha256 for file in exam.media if file.asset_sha256 is not None}


@dataclass(frozen=True, slots=True)
class _CarriedOver:
    """The changes that still fit, the differences between the versions, and the changes that don't fit, as JSON."""

    changes: tuple[Change, ...]
    differences: tuple[exams.Remark, ...]
    dropped: list[Any]


def _carry_over(exam: Exam, new: exams.Exam) -> _CarriedOver:
    """Return what the teacher's changes become in a new version; nothing of a predecessor that can't be read."""
    try:
        old = ExamReader.original(exam)
    except exams.ExamError:
        return _CarriedOver((), (), [])
    fitting, notes = rebase(changes_in_force(revisions(exam)), old, new)
    numbers = {question.id: question.number for question in old.questions}
    dropped = [_dropped(note, numbers) for note in notes]
    return _CarriedOver(fitting, differences(old, new), dropped)


def _dropped(note: Note, numbers: Mapping[str, int]) -> list[Any]:
    operation = note.change.operation
    number = numbers.get(operation.question, 0) if isinstance(operation, QuestionOperation) else 0
    return [number, *as_json((describe(operation), note.remark))]


@dataclass(frozen=True, slots=True)
class DroppedChange:
    """A change of the teacher that doesn't fit the new version. ``number`` is the question's; 0: the whole exam."""

    number: int
    what: exams.Remark
    why: exams.Remark


@dataclass(frozen=True, slots=True)
class VersionNotes:
    """The differences of a new version, and the teacher's own changes that it dropped."""

    differences: tuple[exams.Remark, ...]
    dropped: tuple[DroppedChange, ...]


def notes_of(exam: Exam) -> VersionNotes | None:
    """Return the notes on the last new version; ``None`` if the teacher has read them or there was none."""
    if exam.version_notes is None:
        return None
    dropped = [DroppedChange(number, *from_json(remarks)) for number, *remarks in exam.version_notes["dropped"]]
    return VersionNotes(from_json(exam.version_notes["differences"]), tuple(dropped))


def as_json(remarks: Iterable[exams.Remark]) -> list[Any]:
    """Return remarks as JSON values, which :func:`from_json` reads."""
    return [[remark.code, remark.message, remark.plural, [list(fact) for fact in remark.facts]] for remark in remarks]


def from_json(content: Iterable[Any]) -> tuple[exams.Remark, ...]:
    """Return the remarks of :func:`as_json`."""
    return tuple(exams.Remark(code, text, plural, tuple(map(tuple, facts))) for code, text, plural, facts in content)


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
