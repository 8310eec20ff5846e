"""Save a teacher's changes to an exam, undo them, duplicate an exam and delete it.

A change is saved on the revision that the teacher looked at. Changes that others made since then stay, and so does a
new version from Examplary; where both set the same thing, nothing is saved, and the teacher decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog
from sqlalchemy import select

from lti_tool import exam as exams
from lti_tool.errors import N_, ExamError
from lti_tool.exam.changes import (
    Change,
    Changed,
    Note,
    Operation,
    SetTitle,
    apply,
    to_json,
)
from lti_tool.models import (
    MAX_TITLE_LENGTH,
    AuditAction,
    Exam,
    ExamChange,
    ExamMedia,
    Launch,
    add_audit_entry,
    compare_and_set,
    db,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.services.exams.change_conflicts import Conflict, conflicts_of, conflicts_with_version, split_applicable
from lti_tool.services.exams.change_log import (
    Revision,
    changes_in_force,
    in_force,
    is_of_older_version,
    revisions,
    up_to,
)
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.search_text import store_searchable_text

log = structlog.get_logger(__name__)

ATTEMPTS = 5
"""Attempts to save while others save too."""

_COPIED = (
    "examplary_exam_id",
    "platform_id",
    "language",
    "points",
    "question_count",
    "snapshot",
    "snapshot_sha256",
    "original_sha256",
    "at_examplary",
)
_COPIED_OF_CHANGES = ("revision", "operations", "undoes", "starts_over", "created_at")

MAX_COURSE_TITLE = 255
"""Characters in our table."""


class ExamChangedElsewhere(ExamError):
    """The exam changed since the teacher's page was opened, and the teacher has to look at it.

    ``conflicts`` are for the teacher to decide; ``inapplicable`` notes the changes that no longer fit. ``changes`` are
    all others.
    """

    code = "exam.changed_elsewhere"
    sentence = N_("The exam was changed in another tab or by someone else in the meantime.")
    advice = N_("Nothing was overwritten. Go back, reload the page and make your change again.")
    status = 409

    def __init__(
        self, conflicts: Sequence[Conflict] = (), changes: Sequence[Change] = (), inapplicable: Sequence[Note] = ()
    ) -> None:
        super().__init__(f"{len(conflicts)} conflicts, {len(inapplicable)} inapplicable changes")
        self.conflicts = tuple(conflicts)
        self.inapplicable = tuple(inapplicable)
        self.changes = tuple(changes)


class ChangeRefused(ExamError):
    """Changes that don't fit the exam. ``notes`` say why, change by change."""

    code = "exam.change_refused"
    sentence = N_("This change doesn't fit the exam.")
    advice = N_("Nothing was changed. Go back and correct it.")
    status = 422

    def __init__(self, notes: Sequence[Note] = ()) -> None:
        super().__init__(", ".join(note.remark.code for note in notes))
        self.notes = tuple(notes)


