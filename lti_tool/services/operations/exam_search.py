"""The console's search: exams, generations that have none yet, and people.

A list is put together from the ways in which a search can mean an exam, each of which an index finds in the order of
the list: by the exam itself, by its launch, its course, its person, or the words of its title. One condition with OR
instead of these would read the whole table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
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
from lti_tool.services.page_keys import PageKey, beyond
from lti_tool.services.search_words import has_words, searched_words

PER_PAGE = 50
MOST_PEOPLE = 200
"""People whose exams a search shows."""
DELETED = "deleted"
"""State of a generation whose exam is not here any more."""

Scope = Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]
"""Returns the condition that a column is the id of a visible platform."""
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class ExamEntry:
    """An exam in the list, or a generation that has none. ``id`` is that of the one or the other."""

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


@dataclass(frozen=True, slots=True)
class _Search:
    """Possible meanings of a search text: an id, words, or people. An empty text finds everything."""

    text: str
    words: tuple[str, ...]
    people: Collection[str]


def find_exams(text: str, scope: Scope, before: str = "", per_page: int = PER_PAGE) -> ExamEntries:
    """Return one page of the exams about ``text``, newest first.

    ``text`` is the id of an exam, a generation, a launch, a person or a course, a person's e-mail address or name, or
    words of a title or a course. ``before`` is the cursor of an earlier page; one that makes no sense is ignored.
    """
    text = _tidy(text)
    search = _Search(text, searched_words(text), _people_of(text, scope))
    key, limit = PageKey.parse(before), per_page + 1
    keys = sorted({*_exam_keys(search, scope, key, limit), *_generation_keys(search, scope, key, limit)}, reverse=True)
    page = keys[:per_page]
    entries = {entry.id: entry for entry in (*_exams(page), *_generations(page))}
    older = str(PageKey(*page[-1])) if len(keys) > per_page else ""
    return ExamEntries(tuple(entries[row_id] for _, row_id in page if row_id in entries), older)


def find_people(text: str, scope: Scope, limit: int) -> Sequence[LmsUser]:
    """Return people with this id, LMS user id, e-mail address or name; none for an empty text."""
    ids = _people_of(_tidy(text), scope)
    query = select(LmsUser).where(LmsUser.id.in_(ids)).order_by(LmsUser.seen_at.desc(), LmsUser.id)
    return db.session.scalars(query.limit(limit)).all() if ids else ()


def _tidy(text: str) -> str:
    """Return ``text`` as databases take it."""
    return text.replace("\x00", " ").strip()


def _people_of(text: str, scope: Scope) -> Collection[str]:
    if not text:
        return ()
    visible = select(LmsUser.id).where(scope(LmsUser.platform_id)).limit(MOST_PEOPLE)
    ids: set[str] = set()
    for condition in (LmsUser.id == text[:40], LmsUser.sub == text, LmsUser.email == text):
        ids |= set(db.session.scalars(visible.where(condition)))
    words = searched_words(text)
    if words:
        ids |= set(db.session.scalars(visible.where(has_words(PersonWord, LmsUser.id, words))))
    return ids


def exam_statements(
    search: _Search, scope: Scope, before: PageKey | None, limit: int
) -> Iterator[Select[datetime, str]]:
    """Yield a statement for each way in which a search can mean an exam, all with the same order and limit."""
    every = select(Exam.created_at, Exam.id).where(scope(Exam.platform_id), *beyond(before, Exam.created_at, Exam.id))
    for condition in _exam_ways(search):
        yield every.where(condition).order_by(Exam.created_at.desc(), Exam.id.desc()).limit(limit)


def _exam_ways(search: _Search) -> Iterator[ColumnElement[bool]]:
    text = search.text
    if not text:
        yield true()
        return
    yield Exam.id.in_(sorted(_exam_ids(text)))
    yield Exam.examplary_exam_id == text
    yield Exam.context_id == text
    if search.people:
        yield Exam.owner_id.in_(sorted(search.people))
    if search.words:
        yield has_words(ExamWord, Exam.id, search.words)


def _exam_ids(text: str) -> set[str]:
    """Return the exams with this id, of the generation with this id, and with which the launch did something."""
    number = text[:40]
    queries = (
        select(Generation.exam_id).where(or_(Generation.id == number, Generation.launch_id == number)),
        select(Import.exam_id).where(Import.launch_id == number),
        select(Delivery.exam_id).where(Delivery.launch_id == number),
        select(Launch.exam_id).where(Launch.id == number),
        select(Launch.answered_with).where(Launch.id == number),
        select(Launch.only_exam_id).where(Launch.id == number),
    )
    return {number, *(exam_id for query in queries for exam_id in db.session.scalars(query.limit(PER_PAGE)) if exam_id)}


def generation_statements(
    search: _Search, scope: Scope, before: PageKey | None, limit: int
) -> Iterator[Select[datetime, str]]:
    """Yield the same for generations without an exam. One that changes an exam is part of that exam's road."""
    every = select(Generation.created_at, Generation.id).where(
        Generation.exam_id.is_(None),
        Generation.revises_id.is_(None),
        scope(Generation.platform_id),
        *beyond(before, Generation.created_at, Generation.id),
    )
    # The exam, which none has, is the first column of the index: PostgreSQL reads it only in the whole of its order.
    order = (Generation.exam_id.desc(), Generation.created_at.desc(), Generation.id.desc())
    for condition in _generation_ways(search):
        yield every.where(condition).order_by(*order).limit(limit)


def _generation_ways(search: _Search) -> Iterator[ColumnElement[bool]]:
    text = search.text
    if not text:
        yield true()
        return
    yield Generation.id == text[:40]
    yield Generation.launch_id == text[:40]
    yield Generation.context_id == text
    if search.people:
        yield Generation.lms_user_id.in_(sorted(search.people))
    if search.words:
        yield has_words(GenerationWord, Generation.id, search.words)


def _exam_keys(search: _Search, scope: Scope, before: PageKey | None, limit: int) -> Iterator[tuple[datetime, str]]:
    for statement in exam_statements(search, scope, before, limit):
        yield from map(tuple, db.session.execute(statement))


def _generation_keys(
    search: _Search, scope: Scope, before: PageKey | None, limit: int
) -> Iterator[tuple[datetime, str]]:
    for statement in generation_statements(search, scope, before, limit):
        yield from map(tuple, db.session.execute(statement))


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
