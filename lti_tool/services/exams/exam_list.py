"""The exams that a teacher may use: listed by page, filtered and searched.

A list is a union with one statement for each way in which an exam comes to a teacher: it is theirs, it was generated in
the course, it was sent to the course, or the course is a copy. Each of them uses an index; a single condition with OR
would read the whole table. The rule is that of :meth:`lti_tool.services.launches.access.Access.exam`; a test compares
both for all kinds of exams.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, and_, literal, or_, select, union

from lti_tool.models import CourseCopy, Exam, ExamCourse, ExamText, Launch, LmsUser, contains_words, db, words_of
from lti_tool.services.page_keys import PageKey, beyond

PER_PAGE = 25
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Scope(StrEnum):
    """Which exams a list shows."""

    ALL = "all"
    """All that the teacher may use."""
    COURSE = "course"
    """Those of the course: generated in it, sent to it, or of a course of which it is a copy."""
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Addition:
    """An addition of an exam to a course. ``at`` is ``None`` if the time is not known."""

    course: str
    is_here: bool
    at: datetime | None
    changed_since: bool


@dataclass(frozen=True, slots=True)
class ListedExam:
    """An exam in a list.

    ``owner`` and ``course`` are empty where the teacher has no part in them: the owner of an exam that came with a
    copied course, the course of a colleague's exam that was generated elsewhere. ``additions`` are those to this course
    and the teacher's own, newest first.
    """

    id: str
    title: str
    language: str
    question_count: int
    points: Decimal
    created_at: datetime
    is_own: bool
    owner: str
    course: str
    is_of_this_course: bool
    additions: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class ExamPage:
    """One page of a list.

    ``older`` is the cursor for the page after it, empty on the last one; ``newer`` that for the page before it.
    """

    exams: tuple[ListedExam, ...]
    older: str
    newer: str


def list_exams(
    launch: Launch,
    scope: Scope = Scope.ALL,
    query: str = "",
    *,
    before: str = "",
    after: str = "",
    per_page: int = PER_PAGE,
) -> ExamPage:
    """Return one page of the exams that the teacher of ``launch`` may use, newest first.

    ``query`` are words that must all occur, in any order and as parts of words. ``before`` and ``after`` are cursors of
    another page: that of older or of newer exams is returned. One that makes no sense is ignored.
    """
    words, cursor = words_of(query), PageKey.parse(after)
    if cursor is not None:
        ids = list(db.session.scalars(matching_exams(launch, scope, words, cursor, per_page + 1, newer=True)))
        # The newest page begins with the newest exam, so that none is overlooked there.
        if len(ids) > per_page:
            return _page(launch, ids[:per_page][::-1], has_older=True, has_newer=True)
    cursor = PageKey.parse(before) if cursor is None else None
    ids = list(db.session.scalars(matching_exams(launch, scope, words, cursor, per_page + 1)))
    return _page(launch, ids[:per_page], has_older=len(ids) > per_page, has_newer=cursor is not None)


def _page(launch: Launch, ids: Sequence[str], *, has_older: bool, has_newer: bool) -> ExamPage:
    rows = _rows(launch, ids)
    first, last = (str(PageKey(row.created_at, row.id)) for row in (rows[0], rows[-1])) if rows else ("", "")
    return ExamPage(rows, last if has_older else "", first if has_newer else "")


def matching_exams(
    launch: Launch, scope: Scope, words: tuple[str, ...], cursor: PageKey | None, limit: int, *, newer: bool = False
) -> Select[str, datetime]:
    """Return the statement for ids and times of the exams that follow ``cursor``: older ones, or ``newer`` ones."""
    ways = [way.subquery() for way in _ways(launch, scope, words, cursor, limit, newer=newer)]
    merged = union(*(select(way.c.id, way.c.created_at) for way in ways)).subquery()
    order = _order(merged.c.created_at, merged.c.id, newer=newer)
    return select(merged.c.id, merged.c.created_at).order_by(*order).limit(limit)


def _order(
    created_at: SQLColumnExpression[datetime], identifier: SQLColumnExpression[str], *, newer: bool
) -> tuple[ColumnElement[Any], ...]:
    return (created_at.asc(), identifier.asc()) if newer else (created_at.desc(), identifier.desc())


def _ways(
    launch: Launch, scope: Scope, words: tuple[str, ...], cursor: PageKey | None, limit: int, *, newer: bool
) -> Iterable[Select[str, datetime]]:
    """Yield a statement for each way in which an exam comes to this teacher, all with the same order and limit."""
    here = () if scope is Scope.MINE or not launch.context_id else _of_course(launch)
    own = (
        () if scope is Scope.COURSE else (select(Exam.id, Exam.created_at).where(Exam.owner_id == launch.lms_user_id),)
    )
    statements = (*own, *here) or (select(Exam.id, Exam.created_at).where(Exam.id == ""),)
    for statement in statements:
        place = beyond(cursor, Exam.created_at, Exam.id, newer=newer)
        narrowed = statement.where(Exam.platform_id == launch.platform_id, *place)
        if words:
            narrowed = narrowed.where(_has(words))
        yield narrowed.order_by(*_order(Exam.created_at, Exam.id, newer=newer)).limit(limit)


def _of_course(launch: Launch) -> tuple[Select[str, datetime], ...]:
    """Return a statement for each way in which an exam belongs to the launched course."""
    exam, course = select(Exam.id, Exam.created_at), launch.context_id
    is_copy = and_(CourseCopy.platform_id == launch.platform_id, CourseCopy.context_id == course)
    generated_there = and_(CourseCopy.copied_from == Exam.context_id, CourseCopy.platform_id == Exam.platform_id)
    additions = exam.join(ExamCourse, ExamCourse.exam_id == Exam.id)
    copied = exam.join(CourseCopy, generated_there).where(is_copy)
    sent_there = additions.join(CourseCopy, CourseCopy.copied_from == ExamCourse.context_id).where(is_copy)
    return (
        exam.where(Exam.context_id == course),
        additions.where(ExamCourse.context_id == course),
        copied.where(CourseCopy.learned_at >= Exam.created_at),
        copied.where(Exam.id == launch.exam_id),
        sent_there,
    )


def _has(words: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that an exam contains ``words``.

    A scalar subquery reads the text of one exam after the other; PostgreSQL may plan a join as a scan of all texts.
    """
    matches = select(literal(1)).where(ExamText.exam_id == Exam.id, contains_words(ExamText.text, words))
    return matches.correlate(Exam).scalar_subquery() == 1


