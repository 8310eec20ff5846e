r"""Ordering and matching. Facts: examplary-api §5.1 (``"L = R"``, older ``pairs`` with escaped ``\=``)."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable

from lti_tool.exam.model import Matching, Ordering, Question
from lti_tool.exam.parse.json_values import as_boolean, as_list, as_text
from lti_tool.exam.parse.parser_remarks import ITEMS_FEW, ITEMS_SAME, OPTIONS_MERGED, PAIRS_UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.richtext import RichText
from lti_tool.exam.value import value
from lti_tool.exam.visible_text import comparison_letters, without_invisible_characters

_BETWEEN = " = "


@value
class _Column:
    """The different texts of a column; at which of them each raw text stands, and each reading of only one of them."""

    texts: tuple[RichText, ...]
    places: dict[str, int]
    read: dict[tuple[str, str], int | None]

    def find(self, source: RawQuestion, raw: str | None) -> int | None:
        """Return the place of a side of a pair; ``None`` if there is none, or more than one."""
        if raw is None or raw in self.places:
            return None if raw is None else self.places[raw]
        ways = _readings(source.chosen(raw).plain_text())
        return next((self.read[way] for way in ways if self.read.get(way) is not None), None)


def ordering(source: RawQuestion) -> Question:
    """Read sequence: the options stand in the right order."""
    read = (source.chosen(one) for one in as_list(source.settings.get("options")))
    options = tuple(option for option in read if not option.is_empty)
    if len(options) < 2:
        source.flaw(ITEMS_FEW)
    elif len({one.look() for one in options}) < len(options):
        source.flaw(ITEMS_SAME)
    keyed = ITEMS_FEW not in source.flaws and ITEMS_SAME not in source.flaws
    return Ordering(**source.base(), options=options, keyed=keyed)


def matching(source: RawQuestion) -> Question:
    """Read matching in both of its shapes."""
    settings = source.settings
    left = [source.raw_text(one) for one in as_list(settings.get("left"))]
    right = [source.raw_text(one) for one in as_list(settings.get("right"))]
    if left or right:
        known = set(left), set(right)
        pairs = [_split(source, one, *known) for one in as_list(settings.get("correctAnswer"))]
    else:
        pairs = [_split(source, one, (), ()) for one in as_list(settings.get("pairs") or settings.get("correctAnswer"))]
        left = [pair[0] for pair in pairs]
        right = [pair[1] for pair in pairs if pair[1] is not None]
    return _build(source, left, right, pairs)


def _build(source: RawQuestion, left: list[str], right: list[str], pairs: list[tuple[str, str | None]]) -> Question:
    lefts, rights = _column(source, left), _column(source, right)
    found = [(lefts.find(source, a), rights.find(source, b)) for a, b in pairs]
    if len(lefts.texts) < len(left):
        source.flaw(OPTIONS_MERGED)
    key = _key(found, len(lefts.texts), len(rights.texts))
    if key is None:
        source.flaw(PAIRS_UNREADABLE)
    shuffle = as_boolean(source.settings.get("shuffle"))
    return Matching(**source.base(), left=lefts.texts, right=rights.texts, pairs=key, shuffle=shuffle)


def _split(source: RawQuestion, raw: object, left: Container[str], right: Container[str]) -> tuple[str, str | None]:
    """Divide ``"L = R"`` where both sides are known, else after a known left side, else at the first place."""
    if isinstance(raw, dict) and ("left" in raw or "right" in raw):
        return as_text(raw.get("left")), as_text(raw.get("right"))
    pair = source.raw_text(raw)
    cuts = [cut for cut in _cuts(pair) if pair[:cut] in left]
    both = [cut for cut in cuts if pair[cut + len(_BETWEEN) :] in right]
    for cut in (*both, *reversed(cuts)):
        return pair[:cut], pair[cut + len(_BETWEEN) :]
    first, between, second = pair.partition(_BETWEEN)
    first, second = first.replace("\\=", "="), second.replace("\\=", "=")
    return first, second if between else None


def _cuts(pair: str) -> list[int]:
    return [found.start() for found in re.finditer(_BETWEEN, pair)]


def _column(source: RawQuestion, raws: list[str]) -> _Column:
    texts: list[RichText] = []
    looks: dict[Hashable, int] = {}
    places: dict[str, int] = {}
    for raw in raws:
        if raw not in places and not (cleaned := source.chosen(raw)).is_empty:
            places[raw] = looks.setdefault(cleaned.appearance(), len(texts))
            texts += [cleaned] if places[raw] == len(texts) else []
    read: dict[tuple[str, str], int | None] = {}
    for place, text_ in enumerate(texts):
        for way in _readings(text_.plain_text()):
            read[way] = None if way in read else place
    return _Column(tuple(texts), places, read)


def _readings(plain: str) -> tuple[tuple[str, str], ...]:
    """Return in which ways a text is compared, the surest first."""
    return (
        (("as seen", without_invisible_characters(plain)), ("in letters", comparison_letters(plain))) if plain else ()
    )


def _key(found: list[tuple[int | None, int | None]], left: int, right: int) -> tuple[tuple[int, int], ...] | None:
    pairs = {(a, b) for a, b in found if a is not None and b is not None}
    readable = all(a is not None and b is not None for a, b in found)
    complete = {a for a, _ in pairs} == set(range(left)) and len(pairs) == left
    return tuple(sorted(pairs)) if readable and complete and left > 0 and right > 0 else None
