"""Questions whose answer is chosen: options and their key.

The text of an option is its identity. A right answer is looked for by the exact string first, before any clean-up,
then by the cleaned tree, then by what is read. Facts: examplary-api §5.1, qti-targets §5.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.exam.flaws import (
    KEY_AMBIGUOUS,
    KEY_MISSING,
    KEY_UNMATCHED,
    KEY_UNREADABLE,
    OPTIONS_EMPTY,
    OPTIONS_FEW,
    OPTIONS_MERGED,
    PICTURE_BROKEN,
)
from lti_tool.exam.html import image_address
from lti_tool.exam.loose import flag, items
from lti_tool.exam.model import Choice, Question, TrueFalse
from lti_tool.exam.richtext import Image, RichText
from lti_tool.exam.source import Source

NO_TEXT = RichText.plain("—")
"""Stands for a right answer that has no text."""


@dataclass(frozen=True, slots=True)
class _Options:
    """Different options, and where each raw text went (``None``: left away)."""

    texts: tuple[RichText, ...]
    places: dict[str, int]

    def find(self, source: Source, raw: str) -> int | None:
        """Return the index of the option that a right answer names."""
        if raw in self.places:
            return self.places[raw]
        cleaned = source.rich(raw)
        if cleaned in self.texts:
            return self.texts.index(cleaned)
        read = cleaned.plain_text()
        same = [index for index, one in enumerate(self.texts) if read and one.plain_text() == read]
        return same[0] if len(same) == 1 else None


def single_choice(source: Source) -> Question:
    """Read multiple-choice-single-answer."""
    return _choice(source, multiple=False)


def multiple_choice(source: Source) -> Question:
    """Read multiple-choice-multiple-answers."""
    return _choice(source, multiple=True)


def picture_choice(source: Source) -> Question:
    """Read picture-choice: its options are addresses of images."""
    return _choice(source, multiple=isinstance(source.settings.get("correctAnswer"), list), pictures=True)


def true_false(source: Source) -> Question:
    """Read true-false; its key is the string ``"true"`` or ``"false"``."""
    raw = source.raw_text(source.settings.get("correctAnswer")).strip().lower()
    correct = {"true": True, "false": False}.get(raw)
    if correct is None:
        source.flaw(KEY_UNREADABLE if raw else KEY_MISSING)
    return TrueFalse(**source.base(), correct=correct)


def _choice(source: Source, *, multiple: bool, pictures: bool = False) -> Question:
    keys = [source.raw_text(one) for one in items(source.settings.get("correctAnswer"))]
    options = _options(source, keys, pictures=pictures)
    correct = _key(source, options, keys, multiple=multiple, pictures=pictures)
    if pictures and multiple and correct is not None and len(correct) == 1:
        multiple = False
    return Choice(
        **source.base(),
        options=options.texts,
        correct=correct,
        multiple=multiple,
        shuffle=flag(source.settings.get("shuffleAnswers")),
        pictures=pictures,
    )


def _options(source: Source, keys: list[str], *, pictures: bool) -> _Options:
    texts: dict[RichText, int] = {}
    places: dict[str, int] = {}
    for one in items(source.settings.get("options")):
        raw = source.raw_text(one)
        if raw in places:
            source.flaw(OPTIONS_MERGED)
            continue
        option = _option(source, raw, pictures=pictures)
        if option.is_empty:
            source.flaw(OPTIONS_EMPTY)
            if raw not in keys:
                continue
            option = NO_TEXT
        if option in texts:
            source.flaw(OPTIONS_MERGED)
        places[raw] = texts.setdefault(option, len(texts))
    return _Options(tuple(texts), places)


def _option(source: Source, raw: str, *, pictures: bool) -> RichText:
    if not pictures or "<" in raw:
        return source.rich(raw)
    if not image_address(raw):
        source.flaw(PICTURE_BROKEN)
        return source.rich(raw)
    return RichText((Image(image_address(raw)),))


def _key(
    source: Source, options: _Options, keys: list[str], *, multiple: bool, pictures: bool
) -> tuple[int, ...] | None:
    """Return the right indices, or ``None`` with a flaw where they would mark a right answer wrong."""
    if pictures and PICTURE_BROKEN in source.flaws:
        return None
    if len(options.texts) < 2:
        source.flaw(OPTIONS_FEW)
        return None
    if not keys:
        source.flaw(KEY_MISSING)
        return None
    found = [options.find(source, key) for key in keys]
    if None in found:
        source.flaw(KEY_UNMATCHED)
        return None
    right = sorted({index for index in found if index is not None})
    if len(right) > 1 and not multiple:
        source.flaw(KEY_AMBIGUOUS)
        return None
    return tuple(right)
