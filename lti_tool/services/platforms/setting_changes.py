"""A change of a setting in words, for the audit log: with the old and the new value, and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

DETAIL_LENGTH = 200
"""Characters of :attr:`lti_tool.models.AuditEntry.detail`."""
PRIVATE = frozenset({"notes"})
"""Columns whose text may name people, and so isn't copied to where an erasure doesn't reach."""
ARROW = " → "


def change_of(name: str, old: object, new: object) -> str:
    """Return a change such as ``theme_color: - → #112233``. Common parts of long values are cut."""
    if name in PRIVATE:
        return f"{name}: changed"
    before, after = _in_words(old), _in_words(new)
    room = (DETAIL_LENGTH - len(f"{name[:80]}: {ARROW}")) // 2
    if max(len(before), len(after)) > room:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
        common = max(0, len(list(same)) - 10)
        before, after = (_cut(text, common, room) for text in (before, after))
    return f"{name[:80]}: {before}{ARROW}{after}"


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None or value == "" else str(value)


def _cut(text: str, common: int, room: int) -> str:
    start = f"…{text[common:]}" if common else text
    return start if len(start) <= room else f"{start[: room - 1]}…"
