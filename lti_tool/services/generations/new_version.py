"""Store a new version of an exam that the teacher changed in Examplary.

It replaces the snapshot of the same exam, whose identifiers stay: adding it to a course again updates the quiz. The
teacher's own changes are kept where they still fit, and a sentence says what became of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete

from lti_tool import exam as exams
from lti_tool.exam import changes as teacher_changes
from lti_tool.exam.changes import (
    Change,
    Note,
    apply,
    by_target,
    full_value,
    means_the_same,
    question_of,
    rebase,
    to_json,
)
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
from lti_tool.services.exams.change_log import Revision, changes_in_force, in_force, revisions, with_reasons
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.remark_json import remark_from_json, remark_to_json
from lti_tool.services.exams.search_text import store_searchable_text
from lti_tool.services.exams.snapshot_capture import FetchedExam
from lti_tool.services.generations.transitions import transition

MAX_NAME_LENGTH = 80
"""Characters of a question's name in a note."""


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
    if fingerprint(fetched.document) == base:
        _note_that_nothing_changed(exam)
    else:
        _replace(exam, generation, fetched)
        _record(exam, generation)
    ready = {"exam_id": exam.id, "error_code": "", "look_after": None}
    return transition(generation.id, GenerationState.COLLECTING, GenerationState.READY, **ready)


def _replace(exam: Exam, generation: Generation, fetched: FetchedExam) -> None:
    """Replace the snapshot and what depends on it, and restart the log of changes with those that still fit.

    They stay the revisions that they were, so that each can be undone.
    """
    carried, files = _carry_over(exam, fetched.parsed), _stored_files(exam)
    value = apply(fetched.parsed, changes_in_force(carried.revisions)).exam
    # With nothing to keep, the log restarts with an empty revision.
    operations = [list(map(to_json, revision.changes)) for revision in carried.revisions] or [[]]
    first, replaced = exam.revision + 1, exam.snapshot
    columns = {
        "title": value.title[:MAX_TITLE_LENGTH],
        "language": (value.language or "")[:40],
        "points": value.points,
        "question_count": len(value.questions),
        "snapshot": fetched.document,
        "snapshot_sha256": fingerprint(fetched.document),
        "original_sha256": fetched.original_sha256,
        "version_notes": {"differences": list(map(remark_to_json, carried.differences)), "dropped": carried.dropped},
        "changed_at": now(),
        "revision": exam.revision + len(operations),
    }
    unchanged = (Exam.snapshot_sha256 == exam.snapshot_sha256, Exam.revision == exam.revision)
    if not compare_and_set(Exam, Exam.id == exam.id, *unchanged, **columns):
        raise Overtaken(exam.id)
    for number, kept in enumerate(operations, first):
        log = {"exam_id": exam.id, "revision": number, "operations": kept, "lms_user_id": generation.lms_user_id}
        restart = {"starts_over": True, "replaced": replaced} if number == first else {}
        insert_if_absent(ExamChange, log | restart)
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


def _note_that_nothing_changed(exam: Exam) -> None:
    """Forget what the last version changed; keep the teacher's own changes that it dropped, until they are read."""
    if exam.version_notes is None:
        return
    dropped = _stored_dropped(exam.version_notes)
    notes = {"differences": [], "dropped": dropped, "unchanged": True} if dropped else None
    compare_and_set(Exam, Exam.id == exam.id, version_notes=notes)


@dataclass(frozen=True, slots=True)
class _CarriedOver:
    """The revisions with what still fits, the differences between the versions, and what doesn't fit, as JSON."""

    revisions: Sequence[Revision]
    differences: tuple[exams.Remark, ...]
    dropped: list[Any]


