"""Readiness checks: the services that the tool needs, and those it can do without for a while."""

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
from lti_tool.models import (
    DatabaseFailure,
    Generation,
    GenerationState,
    KeyState,
    Platform,
    ToolKey,
    classify_failure,
    db,
    now,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.operations.heartbeats import Heartbeats
from lti_tool.services.operations.proxies import ProxyWatch
from lti_tool.services.queue import Queue
from lti_tool.services.shared_cache import SharedCache

log = structlog.get_logger(__name__)

MAX_WORKER_SILENCE = timedelta(minutes=5)
MIN_FREE_BYTES = 100_000_000
"""Bytes that should be free where packages are built."""


FAILURE_NOTES = {
    DatabaseFailure.UNAVAILABLE: "does not answer",
    DatabaseFailure.CONFLICT: "is so busy that nothing can be written",
    DatabaseFailure.DISK_FULL: "is full",
    DatabaseFailure.READ_ONLY: "may only be read",
    DatabaseFailure.CORRUPT: "is damaged, or its disk is",
    DatabaseFailure.BUG: "is not up to date: run python -m lti_tool migrate",
}

SECRETS = (
    select(ToolKey.private_pem_encrypted).where(ToolKey.state == KeyState.ACTIVE),
    select(Platform.api_key_encrypted).where(Platform.api_key_encrypted.is_not(None)),
    # Only those that are open, which are few: health is asked every few seconds.
    select(Generation.session_id_encrypted)
    .where(Generation.state == GenerationState.OPEN, Generation.session_id_encrypted != "")
    .order_by(Generation.created_at.desc()),
)
"""Encrypted texts of each kind; the first of each is decrypted."""

PROXIES = "proxies"
UNTRUSTED_PROXY = "a proxy forwards requests, but LTI_TOOL_TRUSTED_PROXIES is 0: all schools share its address"
HTTP_ADDRESS = "browsers use https, but LTI_TOOL_BASE_URL begins with http"


class HealthState(StrEnum):
    """``degraded``: pages work, but something is slow or delayed; ``down``: pages don't work."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check and its result. ``note`` is for the operator and holds no secrets and no names."""

    name: str
    state: HealthState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The results of all checks."""

    checks: tuple[HealthCheck, ...]

    @property
    def state(self) -> HealthState:
        """The worst state of all checks."""
        return max((check.state for check in self.checks), key=list(HealthState).index, default=HealthState.OK)

    @property
    def ready(self) -> bool:
        """Whether pages work."""
        return self.state is not HealthState.DOWN

    @property
    def database_answers(self) -> bool:
        """Whether the database can be queried; a full one can still be read."""
        return all(
            check.note != FAILURE_NOTES[DatabaseFailure.UNAVAILABLE]
            for check in self.checks
            if check.name == "database"
        )

    def to_json(self) -> dict[str, object]:
        """Return the results as a JSON object."""
        checks = {check.name: {"state": check.state.value, "note": check.note} for check in self.checks}
        return {"status": self.state.value, "checks": checks}


class Health:
    """Runs the readiness checks."""

    def __init__(
        self,
        *,
        vault: Vault,
        queue: Queue,
        heartbeats: Heartbeats,
        cache: BaseCache,
        folder: Path,
        proxy_watch: ProxyWatch,
    ) -> None:
        self._vault = vault
        self._queue = queue
        self._heartbeats = heartbeats
        self._cache = cache
        self._folder = folder
        self._proxy_watch = proxy_watch

    def readiness(self) -> Readiness:
        """Run all checks; a failed check does not raise."""
        database = self._check_database()
        checks = [database]
        if database.state is HealthState.OK:
            checks += [self._check_keys(), self._check_worker(), self._check_examplary()]
            db.session.rollback()
        checks += [self._check_queue(), self._check_cache(), self._check_disk(), self._check_proxies()]
        return Readiness(tuple(checks))

    def _check_database(self) -> HealthCheck:
        try:
            db.session.execute(select(Generation.claims).limit(1))
            self._heartbeats.check_writable()
        except SQLAlchemyError as error:
            db.session.rollback()
            failure = classify_failure(error)
            log.error("health.database", trouble=failure)  # noqa: TRY400 -- its text names hosts and users
            return HealthCheck("database", HealthState.DOWN, FAILURE_NOTES[failure])
        return HealthCheck("database", HealthState.OK)

    def _check_keys(self) -> HealthCheck:
        """Decrypt one secret of each kind: otherwise the first teacher would find out that a key is missing."""
        try:
            for query in SECRETS:
                token = db.session.scalar(query.limit(1))
                if token:
                    self._vault.decrypt(token)
        except SettingsError as error:
            log.error("health.keys", code=error.code)  # noqa: TRY400 -- the code is enough
            return HealthCheck("keys", HealthState.DOWN, "LTI_TOOL_ENCRYPTION_KEYS does not fit what is stored")
        return HealthCheck("keys", HealthState.OK)

    def _check_worker(self) -> HealthCheck:
        last_seen = self._heartbeats.worker_seen()
        if last_seen is None or now() - last_seen > MAX_WORKER_SILENCE:
            return HealthCheck("worker", HealthState.DEGRADED, "no sign of life from a worker in the last 5 minutes")
        return HealthCheck("worker", HealthState.OK, f"seen {_ago(last_seen)}")

    def _check_examplary(self) -> HealthCheck:
        """Report the last good response; Examplary is not called for this check."""
        last_seen = self._heartbeats.examplary_seen()
        return HealthCheck("examplary", HealthState.OK, f"seen {_ago(last_seen)}" if last_seen else "not called yet")

    def _check_queue(self) -> HealthCheck:
        depth = self._queue.depth()
        if depth is None:
            return HealthCheck(
                "queue", HealthState.DEGRADED, "does not answer; the workers' sweeps do its work instead"
            )
        return HealthCheck("queue", HealthState.OK, f"{depth} jobs wait")

    def _check_cache(self) -> HealthCheck:
        self._cache.get("health")
        if isinstance(self._cache, SharedCache) and not self._cache.shared:
            return HealthCheck("cache", HealthState.DEGRADED, "does not answer; each process counts for itself")
        return HealthCheck("cache", HealthState.OK)

    def _check_proxies(self) -> HealthCheck:
        if self._proxy_watch.seen_untrusted:
            return HealthCheck(PROXIES, HealthState.DEGRADED, UNTRUSTED_PROXY)
        if self._proxy_watch.seen_https:
            return HealthCheck(PROXIES, HealthState.DEGRADED, HTTP_ADDRESS)
        return HealthCheck(PROXIES, HealthState.OK)

    def _check_disk(self) -> HealthCheck:
        free = _free_bytes(self._folder)
        state = HealthState.OK if free >= MIN_FREE_BYTES else HealthState.DEGRADED
        return HealthCheck("disk", state, f"{free // 1_000_000} MB free where packages are built")


def _free_bytes(folder: Path) -> int:
    """Return the free bytes on the disk of ``folder``, which need not exist yet."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


def _ago(moment: datetime) -> str:
    return f"{max(int((now() - moment).total_seconds()), 0)} s ago"
