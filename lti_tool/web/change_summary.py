"""The review page's view of a teacher's changes: a summary with undo, and which questions are edited."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.exam.changes import Change, Changed, Move, Note, QuestionOperation, UnknownOperation, describe
from lti_tool.exam.remark import Remark
from lti_tool.models import Exam
from lti_tool.services.exams.change_log import Revision, in_force

MAX_NAME_LENGTH = 80
"""Characters of a question's name in the summary."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change in words. ``number`` and ``name`` are its question's; the number is 0 if it is left out.

    ``misfit`` says why the change is not applied.
    """

    number: int
    name: str
    text: Remark
    misfit: Remark | None


@dataclass(frozen=True, slots=True)
class EditedRevision:
    """The changes that were saved together, and can be taken back together."""

    number: int
    at: datetime
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """All changes that count, the newest first. ``saved`` was just made; ``marked`` are ids of edited questions."""

    may_change: bool
    revision: int
    revisions: tuple[EditedRevision, ...]
    saved: EditedRevision | None
    marked: frozenset[str]


def edits_of(row: Exam, changed: Changed, history: Sequence[Revision], *, may_change: bool, saved: int) -> Edits:
    """Return the changes of an exam; ``saved`` is the number of the revision to confirm, or 0."""
    counting = in_force(history)
    misfits = {note.change: note for note in changed.notes}
    edited_revisions = tuple(_edited_revision(revision, changed, misfits) for revision in reversed(counting))
    return Edits(
        may_change=may_change,
        revision=row.revision,
        revisions=edited_revisions,
        saved=next((revision for revision in edited_revisions if revision.number == saved), None),
        marked=frozenset(_question(change) for revision in counting for change in revision.changes if _marks(change)),
    )


def edits_in_words(changes: tuple[Change, ...], changed: Changed) -> tuple[Edit, ...]:
    """Return changes in words."""
    return tuple(_edit(change, changed, {}) for change in changes)


def anchor(question_id: str) -> str:
    """Return the id of a question's card: ids of questions may hold any characters."""
    return f"q-{hashlib.sha256(question_id.encode('utf-8', 'replace')).hexdigest()[:10]}"


def _edited_revision(revision: Revision, changed: Changed, misfits: Mapping[Change, Note]) -> EditedRevision:
    edits = tuple(_edit(change, changed, misfits) for change in revision.changes)
    return EditedRevision(revision.number, revision.at, edits)


def _edit(change: Change, changed: Changed, misfits: Mapping[Change, Note]) -> Edit:
    question = next(
        (arranged.question for arranged in changed.arrangement if arranged.question.id == _question(change)), None
    )
    note = misfits.get(change)
    return Edit(
        number=question.number if question is not None else 0,
        name=question.name()[:MAX_NAME_LENGTH] if question is not None else "",
        text=describe(change.operation),
        misfit=note.remark if note is not None else None,
    )


def _question(change: Change) -> str:
    return change.operation.question if isinstance(change.operation, QuestionOperation) else ""


def _marks(change: Change) -> bool:
    """Return whether a change makes its question look edited: a move doesn't."""
    return bool(_question(change)) and not isinstance(change.operation, Move | UnknownOperation)
