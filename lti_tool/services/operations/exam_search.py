"""The console's search: exams, generations that have none yet, and people.

A search can match an exam by its own id, its launch, its course, its person, or the words of its title. Rare
matches are all looked up by an index; frequent ones are tested along the list, newest first, until a page is full. A
single condition with OR would read the whole table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import (
    Delivery,
    Exam,
    ExamCourse,
    ExamWord,
    Generation,
    GenerationState,
    GenerationWord,
    Import,
    Launch,
    LmsUser,
    PersonWord,
    db,
)
from lti_tool.services.administration.administrator import PlatformScope
from lti_tool.services.page_keys import PageKey, beyond
from lti_tool.services.search_words import RARE, has_words, ids_with_words, searched_words

PER_PAGE = 50
DELETED = "deleted"
"""State of a generation whose exam is not here any more."""

PersonCondition = Callable[[InstrumentedAttribute[str]], ColumnElement[bool]]
"""Returns the condition that a column is the id of a person who matches, to be tested along a list."""


@dataclass(frozen=True, slots=True)
class ExamEntry:
    """An exam in the list, or a generation that has none. ``id`` is the ID of whichever it is."""

    id: str
    title: str
    course: str
    person: str
    platform_id: str
    state: str
    """A :class:`GenerationState`, an error code, or :data:`DELETED`."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ExamEntries:
    """One page; ``older`` is the cursor of the next one, empty on the last page."""

    entries: tuple[ExamEntry, ...]
    older: str


def find_exams(text: str, scope: PlatformScope, before: str = "", per_page: int = PER_PAGE) -> ExamEntries:
    """Return one page of the exams about ``text``, newest first.

    ``text`` is the id of an exam, a generation, a launch, a person or a course, a person's e-mail address or name, or
    words of a title or a course. ``before`` is the cursor of an earlier page; one that makes no sense is ignored.
    """
    text = _tidy(text)
    key = PageKey.parse(before)
    limit = per_page + 1
    statements = (*exam_statements(text, scope, key, limit), *generation_statements(text, scope, key, limit))
    keys = {(created_at, row_id) for statement in statements for created_at, row_id in db.session.execute(statement)}
    rows = sorted(keys, reverse=True)
    page = rows[:per_page]
    entries = {entry.id: entry for entry in (*_exams(page), *_generations(page))}
    older = str(PageKey(*page[-1])) if len(rows) > per_page else ""
    return ExamEntries(tuple(entries[row_id] for _, row_id in page if row_id in entries), older)


def find_people(text: str, scope: PlatformScope, limit: int) -> Sequence[LmsUser]:
    """Return people with this id, LMS user id, e-mail address or name; none for an empty text."""
    text = _tidy(text)
    if not text:
        return ()
    ids, matches = _people(text)
    query = select(LmsUser).where(scope(LmsUser.platform_id)).limit(limit)
    rows = db.session.scalars(query.where(LmsUser.id.in_(ids)).order_by(LmsUser.seen_at.desc())).all()
    return rows or (db.session.scalars(query.where(matches(LmsUser.id))).all() if matches is not None else ())


def _tidy(text: str) -> str:
    """Return ``text`` as databases take it."""
    return text.replace("\x00", " ").strip()


def exam_statements(
    text: str, scope: PlatformScope, before: PageKey | None, limit: int
) -> Iterator[Select[datetime, str]]:
    """Yield a statement for each way in which a search can mean an exam, all with the same order and limit."""
    every = select(Exam.created_at, Exam.id).where(scope(Exam.platform_id), *beyond(before, Exam.created_at, Exam.id))
    for condition in _exam_ways(text) if text else (true(),):
        yield every.where(condition).order_by(Exam.created_at.desc(), Exam.id.desc()).limit(limit)


def _exam_ways(text: str) -> Iterator[ColumnElement[bool]]:
    people, matches = _people(text)
    exact = (Exam.examplary_exam_id == text, Exam.context_id == text, Exam.owner_id.in_(people))
    ids, frequent = _looked_up(Exam.id, exact)
    yield from frequent
    if matches is not None:
        yield matches(Exam.owner_id)
    words = searched_words(text)
    with_words = ids_with_words(ExamWord, words) if words else set()
    if with_words is None:
        yield has_words(ExamWord, Exam.id, words)
    yield Exam.id.in_(sorted({*ids, *_exam_ids(text[:40]), *(with_words or ())}))


def _exam_ids(searched_id: str) -> set[str]:
    """Return the exam with this id, that of the generation with it, and those with which the launch did something."""
    queries = (
        select(Generation.exam_id).where(or_(Generation.id == searched_id, Generation.launch_id == searched_id)),
        select(Import.exam_id).where(Import.launch_id == searched_id),
        select(Delivery.exam_id).where(Delivery.launch_id == searched_id),
        select(Launch.exam_id).where(Launch.id == searched_id),
        select(Launch.answered_with).where(Launch.id == searched_id),
        select(Launch.only_exam_id).where(Launch.id == searched_id),
    )
    rows = (exam_id for query in queries for exam_id in db.session.scalars(query.limit(PER_PAGE)))
    return {searched_id, *filter(None, rows)}


