"""Leases of rows: one worker at a time, by compare-and-set.

A worker holds a lease on the row it works on, and no other worker claims it until the lease has expired. The lease is
identified by its expiry, so that only its holder can renew or release it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import Generation, Import, compare_and_set, db, now, retry_on_conflict

LEASE = timedelta(minutes=3)
"""Duration of a lease. It is renewed before each call, the longest of which takes two minutes."""

LeasedTable = type[Generation] | type[Import]


class LeaseLost(Exception):
    """Another worker has claimed the row: stop at once."""


class Lease:
    """The right of one thread to work on one row. Another thread may only release it."""

    def __init__(self, table: LeasedTable, row_id: str, until: datetime) -> None:
        self._table = table
        self.row_id = row_id
        self.until = until
        # A process that ends releases it from another thread, perhaps during a renewal.
        self._lock = threading.Lock()

    @property
    def is_held(self) -> ColumnElement[bool]:
        """The condition that the row is still ours."""
        return self._table.claimed_until == self.until

    def renew(self, **values: object) -> None:
        """Extend the lease to :data:`LEASE` from now, set ``values``, and commit.

        Raises :class:`LeaseLost` if another worker has it.
        """
        with self._lock:
            until = now() + LEASE
            if not self._set(claimed_until=until, **values):
                raise LeaseLost(self.row_id)
            self.until = until

    def release(self, *, orderly: bool = True) -> None:
        """Make the row available at once. A release that isn't ``orderly`` counts as a crash."""
        with self._lock:
            self._set(claimed_until=None, **({"claims": 0} if orderly else {}))

    @retry_on_conflict
    def _set(self, **values: object) -> bool:
        is_ours = compare_and_set(self._table, self._table.id == self.row_id, self.is_held, **values)
        db.session.commit()
        return is_ours


class HeldLeases:
    """The leases on which this process works, so that it can release them when it has to end."""

    def __init__(self) -> None:
        self._leases: dict[str, Lease] = {}

    def __len__(self) -> int:
        """Return the number of leases."""
        return len(self._leases)

    @contextmanager
    def hold(self, lease: Lease) -> Iterator[None]:
        """Hold ``lease`` during one step of the work on its row, and release it in any case.

        An exception counts as a crash of the row, unless the database is unreachable, full or read-only.
        """
        self._leases[lease.row_id] = lease
        orderly = False
        try:
            yield
            orderly = True
        except (OperationalError, InternalError):
            orderly = True
            raise
        finally:
            self._leases.pop(lease.row_id, None)
            db.session.rollback()
            lease.release(orderly=orderly)

    def release_all(self) -> int:
        """Release all of them and return their number. A thread still at work finds its lease lost and stops."""
        leases = list(self._leases.values())
        for lease in leases:
            lease.release()
        return len(leases)


@retry_on_conflict
def claim_row(table: LeasedTable, row_id: str, *conditions: ColumnElement[bool], **values: object) -> Lease | None:
    """Claim the row for :data:`LEASE`; return ``None`` if another worker has it or ``conditions`` don't hold."""
    moment = now()
    until = moment + LEASE
    claimed = compare_and_set(
        table,
        table.id == row_id,
        is_unclaimed(table, moment),
        *conditions,
        claimed_until=until,
        claims=table.claims + 1,
        **values,
    )
    db.session.commit()
    return Lease(table, row_id, until) if claimed else None


def is_unclaimed(table: LeasedTable, moment: datetime) -> ColumnElement[bool]:
    """Return the condition that no worker holds the row.

    A lease that ends later than any lease can was written under a wrong clock, and doesn't count.
    """
    until = table.claimed_until
    return or_(until.is_(None), until < moment, until > moment + 2 * LEASE)


def is_due_at(
    column: InstrumentedAttribute[datetime | None], moment: datetime, furthest: timedelta
) -> ColumnElement[bool]:
    """Return the condition that the time in ``column`` has come, is NULL, or is too far away to be right."""
    return or_(column.is_(None), column <= moment, column > moment + furthest)
