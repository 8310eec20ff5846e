"""Changes as JSON, version 1. Unknown operations are preserved for newer versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from lti_tool.exam.changes import operations
from lti_tool.exam.changes.operations import Change, Operation, UnknownOperation

VERSION = 1


class _Unreadable(ValueError):
    """A value of another type than expected."""


def to_json(change: Change) -> dict[str, object]:
    """Return a change as JSON-ready values."""
    operation = change.operation
    if isinstance(operation, UnknownOperation):
        return dict(operation.content)
    content = {field.name: _as_json(getattr(operation, field.name)) for field in fields(operation)}
    return {"version": VERSION, "operation": operation.name, "on": change.revision, **content}


def from_json(content: Mapping[str, object]) -> Change:
    """Return a stored change; one that this version can't read holds an :class:`UnknownOperation`."""
    on = content.get("on")
    revision = on if isinstance(on, int) and not isinstance(on, bool) else 0
    kind = _OPERATIONS.get(str(content.get("operation")))
    if kind is None or content.get("version") != VERSION:
        return Change(UnknownOperation(content), revision)
    try:
        values = {name: read(content.get(name)) for name, read in _READERS[kind].items()}
    except _Unreadable:
        return Change(UnknownOperation(content), revision)
    return Change(kind(**values), revision)


def fingerprint(changes: Iterable[Change]) -> str:
    """Return the SHA-256 of the operations, ignoring their revisions; an empty string if there are none."""
    contents = [{name: part for name, part in to_json(change).items() if name != "on"} for change in changes]
    if not contents:
        return ""
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def _as_json(content: object) -> object:
    if isinstance(content, Decimal):
        return str(content)
    return list(content) if isinstance(content, tuple) else content


def _text(content: object) -> str:
    if not isinstance(content, str):
        raise _Unreadable
    return content


def _integer(content: object) -> int:
    if not isinstance(content, int) or isinstance(content, bool):
        raise _Unreadable
    return content


def _boolean(content: object) -> bool:
    if not isinstance(content, bool):
        raise _Unreadable
    return content


def _decimal(content: object) -> Decimal:
    try:
        number = Decimal(_text(content))
    except InvalidOperation as error:
        raise _Unreadable from error
    if not number.is_finite():
        raise _Unreadable
    return number


def _items(content: object) -> list[object]:
    if not isinstance(content, list):
        raise _Unreadable
    return content


def _optional_integer(content: object) -> int | None:
    return None if content is None else _integer(content)


def _integers(content: object) -> tuple[int, ...]:
    return tuple(map(_integer, _items(content)))


def _texts(content: object) -> tuple[str, ...]:
    return tuple(map(_text, _items(content)))


_READERS: Mapping[type[Operation], Mapping[str, Callable[[object], object]]] = MappingProxyType(
    {
        operations.LeaveOut: {"question": _text},
        operations.TakeBack: {"question": _text},
        operations.Move: {"question": _text, "after": _text},
        operations.SetPoints: {"question": _text, "points": _decimal},
        operations.SetShuffle: {"question": _text, "shuffle": _boolean},
        operations.SetText: {"question": _text, "part": _text, "index": _integer, "text": _text},
        operations.SetCorrect: {"question": _text, "correct": _integers},
        operations.SetTruth: {"question": _text, "correct": _boolean},
        operations.SetDate: {"question": _text, "correct": _text},
        operations.SetPairs: {"question": _text, "right": _integers},
        operations.SetAnswers: {"question": _text, "blank": _integer, "answers": _texts},
        operations.SetIgnoreCase: {"question": _text, "ignore": _boolean},
        operations.SetTitle: {"title": _text},
        operations.SetDuration: {"minutes": _optional_integer},
    }
)
"""The reader of each field."""

_OPERATIONS: Mapping[str, type[Operation]] = MappingProxyType({kind.name: kind for kind in _READERS})
"""By the name in stored JSON."""
