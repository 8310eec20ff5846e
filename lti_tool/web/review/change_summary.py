"""The review page's view of a teacher's changes: a summary with undo, and which questions are edited."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.exam import Question
from lti_tool.exam.changes import (
    Change,
    Changed,
    Move,
    Operation,
    UnknownOperation,
    describe,
    full_value,
    question_of,
)
from lti_tool.exam.remark import Remark
from lti_tool.models import Exam
from lti_tool.services.exams.change_log import Revision, with_reasons

MAX_NAME_LENGTH = 80
"""Characters of a question's name in the summary."""


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """A change in words. ``number`` and ``name`` are those of its question; the number is 0 if it is left out.

    ``value`` is what it sets, where the words don't say it in full. ``inapplicable`` says why it is not applied.
    """

    number: int
    name: str
    text: Remark
    value: str = ""
    inapplicable: Remark | None = None


@dataclass(frozen=True, slots=True)
class EditedRevision:
    """The changes that were saved together, and can be undone together."""

    number: int
    at: datetime
    edits: tuple[ChangeEntry, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """All changes in force, the newest first. ``saved`` was just made; ``marked`` are the ids of edited questions."""

    may_change: bool
    revision: int
    revisions: tuple[EditedRevision, ...]
    saved: EditedRevision | None
    marked: frozenset[str]


def edits_of(row: Exam, changed: Changed, history: Sequence[Revision], *, may_change: bool, saved: int) -> Edits:
    """Return the changes of an exam; ``saved`` is the number of the revision to confirm, or 0."""
    current_revisions = with_reasons(history, changed.reasons)
    edited_revisions = tuple(
        EditedRevision(
            revision.number, revision.at, tuple(_edit(change, reason, changed) for change, reason in changes)
        )
        for revision, changes in reversed(current_revisions)
    )
    return Edits(
        may_change=may_change,
        revision=row.revision,
        revisions=edited_revisions,
        saved=next((revision for revision in edited_revisions if revision.number == saved), None),
        marked=frozenset(
            question_of(change.operation) for _, changes in current_revisions for change, _ in changes if _marks(change)
        ),
    )


class ChangeEntries:
    """Puts changes into words: with the question numbers of the exam now, and the texts to which they were made."""

    def __init__(self, changed: Changed, before: Changed) -> None:
        self._now = {arranged.question.id: arranged.question for arranged in changed.arrangement}
        self._before = {arranged.question.id: arranged.question for arranged in before.arrangement}

    def typed(self, operation: Operation) -> ChangeEntry:
        """Return a change that the teacher typed into a form, which showed the exam ``before``."""
        return self._entry(operation, self._before)

    def stored(self, operation: Operation) -> ChangeEntry:
        """Return a change to the exam as it is stored now."""
        return self._entry(operation, self._now)

    def _entry(self, operation: Operation, questions: Mapping[str, Question]) -> ChangeEntry:
        identifier = question_of(operation)
        now, then = self._now.get(identifier), questions.get(identifier)
        return replace(_in_words(operation, now, then), value=full_value(operation, then))


def anchor(question_id: str) -> str:
    """Return the id of a question's card: ids of questions may hold any characters."""
    return f"q-{hashlib.sha256(question_id.encode('utf-8', 'replace')).hexdigest()[:10]}"


def _edit(change: Change, reason: Remark | None, changed: Changed) -> ChangeEntry:
    entry = _in_words(change.operation, changed.question(question_of(change.operation)))
    return replace(entry, inapplicable=reason)


def _in_words(operation: Operation, now: Question | None, then: Question | None = None) -> ChangeEntry:
    """Return an operation in words. The question is named as it is ``now``, or else as it was ``then``."""
    named = now or then
    return ChangeEntry(
        number=now.number if now is not None else 0,
        name=named.name()[:MAX_NAME_LENGTH] if named is not None else "",
        text=describe(operation),
    )


def _marks(change: Change) -> bool:
    """Return whether a change makes its question look edited: a move doesn't."""
    return bool(question_of(change.operation)) and not isinstance(change.operation, Move | UnknownOperation)
