"""Questions whose answer is chosen: options and their key.

The text of an option is its identity. A right answer is looked for by the exact string first, before any clean-up,
then by the cleaned tree, by what is seen, by what is read, last without regard to capitals: a key that fits one option
only in its letters can mean no other. Facts: examplary-api §5.1, qti-targets §5.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from lti_tool.exam.html.tree import image_url
from lti_tool.exam.model import Choice, Question, TrueFalse
from lti_tool.exam.parse.json_values import as_boolean, as_list, as_object
from lti_tool.exam.parse.parser_remarks import (
    KEY_AMBIGUOUS,
    KEY_MISSING,
    KEY_UNMATCHED,
    KEY_UNREADABLE,
    OPTIONS_EMPTY,
    OPTIONS_FEW,
    OPTIONS_MERGED,
    PICTURE_BROKEN,
)
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.richtext import Image, RichText
from lti_tool.exam.value import value
from lti_tool.exam.visible_text import comparison_letters

_NAMES = ("id", "value")
"""By which a key may name an option that is an object."""

NO_TEXT = RichText.plain("—")
"""Stands for a right answer that has no text."""


@value
class _Options:
    """Different options; where each raw text went, and where the names of options that are objects lead."""

    texts: tuple[RichText, ...]
    places: dict[str, int]
    names: dict[str, int]

    def find(self, source: RawQuestion, keys: list[str]) -> list[int | None]:
        """Return the index of the option that each key names; ``None`` if none, or two by different ways."""
        found = {key: self._exact(key) for key in keys}
        others = {key: source.chosen(key) for key in found if key not in self.places and key not in self.names}
        for read in _READINGS if others else ():
            places = _only(self.texts, read)
            for key, cleaned in others.items():
                if found[key] is None:
                    found[key] = places.get(read(cleaned))
        return [found[key] for key in keys]

    def _exact(self, key: str) -> int | None:
        place, named = self.places.get(key), self.names.get(key)
        if named is None or named == place:
            return place
        return named if place is None else None


def _only(texts: tuple[RichText, ...], read: Callable[[RichText], Hashable]) -> dict[Hashable, int | None]:
    """Return where each reading stands; ``None`` for nothing, and for what stands in two places."""
    found: dict[Hashable, int | None] = {}
    for index, text in enumerate(texts):
        reading = read(text)
        found[reading] = None if reading in found or not reading else index
    return found


def _itself(text: RichText) -> RichText:
    return text


def _letters(text: RichText) -> str:
    return comparison_letters(text.plain_text())


_READINGS: tuple[Callable[[RichText], Hashable], ...] = (
    *(_itself, RichText.appearance, RichText.look, RichText.plain_text, _letters),
)
"""How a key may be like an option, the surest likeness first."""


def single_choice(source: RawQuestion) -> Question:
    """Read multiple-choice-single-answer."""
    return _choice(source, multiple=False)


def multiple_choice(source: RawQuestion) -> Question:
    """Read multiple-choice-multiple-answers."""
    return _choice(source, multiple=True)


def picture_choice(source: RawQuestion) -> Question:
    """Read picture-choice: its options are addresses of images."""
    return _choice(source, multiple=isinstance(source.settings.get("correctAnswer"), list), pictures=True)


def true_false(source: RawQuestion) -> Question:
    """Read true-false; its key is the string ``"true"`` or ``"false"``."""
    keys = [source.raw_text(one).strip().lower() for one in as_list(source.settings.get("correctAnswer"))]
    correct = {"true": True, "false": False}.get(keys[0]) if len(keys) == 1 else None
    if correct is None:
        source.flaw(KEY_UNREADABLE if any(keys) else KEY_MISSING)
    return TrueFalse(**source.base(), correct=correct)


def _choice(source: RawQuestion, *, multiple: bool, pictures: bool = False) -> Question:
    raws = as_list(source.settings.get("options"))
    keys = [source.raw_text(one) for one in as_list(source.settings.get("correctAnswer"))] or _marked(source, raws)
    options = _options(source, raws, keys, pictures=pictures)
    correct = _key(source, options, keys, multiple=multiple, pictures=pictures)
    if pictures and multiple and correct is not None and len(correct) == 1:
        multiple = False
    return Choice(
        **source.base(),
        options=options.texts,
        correct=correct,
        multiple=multiple,
        shuffle=as_boolean(source.settings.get("shuffleAnswers")),
        pictures=pictures,
    )


def _marked(source: RawQuestion, raws: list[object]) -> list[str]:
    """Return the texts of options that are objects and say themselves that they are right."""
    return [source.raw_text(one) for one in raws if as_boolean(as_object(one).get("correct"))]


def _options(source: RawQuestion, raws: list[object], keys: list[str], *, pictures: bool) -> _Options:
    texts: list[RichText] = []
    looks: dict[Hashable, int] = {}
    places: dict[str, int] = {}
    names: dict[str, int] = {}
    wanted = set(keys)
    for one in raws:
        raw = source.raw_text(one)
        own = list(filter(None, map(source.raw_text, map(one.get, _NAMES)))) if isinstance(one, dict) else []
        if raw in places:
            source.flaw(OPTIONS_MERGED)
        else:
            option = _option(source, raw, pictures=pictures)
            if option.is_empty:
                source.flaw(OPTIONS_EMPTY)
                if wanted.isdisjoint((raw, *own)):
                    continue
                option = NO_TEXT
            places[raw] = looks.setdefault(option.appearance(), len(texts))
            if places[raw] < len(texts):
                source.flaw(OPTIONS_MERGED)
            else:
                texts.append(option)
        for name in own:
            names.setdefault(name, places[raw])
    return _Options(tuple(texts), places, names)


def _option(source: RawQuestion, raw: str, *, pictures: bool) -> RichText:
    if not pictures or "<" in raw:
        return source.chosen(raw)
    if not image_url(raw):
        source.flaw(PICTURE_BROKEN)
        return source.rich(raw)
    return RichText((Image(image_url(raw)),))


def _key(
    source: RawQuestion, options: _Options, keys: list[str], *, multiple: bool, pictures: bool
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
    found = options.find(source, keys)
    if None in found:
        source.flaw(KEY_UNMATCHED)
        return None
    right = sorted({index for index in found if index is not None})
    if len(right) > 1 and not multiple:
        source.flaw(KEY_AMBIGUOUS)
        return None
    return tuple(right)