class ExamChanges:
    """Writes the log of changes."""

    def __init__(self, reader: ExamReader) -> None:
        self._reader = reader

    def save(self, launch: Launch, exam: Exam, operations: Iterable[Operation], base: int) -> int:
        """Save operations that were based on revision ``base``; return the number of the newest revision. Commits.

        Raises :class:`ExamChangedElsewhere` or :class:`ChangeRefused`; then nothing is saved.
        """
        changes = [Change(operation, base) for operation in operations]
        for _ in range(ATTEMPTS):
            number, log_before = exam.revision, revisions(exam)
            self._raise_if_changed_elsewhere(exam, log_before, changes, base)
            before, after = _fitting(self._reader.original(exam), changes_in_force(log_before), changes)
            if (after.exam, after.arrangement) == (before.exam, before.arrangement):
                return exam.revision
            if self._write(launch, exam, number, after.exam, {"operations": list(map(to_json, changes))}):
                return exam.revision
        raise ExamChangedElsewhere([], changes)

    def undo(self, launch: Launch, exam: Exam, number: int) -> int:
        """Take back a revision; do nothing if it doesn't count any more. Return the newest revision. Commits."""
        for _ in range(ATTEMPTS):
            newest, log_before = exam.revision, revisions(exam)
            rest = [revision for revision in in_force(log_before) if revision.number != number]
            if len(rest) == len(in_force(log_before)):
                return exam.revision
            value = apply(self._reader.original(exam), changes_in_force(rest)).exam
            if self._write(launch, exam, newest, value, {"operations": [], "undoes": number}):
                return exam.revision
        raise ExamChangedElsewhere

    def duplicate(self, launch: Launch, exam: Exam, title: str) -> Exam:
        """Return a copy that belongs to the person of ``launch``, with identifiers of its own. Commits."""
        return _duplicate(launch, exam, title, self._reader.value(exam))

    @staticmethod
    @retry_on_conflict
    def delete(launch: Launch, exam: Exam) -> None:
        """Delete an exam with all that belongs to it here. Commits."""
        exam_id = exam.id
        row = db.session.get(Exam, exam_id)
        if row is None:
            return
        _record(AuditAction.EXAM_DELETED, launch, row)
        db.session.delete(row)
        db.session.commit()
        log.info("exam.deleted", exam=exam_id)

    def _raise_if_changed_elsewhere(
        self, exam: Exam, log_before: Sequence[Revision], changes: Sequence[Change], base: int
    ) -> None:
        """Raise if there is something that the teacher has to look at before changes to revision ``base`` are saved."""
        if not is_of_older_version(log_before, base):
            if conflicts := conflicts_of(changes, log_before, base):
                raise ExamChangedElsewhere(conflicts, changes)
            return
        old, new = self._reader.original_at(exam, base), self._reader.original(exam)
        if old is not None:
            _fitting(old, changes_in_force(up_to(log_before, base)), changes)
        applicable, inapplicable = split_applicable(changes, log_before, old, new)
        conflicts = conflicts_with_version(applicable, log_before, base, old, new)
        if conflicts or inapplicable:
            raise ExamChangedElsewhere(conflicts, applicable, inapplicable)

    @staticmethod
    @retry_on_conflict
    def _write(launch: Launch, exam: Exam, before: int, value: exams.Exam, content: dict[str, object]) -> bool:
        """Add a revision after the one with the number ``before``; return whether it was the first. Commits."""
        exam_id = exam.id
        columns = {
            "title": value.title[:MAX_TITLE_LENGTH],
            "points": value.points,
            "question_count": len(value.questions),
            "changed_at": now(),
        }
        is_next = compare_and_set(Exam, Exam.id == exam_id, Exam.revision == before, revision=before + 1, **columns)
        if is_next:
            store_searchable_text(exam_id, value)
            row = {"exam_id": exam_id, "revision": before + 1, "lms_user_id": launch.lms_user_id}
            insert_if_absent(ExamChange, row | content)
            _record(AuditAction.EXAM_CHANGED, launch, exam, detail=str(before + 1))
        db.session.commit()
        db.session.refresh(exam)
        return is_next


def _fitting(original: exams.Exam, counting: Sequence[Change], new: Sequence[Change]) -> tuple[Changed, Changed]:
    """Return an exam before and after the new changes; raise :class:`ChangeRefused` if one of them doesn't fit."""
    before, after = apply(original, counting), apply(original, [*counting, *new])
    if notes := [note for note in after.notes if note not in before.notes]:
        raise ChangeRefused(notes)
    return before, after


def _record(action: AuditAction, launch: Launch, exam: Exam, detail: str = "") -> None:
    add_audit_entry(
        action,
        launch.lms_user_id,
        subject=exam.id,
        launch_id=launch.id,
        platform_id=launch.platform_id,
        detail=detail,
    )


@retry_on_conflict
def _duplicate(launch: Launch, exam: Exam, title: str, value: exams.Exam) -> Exam:
    identifier = new_id()
    copy = Exam(
        id=identifier,
        duplicate_id=identifier,
        owner_id=launch.lms_user_id,
        context_id=launch.context_id,
        course_title=launch.context_title[:MAX_COURSE_TITLE],
        title=title[:MAX_TITLE_LENGTH],
        revision=exam.revision + 1,
        media=[ExamMedia(url=file.url, asset_sha256=file.asset_sha256, problem=file.problem) for file in exam.media],
        **{name: getattr(exam, name) for name in _COPIED},
    )
    db.session.add(copy)
    db.session.flush()
    for row in db.session.scalars(select(ExamChange).where(ExamChange.exam_id == exam.id)):
        values = {name: getattr(row, name) for name in _COPIED_OF_CHANGES}
        db.session.add(ExamChange(exam_id=identifier, lms_user_id=copy.owner_id, **values))
    own_title = {"operations": [to_json(Change(SetTitle(copy.title), exam.revision))], "lms_user_id": copy.owner_id}
    db.session.add(ExamChange(exam_id=identifier, revision=copy.revision, **own_title))
    store_searchable_text(identifier, value)
    _record(AuditAction.EXAM_DUPLICATED, launch, exam, detail=identifier)
    db.session.commit()
    return copy
