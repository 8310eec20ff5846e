"""The job that carries out direct imports, one step at a time. All server to server; repeating a step does nothing.

:meth:`ImportJob.advance` may be called at any time and any number of times. Its next step depends on the row alone.
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, replace
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement
from structlog.contextvars import bound_contextvars

from lti_tool.errors import SettingsError, ToolError
from lti_tool.lms import plugin_for_family
from lti_tool.lms.direct_import import (
    AccountRefused,
    DirectImport,
    DirectImportError,
    Imported,
    ImportOrder,
    Pending,
    StepResult,
    TeacherQuestion,
)
from lti_tool.lti.service_connector import PlatformServiceConnector, ServiceParts
from lti_tool.lti.service_errors import ServiceUnreachable, ServiceUnreadable
from lti_tool.models import (
    TOOL,
    AuditAction,
    Exam,
    GenerationState,
    Import,
    ImportState,
    LmsAccount,
    Platform,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.counters import IMPORTS
from lti_tool.services.delivery.added_exams import record_addition
from lti_tool.services.delivery.direct_imports import ACTIVE_STATES
from lti_tool.services.delivery.import_availability import read_grant
from lti_tool.services.delivery.import_orders import ImportOrders
from lti_tool.services.delivery.lms_accounts import AccountSession, LmsAccounts
from lti_tool.services.delivery.package_cache import PackageCacheFull
from lti_tool.services.generations.retry_policy import pause_after
from lti_tool.services.generations.transitions import transition
from lti_tool.services.launches.access import SwitchedOff
from lti_tool.services.leases import HeldLeases, Lease, LeaseLost, claim_row, is_due_at
from lti_tool.services.platform_settings import is_active
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)
_random = random.SystemRandom()

MAX_ATTEMPTS = 8
"""Failed attempts before the teacher sees an error, about ten minutes with the pauses between them."""
MAX_PAUSE = 120.0
TURN_PAUSE = (2.0, 6.0)
"""Seconds, from and to, until an import asks again whether it is its turn."""
CLOCK_TOLERANCE = timedelta(seconds=1)
"""How far the clocks of two machines may be apart without a step being put off."""
MAX_LOOK_AFTER = timedelta(hours=1)
"""No pause is longer; a later time was written under a wrong clock."""
MAX_CRASHES = 4
"""Crashes of a worker on one import before it is put aside."""

_NO_ERROR: dict[str, object] = {"error_code": "", "error_facts": {}, "attempts": 0, "look_after": None}
_ENDED: dict[str, object] = {
    "open_key": None,
    "grant_encrypted": None,
    "progress": {},
    "question": None,
    "note": "",
}


class ImportJob:
    """Moves an import from ``asked`` to its end."""

    def __init__(
        self, *, vault: Vault, parts: ServiceParts, orders: ImportOrders, accounts: LmsAccounts, queue: Queue
    ) -> None:
        self._vault = vault
        self._parts = parts
        self._orders = orders
        self._queue = queue
        self._accounts = accounts
        self._leases = HeldLeases()
        self._turn = threading.Lock()

    def advance(self, import_id: str) -> None:
        """Do the next step of the import; nothing if another worker has it or there is nothing to do.

        Imports of one process take turns: an LMS that doesn't answer for minutes must not hold all threads.
        """
        if not self._turn.acquire(blocking=False):
            self._queue.run_import(import_id, delay=_random.uniform(*TURN_PAUSE))
            return
        try:
            self._advance_in_turn(import_id)
        finally:
            self._turn.release()

    def _advance_in_turn(self, import_id: str) -> None:
        lease = claim_row(Import, import_id, Import.state.in_(ACTIVE_STATES), _is_due())
        if lease is not None:
            with bound_contextvars(exam_import=import_id):
                self._advance_under(lease)

    def release_all(self) -> int:
        """Release the leases that this process still holds, because it is about to end; return their number."""
        return self._leases.release_all()

    def _advance_under(self, lease: Lease) -> None:
        try:
            with self._leases.hold(lease):
                self._advance(lease)
        except LeaseLost:
            log.warning("import.overtaken")

    def _advance(self, lease: Lease) -> None:
        row = db.session.get(Import, lease.row_id, populate_existing=True)
        if row is None:
            return
        try:
            if row.claims > MAX_CRASHES:
                raise DirectImportError(f"{row.claims - 1} crashes")
            self._record(row, lease, self._step(row, lease))
        except ToolError as error:
            db.session.rollback()
            lease.renew()
            self._handle_failure(row, lease, error)

    def _step(self, row: Import, lease: Lease) -> StepResult:
        if not is_active(row.platform_id, row.deployment_id):
            raise SwitchedOff(f"platform {row.platform_id}")
        direct = plugin_for_family(row.family).direct_import
        if direct is None:
            raise DirectImportError(f"{row.family} has no direct import")
        grant = read_grant(self._vault, row.grant_encrypted)
        if grant is None:
            raise DirectImportError("no grant")
        session, access = self._accounts.session(row, grant) if direct.account_access else (None, None)
        order = self._orders.order(row, lease, direct, grant, access)
        connector = PlatformServiceConnector(db.session.get_one(Platform, row.platform_id), self._parts)
        # Read now, so that no transaction is open while the LMS works.
        self._parts.keys.signing_key()
        begins = {"state": ImportState.SENDING, "state_since": now()} if row.state == ImportState.ASKED else {}
        lease.renew(**begins)
        if session is None:
            return direct.step(connector, order)
        try:
            return direct.step(connector, order)
        except AccountRefused as error:
            log.info("import.token_refused", detail=error.detail)
        lease.renew()
        session.renew()
        db.session.refresh(row)
        # What the first attempt has kept is not done again.
        return self._step_again(direct, connector, replace(order, progress=dict(row.progress)), session)

    def _step_again(
        self, direct: DirectImport, connector: PlatformServiceConnector, order: ImportOrder, session: AccountSession
    ) -> StepResult:
        """Do the step with a fresh token; forget the account if the LMS refuses that, too."""
        db.session.rollback()
        try:
            return direct.step(connector, order)
        except AccountRefused:
            self._accounts.forget_now(LmsAccount.id == session.account_id, actor=TOOL)
            raise

    def _record(self, row: Import, lease: Lease, result: StepResult) -> None:
        match result:
            case Imported():
                self._finish(row, lease, result)
            case Pending():
                self._wait(row, lease, result)
            case TeacherQuestion():
                _set(row, lease, state=ImportState.WAITING, question=asdict(result), **_NO_ERROR)
                log.info("import.question", question=result.code)

    @retry_on_conflict
    def _finish(self, row: Import, lease: Lease, imported: Imported) -> None:
        """Store the result and what belongs to it, all or none. Commits."""
        state = ImportState.DONE_WITH_WARNINGS if imported.has_warnings else ImportState.DONE
        family = row.family
        result = {
            "outcome": imported.outcome,
            "quiz_name": imported.quiz_name,
            "quiz_url": imported.quiz_url,
            "questions_url": imported.questions_url,
            "quiz_data": dict(imported.quiz_data),
            "lines": [asdict(line) for line in imported.lines],
        }
        if not _change(row, lease, state=state, **result, **_NO_ERROR, **_ENDED):
            raise LeaseLost(row.id)
        exam = db.session.get_one(Exam, row.exam_id)
        if exam.generation_id is not None:
            transition(exam.generation_id, GenerationState.READY, GenerationState.RETURNED)
        # What was changed since the click may or may not have arrived: then the list says that the exam has changed.
        record_addition(exam, row.context_id, launch=row.launch, person_id=row.lms_user_id, at=row.created_at)
        add_audit_entry(
            AuditAction.EXAM_IMPORTED,
            row.lms_user_id,
            subject=exam.id,
            launch_id=row.launch_id,
            platform_id=row.platform_id,
            detail=f"{row.family} {imported.outcome}",
        )
        db.session.commit()
        IMPORTS.labels(family, imported.outcome).inc()
        log.info("import.done", outcome=imported.outcome, questions=len(imported.lines))

    def _wait(self, row: Import, lease: Lease, pending: Pending) -> None:
        state = ImportState.IMPORTING if pending.began else ImportState.QUEUED
        values = _NO_ERROR | _after(pending.seconds) | {"note": pending.note}
        _set(row, lease, state=state, progress=dict(pending.progress), **values)
        self._queue.run_import(row.id, delay=pending.seconds)

    def _handle_failure(self, row: Import, lease: Lease, error: ToolError) -> None:
        """Try again later where that may help; otherwise end the import and keep the reason."""
        if isinstance(error, AccountRefused):
            _set(row, lease, state=ImportState.WAITING_FOR_CONSENT, **_NO_ERROR | _error(error))
            log.info("import.waits_for_consent", detail=error.detail)
            return
        pause = _pause(row, error)
        if pause is None:
            lines = [asdict(line) for line in error.lines] if isinstance(error, DirectImportError) else []
            _set(row, lease, state=ImportState.FAILED, lines=lines, **_error(error), **_ENDED)
            IMPORTS.labels(row.family, error.code).inc()
            log.warning("import.failed", code=error.code, detail=error.detail)
            return
        _set(row, lease, attempts=row.attempts + 1, **_error(error), **_after(pause))
        log.info("import.postponed", code=error.code, detail=error.detail, seconds=pause)
        self._queue.run_import(row.id, delay=pause)


def _is_due() -> ColumnElement[bool]:
    """Return the condition that no pause is left: a job running beside another must not add a check of its own."""
    return is_due_at(Import.look_after, now() + CLOCK_TOLERANCE, MAX_LOOK_AFTER)


def _after(seconds: float) -> dict[str, object]:
    return {"look_after": now() + timedelta(seconds=seconds)}


def _error(error: ToolError) -> dict[str, object]:
    return {"error_code": error.code, "error_facts": dict(error.facts)}


def _pause(row: Import, error: ToolError) -> float | None:
    """Return the seconds until the next attempt; ``None`` if there is none."""
    if isinstance(error, SettingsError):
        # Nothing is sent until the operator has put it right.
        return MAX_PAUSE
    if row.attempts + 1 >= MAX_ATTEMPTS:
        return None
    doubled = min(pause_after(row.attempts), MAX_PAUSE)
    if isinstance(error, ServiceUnreachable):
        return max(doubled, min(error.retry_after, MAX_PAUSE))
    if isinstance(error, ServiceUnreadable | PackageCacheFull):
        return doubled
    if isinstance(error, DirectImportError) and error.retry_after is not None:
        return min(max(doubled, error.retry_after), MAX_PAUSE)
    return None


@retry_on_conflict
def _set(row: Import, lease: Lease, **values: object) -> None:
    """Set ``values`` if the import is still ours; raise :class:`LeaseLost` if not. Commits."""
    if not _change(row, lease, **values):
        raise LeaseLost(row.id)
    db.session.commit()
    db.session.refresh(row)


def _change(row: Import, lease: Lease, **values: object) -> bool:
    """Set ``values`` if the import is still ours. The caller commits."""
    moved = {"state_since": now()} if "state" in values and values["state"] != row.state else {}
    is_open = Import.state.in_(ACTIVE_STATES)
    return compare_and_set(Import, Import.id == lease.row_id, lease.is_held, is_open, **values, **moved)
