"""Words by which the console finds exams, generations and people: stored, and turned into conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import ExamWord, GenerationWord, PersonWord, begins_with, db, plain_words

MAX_WORDS = 40
"""Words of one title and course that are kept."""
MAX_SEARCHED = 8
RARE = 1000
"""Up to this many rows of a word or a course are all looked up. A more frequent one is tested along the list instead,
where it soon fills a page."""

WordTable = type[ExamWord] | type[GenerationWord] | type[PersonWord]
OWNERS: dict[WordTable, InstrumentedAttribute[str]] = {
    ExamWord: ExamWord.exam_id,
    GenerationWord: GenerationWord.generation_id,
    PersonWord: PersonWord.lms_user_id,
}


def store_words(table: WordTable, row_id: str, *texts: str, connection: Connection | None = None) -> None:
    """Store the words of ``texts``, in place of those that are stored. Uses the session if there is no connection.

    The caller commits.
    """
    run, owner = connection or db.session.connection(), OWNERS[table]
    words = set(plain_words(" ".join(texts), MAX_WORDS))
    stored = set(run.scalars(select(table.word).where(owner == row_id)))
    if stored - words:
        run.execute(delete(table).where(owner == row_id, table.word.in_(sorted(stored - words))))
    if words - stored:
        run.execute(insert(table), [{owner.key: row_id, "word": word} for word in sorted(words - stored)])


def searched_words(text: str) -> tuple[str, ...]:
    """Return the words of a search, each once."""
    return plain_words(text[:2000], MAX_SEARCHED)


def ids_with_words(table: WordTable, words: Sequence[str]) -> set[str] | None:
    """Return the ids of the rows with a word that begins with each of ``words``; ``None`` if each word is frequent."""
    owner = OWNERS[table]
    for index, word in enumerate(words):
        begins = select(owner).where(begins_with(table.word, word)).limit(RARE + 1)
        ids = set(db.session.scalars(begins))
        if len(ids) <= RARE:
            for other in (*words[:index], *words[index + 1 :]):
                ids = set(db.session.scalars(select(owner).where(owner.in_(ids), begins_with(table.word, other))))
            return ids
    return None


def has_words(table: WordTable, column: InstrumentedAttribute[Any], words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is the id of a row with a word that begins with each of ``words``.

    Scalar subqueries are tested row by row along a list; planners may turn EXISTS into a scan of all words. Their sum
    makes a single comparison: given several, PostgreSQL expects so few rows that it tests and sorts the whole list.
    """
    own = (select(literal(1)).where(OWNERS[table] == column, begins_with(table.word, word)).limit(1) for word in words)
    return sum((count.correlate(column.class_).scalar_subquery() for count in own), literal(0)) == len(words)