def _carry_over(exam: Exam, new: exams.Exam) -> _CarriedOver:
    """Return what becomes of the teacher's changes in a new version; nothing if its predecessor can't be read."""
    try:
        old = ExamReader.original(exam)
    except exams.ExamError:
        return _CarriedOver((), (), [])
    counting = in_force(revisions(exam))
    changes = changes_in_force(counting)
    reasons = rebase(changes, old, new)
    fitting = [change for change, reason in zip(changes, reasons, strict=True) if reason is None]
    last = {change.operation.target: place for place, change in enumerate(changes)}
    lost = [
        Note(change, reason)
        for place, (change, reason) in enumerate(zip(changes, reasons, strict=True))
        if reason is not None and last[change.operation.target] == place
    ]
    dropped = [_dropped(note, fitting, old, new) for note in lost]
    unread = _unread(exam, [*fitting, *(note.change for note in lost)], fitting, old, new)
    return _CarriedOver(_fitting_revisions(counting, reasons), differences(old, new), unread + dropped)


def _fitting_revisions(counting: Sequence[Revision], reasons: Sequence[exams.Remark | None]) -> list[Revision]:
    """Return the revisions with only the changes that have no reason against them; those without any are left out."""
    kept = []
    for revision, changes in with_reasons(counting, reasons):
        fitting = tuple(change for change, reason in changes if reason is None)
        if fitting:
            kept.append(replace(revision, changes=fitting))
    return kept


def _dropped(note: Note, fitting: Sequence[Change], old: exams.Exam, new: exams.Exam) -> dict[str, Any]:
    operation = note.change.operation
    question = old.question(question_of(operation))
    return {
        "change": to_json(note.change),
        "name": question.name()[:MAX_NAME_LENGTH] if question is not None else "",
        "text": full_value(operation, question),
        "why": [remark_to_json(note.remark)],
        "may_choose": _fits(note.change, fitting, old, new),
    }


def _fits(change: Change, fitting: Sequence[Change], old: exams.Exam, new: exams.Exam) -> bool:
    """Return whether a dropped change could be applied to the new version after all."""
    return means_the_same(change.operation, old, new) and not apply(new, [*fitting, change]).notes


def _unread(
    exam: Exam, newer: Sequence[Change], fitting: Sequence[Change], old: exams.Exam, new: exams.Exam
) -> list[dict[str, Any]]:
    """Return what an earlier version dropped, if the teacher hasn't read it yet nor set the same again."""
    set_since = by_target(newer)
    unread = []
    for content in _stored_dropped(exam.version_notes or {}):
        change = teacher_changes.from_json(content["change"])
        if change.operation.target not in set_since:
            may_choose = content["may_choose"] and _fits(change, fitting, old, new)
            unread.append(content | {"may_choose": may_choose})
    return unread


@dataclass(frozen=True, slots=True)
class DroppedChange:
    """A change of the teacher that the new version doesn't have.

    ``name`` is that of its question, ``text`` what the teacher wrote; ``may_choose``: it can be applied after all.
    """

    change: Change
    name: str
    text: str
    why: exams.Remark
    may_choose: bool


@dataclass(frozen=True, slots=True)
class VersionNotes:
    """The differences of a new version, and the teacher's own changes that it dropped.

    ``unchanged``: it was followed by one without differences.
    """

    differences: tuple[exams.Remark, ...]
    dropped: tuple[DroppedChange, ...]
    unchanged: bool


def notes_of(exam: Exam) -> VersionNotes | None:
    """Return the notes on the last new version; ``None`` if the teacher has read them or there was none."""
    notes = exam.version_notes
    if notes is None:
        return None
    dropped = tuple(map(_read_dropped, _stored_dropped(notes)))
    differences = tuple(map(remark_from_json, notes["differences"]))
    return VersionNotes(differences, dropped, notes.get("unchanged", False))


def _stored_dropped(notes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the dropped changes of notes; none of those that an earlier release stored, without what was typed."""
    return [content for content in notes.get("dropped", []) if isinstance(content, dict)]


def _read_dropped(content: Mapping[str, Any]) -> DroppedChange:
    (why,) = content["why"]
    change = teacher_changes.from_json(content["change"])
    return DroppedChange(change, content["name"], content["text"], remark_from_json(why), content["may_choose"])


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
