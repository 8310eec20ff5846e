"""The log of a teacher's changes to an exam, read back: its revisions, and the changes that count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lti_tool.exam import Remark
from lti_tool.exam.changes import Change, from_json
from lti_tool.models import Exam, ExamChange, db


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision. ``undoes`` is the number of the one that it takes back; ``person`` the id of its author."""

    number: int
    changes: tuple[Change, ...]
    undoes: int | None
    starts_over: bool
    person: str
    at: datetime


def revisions(row: Exam, up_to: int | None = None) -> tuple[Revision, ...]:
    """Return the revisions of an exam, the oldest first, up to a number or to that of ``row`` when it was read."""
    newest = row.revision if up_to is None else min(up_to, row.revision)
    if newest <= 0:
        return ()
    query = select(ExamChange).where(ExamChange.exam_id == row.id, ExamChange.revision <= newest)
    return tuple(map(_revision, db.session.scalars(query.order_by(ExamChange.revision))))


def _revision(row: ExamChange) -> Revision:
    return Revision(
        number=row.revision,
        changes=tuple(map(from_json, row.operations)),
        undoes=row.undoes,
        starts_over=row.starts_over,
        person=row.lms_user_id,
        at=row.created_at,
    )


def in_force(log: Iterable[Revision]) -> Sequence[Revision]:
    """Return the revisions that count: since the last reset, not undone, and with at least one change."""
    counting: dict[int, Revision] = {}
    for revision in log:
        if revision.starts_over:
            counting.clear()
        if revision.undoes is not None:
            counting.pop(revision.undoes, None)
        elif revision.changes:
            counting[revision.number] = revision
    return list(counting.values())


def changes_in_force(log: Iterable[Revision]) -> tuple[Change, ...]:
    """Return the changes that count, in the order in which they were made."""
    return tuple(change for revision in in_force(log) for change in revision.changes)


def with_reasons(
    log: Iterable[Revision], reasons: Iterable[Remark | None]
) -> list[tuple[Revision, tuple[tuple[Change, Remark | None], ...]]]:
    """Return the revisions that count, each with its changes and why they don't fit.

    ``reasons`` has one entry for each of :func:`changes_in_force`: ``None`` if the change fits.
    """
    remaining = iter(reasons)
    return [(revision, tuple((change, next(remaining)) for change in revision.changes)) for revision in in_force(log)]


def up_to(log: Iterable[Revision], number: int) -> Sequence[Revision]:
    """Return the revisions up to the one with this number."""
    return [revision for revision in log if revision.number <= number]


def is_of_older_version(log: Iterable[Revision], number: int) -> bool:
    """Return whether Examplary's exam was replaced by a new version after the revision with this number."""
    return any(revision.starts_over for revision in log if revision.number > number)


def snapshot_at(row: Exam, number: int) -> str | None:
    """Return the snapshot to which a revision belongs; ``None`` if it was replaced and is no longer kept."""
    later = (ExamChange.exam_id == row.id, ExamChange.revision > number, ExamChange.revision <= row.revision)
    query = select(ExamChange.replaced).where(*later, ExamChange.starts_over).order_by(ExamChange.revision).limit(1)
    replaced = db.session.execute(query).first()
    return row.snapshot if replaced is None else replaced[0]
