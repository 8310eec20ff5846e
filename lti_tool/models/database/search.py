"""Search in texts with the same meaning on every database: both sides are folded before they are stored or compared.

SQLite ignores the case of ASCII letters only, MariaDB follows a collation, and PostgreSQL compares bytes. A folded text
has no capitals and no accents, so that LIKE on it means the same everywhere.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

MAX_WORDS = 8
"""Words of a search that count; the others are ignored."""
MAX_WORD_LENGTH = 60

_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
"""Accents of Latin, Greek and Cyrillic letters, vowel points of Hebrew and Arabic, and Arabic's lengthening stroke.

Signs of other scripts stay: in Hindi or Thai they are vowels, which distinguish words.
"""
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "أ": "ا", "إ": "ا", "آ": "ا"}
)
"""Letters that Unicode does not decompose, as people type them on another keyboard."""
_ESCAPE = "!"
_NOT_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def fold(text: str) -> str:
    """Return ``text`` without capitals, accents and repeated white space: ``"Évolution  II"`` is ``"evolution ii"``."""
    plain = _NOT_TEXT.sub(" ", text)
    letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain).casefold()).translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFKC", letters).split())


def words_of(query: str) -> tuple[str, ...]:
    """Return the folded words of a search, each once."""
    words = (word[:MAX_WORD_LENGTH] for word in fold(query[:2000]).split())
    return tuple(dict.fromkeys(words))[:MAX_WORDS]


def plain_words(text: str, limit: int) -> tuple[str, ...]:
    """Return the first folded words of ``text`` without punctuation, each once."""
    letters = "".join(" " if unicodedata.category(char)[0] in "CPSZ" else char for char in fold(text))
    words = (word[:MAX_WORD_LENGTH] for word in letters.split())
    return tuple(dict.fromkeys(words))[:limit]


def begins_with(column: InstrumentedAttribute[str], beginning: str) -> ColumnElement[bool]:
    """Return the condition that a folded word has this beginning, as a range of an index."""
    return and_(column >= beginning, column < beginning + chr(0x10FFFF))


def contains_words(column: InstrumentedAttribute[str], words: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that the folded ``column`` contains each of ``words``, or a word that contains it."""
    return and_(true(), *(column.like(f"%{_escaped(word)}%", escape=_ESCAPE) for word in words))


def _escaped(word: str) -> str:
    return re.sub(r"([!%_])", rf"{_ESCAPE}\1", word)
