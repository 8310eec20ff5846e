"""Words by which the console finds exams, generations and people: stored, and turned into conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import ExamWord, GenerationWord, PersonWord, begins_with, db, plain_words

MOST_WORDS = 40
"""Words of one title and course that are kept."""
MOST_SEARCHED = 8
RARE = 1000
"""Rows of a word up to which they are looked up one by one. A more frequent word is tested along the list instead, of
which one page then ends soon."""

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
    words = set(plain_words(" ".join(texts), MOST_WORDS))
    stored = set(run.scalars(select(table.word).where(owner == row_id)))
    if stored - words:
        run.execute(delete(table).where(owner == row_id, table.word.in_(sorted(stored - words))))
    if words - stored:
        run.execute(insert(table), [{owner.key: row_id, "word": word} for word in sorted(words - stored)])


def searched_words(text: str) -> tuple[str, ...]:
    """Return the words of a search, each once."""
    return plain_words(text[:2000], MOST_SEARCHED)


def has_words(table: WordTable, column: InstrumentedAttribute[Any], words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is the id of a row with a word that begins with each of ``words``.

    Reads the database: of the words, one that few rows have is replaced by the ids of these rows.
    """
    owner = OWNERS[table]
    for index, word in enumerate(words):
        begins = select(owner).where(begins_with(table.word, word)).limit(RARE + 1)
        ids = db.session.scalars(begins).all()
        if len(ids) <= RARE:
            other_words = (*words[:index], *words[index + 1 :])
            return and_(column.in_(sorted(set(ids))), *(_has_word(table, column, each) for each in other_words))
    return and_(*(_has_word(table, column, word) for word in words))


def _has_word(table: WordTable, column: InstrumentedAttribute[Any], word: str) -> ColumnElement[bool]:
    """Return the condition as a scalar subquery: of EXISTS, planners may make a scan of all words."""
    own = select(literal(1)).where(OWNERS[table] == column, begins_with(table.word, word)).limit(1)
    return own.correlate(column.class_).scalar_subquery() == 1
