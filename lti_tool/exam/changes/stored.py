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

_KNOWN = (
    *(operations.LeaveOut, operations.TakeBack, operations.Move, operations.SetPoints, operations.SetShuffle),
    *(operations.SetText, operations.SetCorrect, operations.SetTruth, operations.SetDate, operations.SetPairs),
    *(operations.SetAnswers, operations.SetIgnoreCase, operations.SetTitle, operations.SetDuration),
)
OPERATIONS: Mapping[str, type[Operation]] = MappingProxyType({kind.name: kind for kind in _KNOWN})
"""By the name in stored JSON."""


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
    kind = OPERATIONS.get(str(content.get("operation")))
    if kind is None or content.get("version") != VERSION:
        return Change(UnknownOperation(content), revision)
    try:
        values = {field.name: _READERS[str(field.type)](content.get(field.name)) for field in fields(kind)}
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


_READERS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "str": _text,
        "int": _integer,
        "bool": _boolean,
        "Decimal": _decimal,
        "int | None": lambda content: None if content is None else _integer(content),
        "tuple[int, ...]": lambda content: tuple(map(_integer, _items(content))),
        "tuple[str, ...]": lambda content: tuple(map(_text, _items(content))),
    }
)
"""By the annotation of a field."""
