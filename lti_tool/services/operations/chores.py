"""What is still owed at Examplary, kept until it is done."""

from __future__ import annotations

from collections.abc import Callable
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
    add_audit_entry,
    compare_and_set,
    db,
    insert_if_absent,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault, fingerprint

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
LAST_ATTEMPT = 40
"""With the pauses above this is more than a week: longer than any embed session lives. An exam lives on: deleting it is
never given up."""

ChoreHandler = Callable[[Chore, str], None]
"""Does one chore at Examplary, given its decrypted target; raises :class:`ToolError` if it could not."""


@dataclass(frozen=True, slots=True)
class PendingChore:
    """A chore that is not done. ``by_hand`` names what somebody must ask Examplary to do, where its API cannot."""

    chore: Chore
    by_hand: str


class Chores:
    """Owes calls, and makes them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._doers: dict[str, ChoreHandler] = {}

    def register(self, kind: ChoreKind, doer: ChoreHandler) -> None:
        """Say who does chores of ``kind``."""
        self._doers[kind] = doer

    def add(self, kind: ChoreKind, target: str, platform_id: str | None) -> None:
        """Note that ``kind`` must be done to ``target``. Owing it twice is owing it once. The caller commits."""
        chore = {
            "kind": kind,
            "fingerprint": fingerprint(target),
            "target_encrypted": self._vault.encrypt(target),
            "platform_id": platform_id,
        }
        insert_if_absent(Chore, chore)

    def run_due(self, limit: int = 20) -> int:
        """Do what is due; return how many chores got done."""
        moment = now()
        to_do = (Chore.done_at.is_(None), ~is_manual(), is_due(moment), ~is_given_up())
        due = select(Chore.id, Chore.attempts).where(*to_do)
        rows = db.session.execute(due.order_by(Chore.due_at).limit(limit)).all()
        return sum(self._run(chore_id, attempts) for chore_id, attempts in rows)

    def pending(self) -> list[PendingChore]:
        """Return all that is still owed, oldest first."""
        rows = db.session.scalars(select(Chore).where(Chore.done_at.is_(None)).order_by(Chore.id))
        return [PendingChore(row, self._by_hand(row)) for row in rows]

    def _by_hand(self, chore: Chore) -> str:
        return self._vault.decrypt(chore.target_encrypted) if chore.kind == ChoreKind.DELETE_USER else ""

    @staticmethod
    @retry_on_conflict
    def settle(chore_id: int) -> bool:
        """Note that somebody has done it by hand, or that it need not be done; ``False``: no such id is owed."""
        undone = Chore.done_at.is_(None)
        facts = {"done_at": now(), "last_error": "", "target_encrypted": ""}
        settled = compare_and_set(Chore, Chore.id == chore_id, undone, **facts)
        if settled:
            add_audit_entry(AuditAction.CHORE_SETTLED, OPERATOR, subject=str(chore_id))
        db.session.commit()
        return settled

    @staticmethod
    @retry_on_conflict
    def retry_now(chore_id: int) -> bool:
        """Let it be tried again at once, also if it was given up; ``False``: nothing of this id is owed."""
        undone = Chore.done_at.is_(None)
        due = compare_and_set(Chore, Chore.id == chore_id, undone, due_at=now(), attempts=0)
        db.session.commit()
        return due

    def _run(self, chore_id: int, attempts: int) -> bool:
        if not self._take(chore_id, attempts):
            return False
        chore = db.session.get_one(Chore, chore_id, populate_existing=True)
        try:
            self._doers[chore.kind](chore, self._vault.decrypt(chore.target_encrypted))
        except ToolError as error:
            db.session.rollback()
            _set(chore_id, last_error=error.code)
            _tell_trouble(chore, error)
            return False
        _set(chore_id, done_at=now(), last_error="", target_encrypted="")
        log.info("chore.done", kind=chore.kind, attempt=chore.attempts)
        return True

    @staticmethod
    def _take(chore_id: int, attempts: int) -> bool:
        """Count the attempt before it is made, and let nobody else make the same one; ``False``: somebody was first.

        What is done was taken, so that its number is another one.
        """
        untaken = Chore.attempts == attempts
        return _set(chore_id, untaken, attempts=attempts + 1, due_at=now() + _pause(attempts + 1))


@retry_on_conflict
def _set(chore_id: int, *holds: ColumnElement[bool], **values: object) -> bool:
    """Commits."""
    ours = compare_and_set(Chore, Chore.id == chore_id, *holds, **values)
    db.session.commit()
    return ours


def _tell_trouble(chore: Chore, error: ToolError) -> None:
    given_up = chore.kind != ChoreKind.DELETE_EXAM and chore.attempts >= LAST_ATTEMPT
    write = log.error if given_up else log.warning
    write(
        "chore.given_up" if given_up else "chore.postponed",
        chore=chore.id,
        kind=chore.kind,
        code=error.code,
        attempt=chore.attempts,
    )


def pending_chores_for(platform_id: str) -> int:
    """Return how many chores are not done for the people of one LMS; they need the API key that it has."""
    query = select(func.count()).select_from(Chore)
    return db.session.scalar(query.where(Chore.platform_id == platform_id, Chore.done_at.is_(None))) or 0


def is_due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a chore's time has come, or is further off than any pause: a wrong clock wrote it."""
    return or_(Chore.due_at <= moment, Chore.due_at > moment + 2 * LONGEST_PAUSE)


def is_given_up() -> ColumnElement[bool]:
    """Return the condition that a chore is tried no more: what it was about has run out at Examplary by itself."""
    return and_(Chore.kind != ChoreKind.DELETE_EXAM, Chore.attempts >= LAST_ATTEMPT)


def is_manual() -> ColumnElement[bool]:
    """Return the condition that no call does a chore: a person must ask Examplary."""
    return Chore.kind == ChoreKind.DELETE_USER


def _pause(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 12)
    return min(doubled, LONGEST_PAUSE)
