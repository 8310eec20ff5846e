"""Keeps refused logins and launches under the number that the person saw, for the administrator's diagnosis."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.errors import N_, AccessError, LaunchError
from lti_tool.lti import LoginStates
from lti_tool.models import Platform, Refusal, db, delete_in_batches, now, retry_on_conflict

log = structlog.get_logger(__name__)

KEPT_PER_SOURCE = 20
"""The newest of each address: a flood from one address doesn't displace the entries of others."""
KEPT = 5000
"""The newest in total."""
MAX_SHOWN = 50


class RefusalNotFound(AccessError):
    """There is no refusal with this number, or it is another administrator's."""

    code = "admin.refusal_not_found"
    sentence = N_("No refused launch has this number.")
    advice = N_("Check the number on the error page. Refused launches are kept for some days only.")
    status = 404


class Refusals:
    """Keeps refusals. ``secret`` keys the hash of addresses; ``days`` 0 keeps none."""

    def __init__(self, states: LoginStates, *, secret: str, days: int) -> None:
        self._states = states
        self._secret = secret
        self._days = days

    def record(
        self, number: str, error: LaunchError, arrived: Mapping[str, str], *, state: str = "", address: str = ""
    ) -> None:
        """Keep a refusal. Never fails: the person's own error page is what matters."""
        if not self._days:
            return
        try:
            _store(
                Refusal(
                    number=number,
                    code=error.code,
                    error_facts=dict(error.facts),
                    platform_id=self._platform_of(state),
                    source_hash=hmac.new(self._secret.encode(), address.encode(), hashlib.sha256).hexdigest(),
                    verified=error.token_verified,
                    arrived=dict(arrived),
                )
            )
        except SQLAlchemyError as problem:
            db.session.rollback()
            log.warning("refusal.not_kept", problem=type(problem).__name__)

    def delete_old(self) -> int:
        """Delete expired refusals, and the oldest beyond :data:`KEPT`."""
        deleted = delete_in_batches(Refusal.id, Refusal.at < now() - timedelta(days=self._days))
        newest = db.session.scalar(select(Refusal.id).order_by(Refusal.id.desc()).offset(KEPT).limit(1))
        return deleted + (delete_in_batches(Refusal.id, Refusal.id <= newest) if newest is not None else 0)

    @staticmethod
    def latest(scope: ColumnElement[bool]) -> Sequence[Refusal]:
        """Return the newest refusals in ``scope``, at most :data:`MAX_SHOWN`."""
        return db.session.scalars(select(Refusal).where(scope).order_by(Refusal.id.desc()).limit(MAX_SHOWN)).all()

    @staticmethod
    def counts(scope: ColumnElement[bool], since: datetime) -> Sequence[tuple[str, int]]:
        """Return the number of refusals by code since a time, the most frequent first."""
        number = func.count().label("number")
        query = select(Refusal.code, number).where(scope, Refusal.at >= since).group_by(Refusal.code)
        return [(code, count) for code, count in db.session.execute(query.order_by(number.desc(), Refusal.code))]

    @staticmethod
    def find(number: str, scope: ColumnElement[bool]) -> Refusal:
        """Return the refusal with a number; raise :class:`RefusalNotFound`."""
        row = db.session.scalar(select(Refusal).where(Refusal.number == number.strip().lower()[:20], scope))
        if row is None:
            raise RefusalNotFound(f"number {number[:20]!r}")
        return row

    def _platform_of(self, state: str) -> str | None:
        """Return the platform of the login's state; of an unknown one, none."""
        platform_id = self._states.platform_of(state)
        return platform_id if platform_id and db.session.get(Platform, platform_id) is not None else None


@retry_on_conflict
def _store(row: Refusal) -> None:
    """Insert the row, and delete the oldest of its source beyond :data:`KEPT_PER_SOURCE`. Commits."""
    own = Refusal.source_hash == row.source_hash
    db.session.add(row)
    db.session.flush()
    oldest = db.session.scalar(
        select(Refusal.id).where(own).order_by(Refusal.id.desc()).offset(KEPT_PER_SOURCE).limit(1)
    )
    if oldest is not None:
        excess = delete(Refusal).where(own, Refusal.id <= oldest)
        db.session.execute(excess.execution_options(synchronize_session=False))
    db.session.commit()
