r"""Ordering and matching.

See docs/reference/examplary-api.md#question-types (``"L = R"``, older ``pairs`` with escaped ``\=``).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable

from lti_tool.exam.model import Matching, Ordering, Question
from lti_tool.exam.parse.json_values import as_boolean, as_list, as_text
from lti_tool.exam.parse.parser_remarks import ITEMS_FEW, ITEMS_SAME, OPTIONS_ALIKE, OPTIONS_MERGED, PAIRS_UNREADABLE
from lti_tool.exam.parse.raw_question import RawQuestion
from lti_tool.exam.richtext import RichText
from lti_tool.exam.value import value
from lti_tool.exam.visible_text import comparison_letters, without_invisible_characters

_SEPARATOR = " = "

RawPair = tuple[str, str | None]
"""The left and the right side, before cleaning; the right one may be missing."""


@value
class _Column:
    """The distinct texts of a column. ``indices`` maps raw texts, ``unique`` the comparison keys of a single text.

    ``parse_item`` reads a text as the column was read.
    """

    texts: tuple[RichText, ...]
    indices: dict[str, int]
    unique: dict[tuple[str, str], int | None]
    parse_item: Callable[[str], RichText]

    def find(self, side: str | None) -> int | None:
        """Return the index of one side of a pair; ``None`` if there is none, or no single one."""
        if side is None:
            return None
        if side in self.indices:
            return self.indices[side]
        keys = _comparison_keys(self.parse_item(side).plain_text())
        return next((self.unique[key] for key in keys if self.unique.get(key) is not None), None)


def ordering(raw: RawQuestion) -> Question:
    """Read sequence: the options are in the right order."""
    sources = [raw.source_text(option) for option in as_list(raw.settings.get("options"))]
    texts = list(map(raw.option_reader(sources), sources))
    options = tuple(text for text in texts if not text.is_empty)
    flaw = None
    if len(options) < 2:
        flaw = ITEMS_FEW
    elif len({option.look() for option in options}) < len(options):
        flaw = ITEMS_SAME
    if flaw is not None:
        raw.add_flaw(flaw)
    return Ordering(**raw.common_fields(), options=options, keyed=flaw is None)


def matching(raw: RawQuestion) -> Question:
    """Read matching in both of its shapes."""
    settings = raw.settings
    left = [raw.source_text(text) for text in as_list(settings.get("left"))]
    right = [raw.source_text(text) for text in as_list(settings.get("right"))]
    if left or right:
        sides = set(left), set(right), sorted({len(text) for text in left})
        pairs = [_split(raw, pair, *sides) for pair in as_list(settings.get("correctAnswer"))]
    else:
        raw_pairs = as_list(settings.get("pairs") or settings.get("correctAnswer"))
        pairs = [_split(raw, pair, (), (), ()) for pair in raw_pairs]
        left = [left_side for left_side, _ in pairs]
        right = [right_side for _, right_side in pairs if right_side is not None]
    return _build(raw, left, right, pairs)


def _build(raw: RawQuestion, left: list[str], right: list[str], pairs: list[RawPair]) -> Question:
    parse_item = raw.option_reader([*left, *right])
    left_column, right_column = _column(raw, left, parse_item), _column(raw, right, parse_item)
    indices = [(left_column.find(left_side), right_column.find(right_side)) for left_side, right_side in pairs]
    if len(left_column.texts) < len(left) and OPTIONS_ALIKE.code not in [flaw.code for flaw in raw.flaws]:
        raw.add_flaw(OPTIONS_MERGED)
    key = _key(indices, len(left_column.texts), len(right_column.texts))
    if key is None:
        raw.add_flaw(PAIRS_UNREADABLE)
    return Matching(
        **raw.common_fields(),
        left=left_column.texts,
        right=right_column.texts,
        pairs=key,
        shuffle=as_boolean(raw.settings.get("shuffle")),
    )


def _split(
    raw: RawQuestion, raw_pair: object, left: Container[str], right: Container[str], left_lengths: Iterable[int]
) -> RawPair:
    """Split ``"L = R"`` where both sides are known, else after a known left side, else at the first separator."""
    if isinstance(raw_pair, dict) and ("left" in raw_pair or "right" in raw_pair):
        return as_text(raw_pair.get("left")), as_text(raw_pair.get("right"))
    pair = raw.source_text(raw_pair)
    after_left = [cut for cut in left_lengths if pair.startswith(_SEPARATOR, cut) and pair[:cut] in left]
    between_both = [cut for cut in after_left if pair[cut + len(_SEPARATOR) :] in right]
    for cut in (*between_both, *reversed(after_left)):
        return pair[:cut], pair[cut + len(_SEPARATOR) :]
    first, separator, second = pair.partition(_SEPARATOR)
    first, second = first.replace("\\=", "="), second.replace("\\=", "=")
    return first, second if separator else None


def _column(raw: RawQuestion, raw_texts: list[str], parse_item: Callable[[str], RichText]) -> _Column:
    texts: list[RichText] = []
    by_appearance: dict[Hashable, int] = {}
    indices: dict[str, int] = {}
    for raw_text in raw_texts:
        if raw_text not in indices and not (text := parse_item(raw_text)).is_empty:
            indices[raw_text] = by_appearance.setdefault(text.appearance(), len(texts))
            if indices[raw_text] == len(texts):
                texts.append(text)
            else:
                raw.note_alike(text)
    unique: dict[tuple[str, str], int | None] = {}
    for index, text in enumerate(texts):
        for key in _comparison_keys(text.plain_text()):
            unique[key] = None if key in unique else index
    return _Column(tuple(texts), indices, unique, parse_item)


def _comparison_keys(plain: str) -> tuple[tuple[str, str], ...]:
    """Return the keys by which a text is compared, the strictest first."""
    if not plain:
        return ()
    return ("visible", without_invisible_characters(plain)), ("letters", comparison_letters(plain))


def _key(
    indices: list[tuple[int | None, int | None]], left_count: int, right_count: int
) -> tuple[tuple[int, int], ...] | None:
    """Return the pairs in order, or ``None`` unless all were found, exactly one for each left item."""
    pairs = {(left, right) for left, right in indices if left is not None and right is not None}
    is_readable = all(left is not None and right is not None for left, right in indices)
    is_complete = {left for left, _ in pairs} == set(range(left_count)) and len(pairs) == left_count
    return tuple(sorted(pairs)) if is_readable and is_complete and left_count > 0 and right_count > 0 else None