def generation_statements(
    text: str, scope: PlatformScope, before: PageKey | None, limit: int
) -> Iterator[Select[datetime, str]]:
    """Yield the same for generations without an exam. One that changes an exam is part of that exam's history."""
    is_own = (_changes_no_exam(), scope(Generation.platform_id))
    every = select(Generation.created_at, Generation.id).where(
        *is_own, *beyond(before, Generation.created_at, Generation.id)
    )
    newest = (Generation.created_at.desc(), Generation.id.desc())
    ids, frequent = _generation_ways(text) if text else (set(), [true()])
    for condition in frequent:
        along = every.where(Generation.exam_id.is_(None), condition)
        yield along.order_by(*_first_of_index(), *newest).limit(limit)
    if ids:
        # Hidden from planners, who take generations without an exam for rare.
        has_none = func.coalesce(Generation.exam_id, "") == ""
        yield every.where(Generation.id.in_(sorted(ids)), has_none).order_by(*newest).limit(limit)


def _changes_no_exam() -> ColumnElement[bool]:
    """Return the condition on generations. MariaDB would read all of them by the column's own index, and sort them."""
    revises = Generation.revises_id
    return func.coalesce(revises, "") == "" if _is_mariadb() else revises.is_(None)


def _first_of_index() -> tuple[ColumnElement[Any], ...]:
    """Return the exam, which none of the list has, for the order: PostgreSQL reads the index in its order only with it.

    MariaDB does so only without it.
    """
    return () if _is_mariadb() else (Generation.exam_id.desc(),)


def _is_mariadb() -> bool:
    return db.engine.dialect.name in ("mysql", "mariadb")


def _generation_ways(text: str) -> tuple[set[str], list[ColumnElement[bool]]]:
    people, matches = _people(text)
    exact = (Generation.launch_id == text[:40], Generation.context_id == text, Generation.lms_user_id.in_(people))
    ids, frequent = _looked_up(Generation.id, exact)
    if matches is not None:
        frequent.append(matches(Generation.lms_user_id))
    words = searched_words(text)
    with_words = ids_with_words(GenerationWord, words) if words else set()
    if with_words is None:
        frequent.append(has_words(GenerationWord, Generation.id, words))
    return {text[:40], *ids, *(with_words or ())}, frequent


def _people(text: str) -> tuple[list[str], PersonCondition | None]:
    """Return the ids of people that match ``text``; for a frequent name, the condition on a person's id instead."""
    exact = (LmsUser.id == text[:40], LmsUser.sub == text, LmsUser.email == text)
    ids = {person for condition in exact for person in _ids(LmsUser.id, condition)}
    words = searched_words(text)
    with_words = ids_with_words(PersonWord, words) if words else set()
    matches = None if with_words is not None else lambda column: has_words(PersonWord, column, words)
    return sorted({*ids, *(with_words or ())}), matches


def _looked_up(
    row_id: InstrumentedAttribute[str], conditions: Iterable[ColumnElement[bool]]
) -> tuple[set[str], list[ColumnElement[bool]]]:
    """Return the ids of the rows for which one of ``conditions`` holds, and the conditions that hold for many."""
    ids: set[str] = set()
    frequent = []
    for condition in conditions:
        matching = _ids(row_id, condition)
        if len(matching) > RARE:
            frequent.append(condition)
        else:
            ids |= matching
    return ids, frequent


def _ids(row_id: InstrumentedAttribute[str], condition: ColumnElement[bool]) -> set[str]:
    return set(db.session.scalars(select(row_id).where(condition).limit(RARE + 1)))


def _exams(page: Sequence[tuple[datetime, str]]) -> Iterator[ExamEntry]:
    ids = [row_id for _, row_id in page]
    columns = (Exam.id, Exam.title, Exam.course_title, Exam.platform_id, Exam.created_at, LmsUser.name, LmsUser.sub)
    query = (
        select(*columns, Generation.state)
        .join(LmsUser, LmsUser.id == Exam.owner_id)
        .outerjoin(Generation, Generation.id == Exam.generation_id)
        .where(Exam.id.in_(ids))
    )
    added = set(db.session.scalars(select(ExamCourse.exam_id).where(ExamCourse.exam_id.in_(ids))))
    for exam_id, title, course, platform_id, created_at, name, sub, generation_state in db.session.execute(query):
        is_added = exam_id in added or generation_state == GenerationState.RETURNED
        state = GenerationState.RETURNED if is_added else GenerationState.READY
        yield ExamEntry(exam_id, title, course, name or sub, platform_id, state, created_at)


def _generations(page: Sequence[tuple[datetime, str]]) -> Iterator[ExamEntry]:
    query = (
        select(Generation, Launch.context_title, LmsUser.name, LmsUser.sub)
        .join(LmsUser, LmsUser.id == Generation.lms_user_id)
        .outerjoin(Launch, Launch.id == Generation.launch_id)
        .where(Generation.id.in_([row_id for _, row_id in page]))
    )
    for row, course, name, sub in db.session.execute(query):
        has_ended = row.state in (GenerationState.READY, GenerationState.RETURNED)
        state = DELETED if has_ended else row.error_code or row.state
        yield ExamEntry(row.id, row.title, course or "", name or sub, row.platform_id, state, row.created_at)
