"""Whether the tool is well: what it needs, what it can do without for a while, and what somebody should mend."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog
from cachelib.base import BaseCache
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.errors import SettingsError
from lti_tool.models import DatabaseFailure, Generation, KeyState, Platform, ToolKey, classify_failure, db, now
from lti_tool.security.encryption import Vault
from lti_tool.services.operations.heartbeats import Heartbeats
from lti_tool.services.operations.shared_cache import SharedCache
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

WORKER_SILENT = timedelta(minutes=5)
ROOM = 100_000_000
"""Bytes that should be free where packages are built."""


TROUBLES = {
    DatabaseFailure.UNAVAILABLE: "does not answer",
    DatabaseFailure.CONFLICT: "is so busy that nothing can be written",
    DatabaseFailure.DISK_FULL: "is full",
    DatabaseFailure.READ_ONLY: "may only be read",
    DatabaseFailure.CORRUPT: "is damaged, or its disk is",
    DatabaseFailure.BUG: "lacks python -m lti_tool migrate",
}


class HealthState(StrEnum):
    """``degraded``: teachers are served, some things are slower or wait; ``down``: they cannot be served."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at. ``note`` is for the operator: no secrets, no names."""

    name: str
    state: HealthState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """All that was looked at."""

    checks: tuple[HealthCheck, ...]

    @property
    def state(self) -> HealthState:
        """The worst state of all checks."""
        return max((check.state for check in self.checks), key=list(HealthState).index, default=HealthState.OK)

    @property
    def ready(self) -> bool:
        """Whether teachers can be served."""
        return self.state is not HealthState.DOWN

    @property
    def database_answers(self) -> bool:
        """Whether it is worth while to ask the database more: it may be full, and still be read."""
        return all(
            check.note != TROUBLES[DatabaseFailure.UNAVAILABLE] for check in self.checks if check.name == "database"
        )

    def to_json(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        checks = {check.name: {"state": check.state.value, "note": check.note} for check in self.checks}
        return {"status": self.state.value, "checks": checks}


class Health:
    """Looks whether all is well."""

    def __init__(self, *, vault: Vault, queue: Queue, heartbeats: Heartbeats, cache: BaseCache, folder: Path) -> None:
        self._vault, self._queue, self._heartbeats = vault, queue, heartbeats
        self._cache, self._folder = cache, folder

    def readiness(self) -> Readiness:
        """Look at everything; never raises for what it finds."""
        database = self._database()
        checks = [database]
        if database.state is HealthState.OK:
            checks += [self._keys(), self._worker(), self._examplary()]
            db.session.rollback()
        return Readiness((*checks, self._queue_there(), self._cache_there(), self._room()))

    def _database(self) -> HealthCheck:
        try:
            db.session.execute(select(Generation.claims).limit(1))
            self._heartbeats.probe()
        except SQLAlchemyError as error:
            db.session.rollback()
            trouble = classify_failure(error)
            log.error("health.database", trouble=trouble)  # noqa: TRY400 -- its text names hosts and users
            return HealthCheck("database", HealthState.DOWN, TROUBLES[trouble])
        return HealthCheck("database", HealthState.OK)

    def _keys(self) -> HealthCheck:
        """Try one secret of each kind: a key that does not fit would be found out by the first teacher otherwise."""
        tokens = (
            select(ToolKey.private_pem_encrypted).where(ToolKey.state == KeyState.ACTIVE),
            select(Platform.api_key_encrypted).where(Platform.api_key_encrypted.is_not(None)),
            select(Generation.session_id_encrypted)
            .where(Generation.session_id_encrypted != "")
            .order_by(Generation.created_at.desc()),
        )
        try:
            for query in tokens:
                token = db.session.scalar(query.limit(1))
                if token:
                    self._vault.decrypt(token)
        except SettingsError as error:
            log.error("health.keys", code=error.code)  # noqa: TRY400 -- the code says it
            return HealthCheck("keys", HealthState.DOWN, "LTI_TOOL_ENCRYPTION_KEYS does not fit what is stored")
        return HealthCheck("keys", HealthState.OK)

    def _worker(self) -> HealthCheck:
        seen = self._heartbeats.worker_seen()
        if seen is None or now() - seen > WORKER_SILENT:
            return HealthCheck("worker", HealthState.DEGRADED, "no worker was heard of in the last 5 minutes")
        return HealthCheck("worker", HealthState.OK, f"seen {_ago(seen)}")

    def _examplary(self) -> HealthCheck:
        """Only told: whether Examplary answers is seen when somebody needs it."""
        seen = self._heartbeats.examplary_seen()
        return HealthCheck("examplary", HealthState.OK, f"seen {_ago(seen)}" if seen else "not asked yet")

    def _queue_there(self) -> HealthCheck:
        depth = self._queue.depth()
        if depth is None:
            return HealthCheck("queue", HealthState.DEGRADED, "does not answer; the workers' sweeps do its work")
        return HealthCheck("queue", HealthState.OK, f"{depth} jobs wait")

    def _cache_there(self) -> HealthCheck:
        self._cache.get("health")
        if isinstance(self._cache, SharedCache) and not self._cache.shared:
            return HealthCheck("cache", HealthState.DEGRADED, "does not answer; each process counts for itself")
        return HealthCheck("cache", HealthState.OK)

    def _room(self) -> HealthCheck:
        free = _free_bytes(self._folder)
        state = HealthState.OK if free >= ROOM else HealthState.DEGRADED
        return HealthCheck("disk", state, f"{free // 1_000_000} MB free where packages are built")


def _free_bytes(folder: Path) -> int:
    """Return the free bytes where ``folder`` is, or will be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def _ago(moment: datetime) -> str:
    return f"{max(int((now() - moment).total_seconds()), 0)} s ago"
