"""Places in lists that are ordered by time and id, newest first, so that a page begins where the last one ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-9]{1,17})\.([\w-]{1,40})", re.ASCII)


@dataclass(frozen=True, slots=True)
class PageKey:
    """The last row of a page."""

    created_at: datetime
    id: str

    def __str__(self) -> str:
        return f"{(self.created_at - _EPOCH) // _MICROSECOND}.{self.id}"

    @classmethod
    def parse(cls, cursor: str) -> PageKey | None:
        """Return the key that a cursor names; ``None`` if it makes no sense."""
        parts = _CURSOR.fullmatch(cursor)
        if parts is None:
            return None
        try:
            return cls(_EPOCH + int(parts[1]) * _MICROSECOND, parts[2])
        except OverflowError:
            return None


def beyond(
    key: PageKey | None,
    created_at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[Any],
    *,
    newer: bool = False,
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a row is older than ``key``, or ``newer``; none if there is no key."""
    if key is None:
        return ()
    # The first condition alone is a range of the index.
    if newer:
        return created_at >= key.created_at, or_(created_at > key.created_at, row_id > key.id)
    return created_at <= key.created_at, or_(created_at < key.created_at, row_id < key.id)
