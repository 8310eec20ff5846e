"""What is still owed at Examplary, kept until it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lti_tool.errors import ExamplaryError
from lti_tool.models import Chore, ChoreKind, db, now
from lti_tool.security.encryption import Vault, fingerprint

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
LAST_ATTEMPT = 40
"""With the pauses above this is more than a week: longer than any embed session lives."""

Doer = Callable[[Chore, str], None]
"""Does one chore at Examplary, given its decrypted target; raises :class:`ExamplaryError` if it could not."""


class Chores:
    """Owes calls, and makes them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._doers: dict[str, Doer] = {}

    def teach(self, kind: ChoreKind, doer: Doer) -> None:
        """Say who does chores of ``kind``."""
        self._doers[kind] = doer

    def owe(self, kind: ChoreKind, target: str, platform_id: str | None) -> None:
        """Note that ``kind`` must be done to ``target``. Owing it twice is owing it once. The caller commits."""
        chore = Chore(
            kind=kind,
            fingerprint=fingerprint(target),
            target_encrypted=self._vault.encrypt(target),
            platform_id=platform_id,
        )
        try:
            with db.session.begin_nested():
                db.session.add(chore)
        except IntegrityError:
            log.info("chore.already_owed", kind=kind)

    def run_due(self, limit: int = 20) -> int:
        """Do what is due; return how many chores got done."""
        due = select(Chore.id).where(Chore.done_at.is_(None), Chore.due_at <= now(), Chore.attempts < LAST_ATTEMPT)
        ids = list(db.session.scalars(due.order_by(Chore.due_at).limit(limit)))
        return sum(self._run(chore_id) for chore_id in ids)

    def _run(self, chore_id: int) -> bool:
        chore = db.session.get(Chore, chore_id, with_for_update={"skip_locked": True}, populate_existing=True)
        if chore is None or chore.done_at is not None:
            db.session.rollback()
            return False
        chore.attempts += 1
        chore.due_at = now() + _pause(chore.attempts)
        db.session.commit()
        try:
            self._doers[chore.kind](chore, self._vault.decrypt(chore.target_encrypted))
        except ExamplaryError as error:
            chore.last_error = error.code
            db.session.commit()
            log.warning("chore.postponed", kind=chore.kind, code=error.code, attempt=chore.attempts)
            return False
        chore.done_at, chore.last_error, chore.target_encrypted = now(), "", ""
        db.session.commit()
        log.info("chore.done", kind=chore.kind, attempt=chore.attempts)
        return True


def _pause(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 12)
    return min(doubled, LONGEST_PAUSE)