def _rows(launch: Launch, ids: Sequence[str]) -> tuple[ListedExam, ...]:
    """Return what the list says about these exams, in their order."""
    if not ids:
        return ()
    columns = (Exam.id, Exam.title, Exam.language, Exam.question_count, Exam.points, Exam.created_at, Exam.changed_at)
    origin = (Exam.owner_id, Exam.context_id, Exam.course_title, LmsUser.name.label("owner"))
    statement = select(*columns, *origin).join(LmsUser, LmsUser.id == Exam.owner_id).where(Exam.id.in_(ids))
    rows = {row.id: row for row in db.session.execute(statement)}
    additions = _additions(launch, ids)
    return tuple(_listed(launch, rows[exam_id], additions[exam_id]) for exam_id in ids if exam_id in rows)


def _additions(launch: Launch, ids: Sequence[str]) -> Mapping[str, list[ExamCourse]]:
    """Return the additions to this course and this teacher's own, by exam, the newest first."""
    query = select(ExamCourse).where(
        ExamCourse.exam_id.in_(ids),
        or_(
            and_(ExamCourse.context_id == launch.context_id, literal(launch.context_id) != ""),
            ExamCourse.added_by == launch.lms_user_id,
        ),
    )
    additions: Mapping[str, list[ExamCourse]] = defaultdict(list)
    for row in sorted(db.session.scalars(query), key=lambda row: row.added_at or _LONG_AGO, reverse=True):
        additions[row.exam_id].append(row)
    return additions


def _listed(launch: Launch, row: Row[*tuple[Any, ...]], additions: Sequence[ExamCourse]) -> ListedExam:
    is_own = row.owner_id == launch.lms_user_id
    made_here = launch.context_id == row.context_id != ""
    sent_here = any(addition.context_id == launch.context_id for addition in additions)
    title_of_origin = row.course_title if is_own else ""
    return ListedExam(
        id=row.id,
        title=row.title,
        language=row.language,
        question_count=row.question_count,
        points=row.points,
        created_at=row.created_at,
        is_own=is_own,
        owner=row.owner if is_own or made_here or sent_here else "",
        course=launch.context_title if made_here else title_of_origin,
        is_of_this_course=made_here,
        additions=tuple(_addition(launch, row.changed_at, addition) for addition in additions),
    )


def _addition(launch: Launch, changed_at: datetime | None, row: ExamCourse) -> Addition:
    is_here = row.context_id == launch.context_id
    changed = changed_at is not None and row.added_at is not None and changed_at > row.added_at
    return Addition(launch.context_title if is_here else row.course_title, is_here, row.added_at, changed)
