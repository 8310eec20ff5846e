"""Chores: calls to Examplary and LMSs that must still be made, kept in the database until they are done (an outbox)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_tool.errors import ToolError
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Chore,
    ChoreKind,
    Generation,
    add_audit_entry,
    compare_and_set,
    db,
    insert_if_absent,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import UnreadableSecret, Vault, fingerprint

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
MAX_PAUSE = timedelta(hours=6)
MAX_ATTEMPTS = 40
"""More than a week with the pauses above, longer than any embed session lives. Exams don't expire, so deleting one is
never given up."""

ChoreHandler = Callable[[Chore, str], None]
"""Carries out one chore, given its decrypted target; raises :class:`ToolError` if it fails."""


@dataclass(frozen=True, slots=True)
class PendingChore:
    """A chore that is not done. ``by_hand`` is the user id that Examplary must delete, since its API cannot.

    It is empty for other kinds, and if it can't be decrypted any more.
    """

    chore: Chore
    by_hand: str


class Chores:
    """Adds chores and carries them out."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._handlers: dict[str, ChoreHandler] = {}

    def register(self, kind: ChoreKind, handler: ChoreHandler) -> None:
        """Register the handler for chores of ``kind``."""
        self._handlers[kind] = handler

    def add(self, kind: ChoreKind, target: str, platform_id: str | None) -> None:
        """Add a chore, unless the same one exists. The caller commits."""
        values = {
            "kind": kind,
            "fingerprint": fingerprint(target),
            "target_encrypted": self._vault.encrypt(target),
            "platform_id": platform_id,
        }
        insert_if_absent(Chore, values)

    def add_session_deletion(self, generation: Generation) -> None:
        """Add the chore that deletes a generation's embed session, if it has one. The caller commits."""
        if generation.session_id_encrypted:
            session_id = self._vault.decrypt(generation.session_id_encrypted)
            self.add(ChoreKind.DELETE_SESSION, session_id, generation.platform_id)

    def run_due(self, limit: int = 20, *, kind: ChoreKind | None = None) -> int:
        """Carry out due chores, of one kind or of all; return how many succeeded."""
        moment = now()
        open_and_due = (Chore.done_at.is_(None), ~is_manual(), is_due(moment), ~is_given_up())
        due = select(Chore.id, Chore.attempts).where(*open_and_due, *([Chore.kind == kind] if kind else []))
        rows = db.session.execute(due.order_by(Chore.due_at).limit(limit)).all()
        return sum(self._run(chore_id, attempts) for chore_id, attempts in rows)

    def pending(self, *conditions: ColumnElement[bool], after: int = 0, limit: int | None = None) -> list[PendingChore]:
        """Return the chores that are not done, oldest first; those after the one with the id ``after``."""
        is_open = (Chore.done_at.is_(None), Chore.id > after, *conditions)
        rows = db.session.scalars(select(Chore).where(*is_open).order_by(Chore.id).limit(limit))
        return [self.read(row) for row in rows]

    def read(self, chore: Chore) -> PendingChore:
        """Return what remains to be done for a chore."""
        return PendingChore(chore, self._by_hand(chore) if chore.done_at is None else "")

    def _by_hand(self, chore: Chore) -> str:
        if chore.kind != ChoreKind.DELETE_USER:
            return ""
        with suppress(UnreadableSecret):
            return self._vault.decrypt(chore.target_encrypted)
        return ""

    @staticmethod
    @retry_on_conflict
    def settle(chore_id: int, *, actor: str = OPERATOR) -> bool:
        """Mark a chore as done by hand or unnecessary; return ``False`` if no open chore has this id. Commits."""
        is_open = Chore.done_at.is_(None)
        facts = {"done_at": now(), "last_error": "", "target_encrypted": ""}
        settled = compare_and_set(Chore, Chore.id == chore_id, is_open, **facts)
        if settled:
            _record(AuditAction.CHORE_SETTLED, chore_id, actor)
        db.session.commit()
        return settled

    @staticmethod
    @retry_on_conflict
    def retry_now(chore_id: int, *, actor: str = OPERATOR) -> bool:
        """Make a chore due now, even if it was given up; return ``False`` if no open chore has this id. Commits."""
        moment, is_open = now(), Chore.done_at.is_(None)
        waits = or_(Chore.attempts > 0, Chore.due_at > moment)
        if compare_and_set(Chore, Chore.id == chore_id, is_open, waits, due_at=moment, attempts=0):
            _record(AuditAction.CHORE_RETRIED, chore_id, actor)
        exists = db.session.scalar(select(Chore.id).where(Chore.id == chore_id, is_open)) is not None
        db.session.commit()
        return exists

    def _run(self, chore_id: int, attempts: int) -> bool:
        if not self._claim(chore_id, attempts):
            return False
        chore = db.session.get_one(Chore, chore_id, populate_existing=True)
        try:
            self._handlers[chore.kind](chore, self._vault.decrypt(chore.target_encrypted))
        except ToolError as error:
            db.session.rollback()
            _set(chore_id, last_error=error.code)
            _log_failure(chore, error)
            return False
        _set(chore_id, done_at=now(), last_error="", target_encrypted="")
        log.info("chore.done", kind=chore.kind, attempt=chore.attempts)
        return True

    @staticmethod
    def _claim(chore_id: int, attempts: int) -> bool:
        """Count the attempt before it is made; return ``False`` if another worker has claimed the same one.

        A chore that is done has been claimed, so its number of attempts differs, too.
        """
        unclaimed = Chore.attempts == attempts
        return _set(chore_id, unclaimed, attempts=attempts + 1, due_at=now() + _pause(attempts + 1))


@retry_on_conflict
def _set(chore_id: int, *conditions: ColumnElement[bool], **values: object) -> bool:
    """Set ``values`` if ``conditions`` hold; return whether they did. Commits."""
    changed = compare_and_set(Chore, Chore.id == chore_id, *conditions, **values)
    db.session.commit()
    return changed


def _record(action: AuditAction, chore_id: int, actor: str) -> None:
    platform_id = db.session.scalar(select(Chore.platform_id).where(Chore.id == chore_id))
    add_audit_entry(action, actor, subject=str(chore_id), platform_id=platform_id)


def _log_failure(chore: Chore, error: ToolError) -> None:
    given_up = chore.kind != ChoreKind.DELETE_EXAM and chore.attempts >= MAX_ATTEMPTS
    write = log.error if given_up else log.warning
    write(
        "chore.given_up" if given_up else "chore.postponed",
        chore=chore.id,
        kind=chore.kind,
        code=error.code,
        attempt=chore.attempts,
    )


def pending_chores_for(platform_id: str) -> int:
    """Return the number of open chores for a platform's people; they need its API key."""
    query = select(func.count()).select_from(Chore)
    return db.session.scalar(query.where(Chore.platform_id == platform_id, Chore.done_at.is_(None))) or 0


def is_due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a chore is due, or that its due time is too far away to be right."""
    return or_(Chore.due_at <= moment, Chore.due_at > moment + 2 * MAX_PAUSE)


def is_given_up() -> ColumnElement[bool]:
    """Return the condition that a chore is no longer tried, because its target has expired at Examplary."""
    return and_(Chore.kind != ChoreKind.DELETE_EXAM, Chore.attempts >= MAX_ATTEMPTS)


def is_manual() -> ColumnElement[bool]:
    """Return the condition that no API call exists for a chore: a person must ask Examplary."""
    return Chore.kind == ChoreKind.DELETE_USER


def _pause(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 12)
    return min(doubled, MAX_PAUSE)
