"""Choice questions: options and their key.

The text of an option is its identity. A key is compared as the exact string first, before any cleaning, then as the
cleaned tree, by appearance, as plain text, and last by letters only: a key that fits one option only loosely can mean
no other. See docs/reference/examplary-api.md#question-types and docs/reference/importers.md#pitfalls.
"""

from __future__ import annotations

import re
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
from lti_tool.exam.richtext import Element, Image, RichText, is_blank
from lti_tool.exam.value import value
from lti_tool.exam.visible_text import comparison_letters

Comparison = Callable[[RichText], Hashable]
"""Returns what of a text is compared with that of another one."""

_NAME_KEYS = ("id", "value")
"""Properties of an option object by which a key may name it."""

_ADDRESS = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|[^\s<]*[/\\.][^\s<]*\s*\Z)")
"""Begins like an address, or is a path or a file name: nothing that students should read."""

BROKEN_PICTURE = RichText((Image(""),))
"""Shown for a picture without a usable address."""

NO_TEXT = RichText.plain("—")
"""Shown for a right answer that has no text."""


@value
class _Options:
    """The distinct options, found by their raw texts (``indices``) and by the names of option objects (``names``).

    ``parse_option`` reads a text as the options were read.
    """

    texts: tuple[RichText, ...]
    indices: dict[str, int]
    names: dict[str, int]
    parse_option: Callable[[str], RichText]

    def find(self, keys: list[str]) -> list[int | None]:
        """Return the index of the option that each key names; ``None`` if there is none, or no single one."""
        matches = {key: self._exact_match(key) for key in keys}
        inexact = {key: self.parse_option(key) for key in matches if key not in self.indices and key not in self.names}
        for comparison in _COMPARISONS if inexact else ():
            unique = _index_unique(self.texts, comparison)
            for key, text in inexact.items():
                if matches[key] is None:
                    matches[key] = unique.get(comparison(text))
        return [matches[key] for key in keys]

    def _exact_match(self, key: str) -> int | None:
        by_text, by_name = self.indices.get(key), self.names.get(key)
        if by_name is None or by_name == by_text:
            return by_text
        return by_name if by_text is None else None


def _index_unique(texts: tuple[RichText, ...], comparison: Comparison) -> dict[Hashable, int | None]:
    """Return the index of each text by its comparison value; ``None`` for empty and repeated values."""
    indices: dict[Hashable, int | None] = {}
    for index, text in enumerate(texts):
        compared = comparison(text)
        indices[compared] = None if compared in indices or not compared else index
    return indices


def _letters(text: RichText) -> str:
    return comparison_letters(text.plain_text())


_COMPARISONS: tuple[Comparison, ...] = (
    lambda text: text,
    RichText.appearance,
    RichText.look,
    RichText.plain_text,
    _letters,
)
"""How a key may resemble an option, the strictest comparison first."""


def single_choice(raw: RawQuestion) -> Question:
    """Read multiple-choice-single-answer."""
    return _choice(raw, multiple=False)


def multiple_choice(raw: RawQuestion) -> Question:
    """Read multiple-choice-multiple-answers."""
    return _choice(raw, multiple=True)


def picture_choice(raw: RawQuestion) -> Question:
    """Read picture-choice: its options are addresses of images."""
    return _choice(raw, multiple=isinstance(raw.settings.get("correctAnswer"), list), pictures=True)


def true_false(raw: RawQuestion) -> Question:
    """Read true-false; its key is the string ``"true"`` or ``"false"``."""
    keys = [raw.source_text(key).strip().lower() for key in as_list(raw.settings.get("correctAnswer"))]
    correct = {"true": True, "false": False}.get(keys[0]) if len(keys) == 1 else None
    if correct is None:
        raw.add_flaw(KEY_UNREADABLE if any(keys) else KEY_MISSING)
    return TrueFalse(**raw.common_fields(), correct=correct)


