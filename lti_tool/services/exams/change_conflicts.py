"""Compare a teacher's changes with newer revisions of the exam.

Others may have changed it, and a new version may have come from Examplary. What both set is a conflict, for the teacher
to decide; a change that can no longer be applied is returned with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool import exam as exams
from lti_tool.exam.changes import (
    CHANGED_THERE,
    Change,
    Note,
    Operation,
    Target,
    apply,
    by_target,
    means_the_same,
    original_operation,
    overruled,
    same_value,
)
from lti_tool.services.exams.change_log import Revision, changes_in_force, up_to


@dataclass(frozen=True, slots=True)
class Conflict:
    """The teacher's change, and the one of others to the same target; ``None`` if the exam has its original value."""

    mine: Change
    theirs: Change | None


def conflicts_of(new: Sequence[Change], log: Sequence[Revision], base: int) -> list[Conflict]:
    """Return where others set the same thing to something else after revision ``base`` of the same version."""
    touched = _targets_since(log, base)
    current = by_target(changes_in_force(log))
    pairs = [(change, current.get(change.operation.target)) for change in new if change.operation.target in touched]
    return [Conflict(mine, theirs) for mine, theirs in pairs if theirs is None or theirs.operation != mine.operation]


def split_applicable(
    changes: Sequence[Change], log: Sequence[Revision], old: exams.Exam | None, new: exams.Exam
) -> tuple[list[Change], list[Note]]:
    """Return which changes to the version ``old`` can be applied to ``new``, and notes on those that can't.

    ``old`` is ``None`` if it is not known.
    """
    candidates, notes = [], []
    for change in changes:
        if old is None or means_the_same(change.operation, old, new):
            candidates.append(change)
        else:
            notes.append(Note(change, overruled(change.operation, old, new) or CHANGED_THERE))
    applicable = []
    earlier = changes_in_force(log)
    reasons = apply(new, [*earlier, *candidates]).reasons[len(earlier) :]
    for change, reason in zip(candidates, reasons, strict=True):
        if reason is None:
            applicable.append(change)
        else:
            notes.append(Note(change, reason))
    return applicable, notes


def conflicts_with_version(
    changes: Sequence[Change], log: Sequence[Revision], base: int, old: exams.Exam | None, new: exams.Exam
) -> list[Conflict]:
    """Return where the version ``new``, or others, set the same as changes to revision ``base`` of the version ``old``.

    If ``old`` is not known, everything may be in conflict.
    """
    before = by_target(changes_in_force(up_to(log, base)))
    current = by_target(changes_in_force(log))
    conflicts = []
    for change in changes:
        target = change.operation.target
        earlier, theirs = _operation(before.get(target)), _operation(current.get(target))
        is_free = old is not None and overruled(change.operation, old, new) is None and earlier == theirs
        if not is_free and not same_value(change.operation, theirs or original_operation(change.operation, new)):
            conflicts.append(Conflict(change, current.get(target)))
    return conflicts


def _operation(change: Change | None) -> Operation | None:
    return None if change is None else change.operation


def _targets_since(log: Sequence[Revision], base: int) -> set[Target]:
    """Return what was set after revision ``base``; undoing sets what it undoes."""
    by_number = {revision.number: revision for revision in log}
    targets: set[Target] = set()
    for revision in log:
        if revision.number > base:
            undone = by_number.get(revision.undoes) if revision.undoes is not None else None
            targets |= {change.operation.target for change in (undone or revision).changes}
    return targets