def _choice(raw: RawQuestion, *, multiple: bool, pictures: bool = False) -> Question:
    raw_options = as_list(raw.settings.get("options"))
    keys = [raw.source_text(key) for key in as_list(raw.settings.get("correctAnswer"))]
    keys = keys or _marked_as_correct(raw, raw_options)
    options = _options(raw, raw_options, keys, pictures=pictures)
    correct = _correct(raw, options, keys, multiple=multiple)
    if pictures and multiple and correct is not None and len(correct) == 1:
        multiple = False
    return Choice(
        **raw.common_fields(),
        options=options.texts,
        correct=correct,
        multiple=multiple,
        shuffle=as_boolean(raw.settings.get("shuffleAnswers")),
        pictures=pictures,
    )


def _marked_as_correct(raw: RawQuestion, raw_options: list[object]) -> list[str]:
    """Return the texts of option objects that carry their own ``correct`` flag."""
    return [raw.source_text(option) for option in raw_options if as_boolean(as_object(option).get("correct"))]


def _options(raw: RawQuestion, raw_options: list[object], keys: list[str], *, pictures: bool) -> _Options:
    texts: list[RichText] = []
    by_appearance: dict[Hashable, int] = {}
    indices: dict[str, int] = {}
    names: dict[str, int] = {}
    distinct_keys = set(keys)
    sources = [raw.source_text(raw_option) for raw_option in raw_options]
    parse_option = raw.option_reader(sources)
    for raw_option, source in zip(raw_options, sources, strict=True):
        own_names = _own_names(raw, raw_option)
        if source in indices:
            raw.add_flaw(OPTIONS_MERGED)
        else:
            is_address = pictures and not source.lstrip().startswith("<")
            option = _picture(raw, source, parse_option) if is_address else parse_option(source)
            if option.is_empty:
                raw.add_flaw(OPTIONS_EMPTY)
                if distinct_keys.isdisjoint((source, *own_names)):
                    continue
                option = NO_TEXT
            indices[source] = by_appearance.setdefault(option.appearance(), len(texts))
            if indices[source] < len(texts):
                raw.note_alike(option)
            else:
                texts.append(option)
        for name in own_names:
            names.setdefault(name, indices[source])
    return _Options(tuple(texts), indices, names, parse_option)


def _own_names(raw: RawQuestion, raw_option: object) -> list[str]:
    if not isinstance(raw_option, dict):
        return []
    return [name for key in _NAME_KEYS if (name := raw.source_text(raw_option.get(key)))]


def _picture(raw: RawQuestion, source: str, parse_option: Callable[[str], RichText]) -> RichText:
    if address := image_url(source):
        return RichText((Image(address),))
    raw.add_flaw(PICTURE_BROKEN)
    return BROKEN_PICTURE if _ADDRESS.match(source) else parse_option(source)


def _correct(raw: RawQuestion, options: _Options, keys: list[str], *, multiple: bool) -> tuple[int, ...] | None:
    """Return the indices of the right options, or ``None`` with a flaw if a right answer could be marked wrong."""
    if len(options.texts) < 2:
        raw.add_flaw(OPTIONS_FEW)
        return None
    if not keys:
        raw.add_flaw(KEY_MISSING)
        return None
    matches = options.find(keys)
    if None in matches:
        raw.add_flaw(KEY_UNMATCHED)
        return None
    correct = sorted({index for index in matches if index is not None})
    if len(correct) > 1 and not multiple:
        raw.add_flaw(KEY_AMBIGUOUS)
        return None
    if any(_shows_nothing(options.texts[index]) for index in correct):
        raw.add_flaw(PICTURE_BROKEN)
        return None
    return tuple(correct)


def _shows_nothing(option: RichText) -> bool:
    """Return whether students see only that a picture is missing, so that they can't know what it was."""
    visible = [node for node in option.walk() if not isinstance(node, Element) and not is_blank(node)]
    return bool(visible) and all(isinstance(node, Image) and not node.url and not node.alt for node in visible)
