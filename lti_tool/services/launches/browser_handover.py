"""Hands a launch from the window in which it was made to the frame that waits for it.

Some browsers store nothing for a frame inside the LMS's page, neither cookies nor storage. The login then runs in a
window, where our cookies are first-party, and its launch goes to the frame, because an LMS accepts a deep linking
response only from the frame that it opened (see docs/reference/moodle.md#cookies-and-frames).

Attacks and their defences:

- A teacher's window works for an attacker's frame: a window starts only from a form of our own page (its ``Origin``),
  and the code in that page is generated for it, never taken from a URL or another site's form.
- A teacher gets an attacker's launch: the window's login has a state, a nonce and a cookie like any other, and the
  frame takes only the launch that was verified for its code.
- The table is read: it holds only the code's SHA-256.
- The code is used later: the frame takes the launch once, within minutes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from sqlalchemy import delete

from lti_tool.models import Handover, compare_and_set, db, insert_if_absent, now, retry_on_conflict
from lti_tool.security.encryption import fingerprint
from lti_tool.security.tokens import LinkSigner, Purpose

log = structlog.get_logger(__name__)


class HandoverStage(StrEnum):
    """Progress of the window, as shown in the frame."""

    NO_WINDOW = "no-window"
    """Not opened yet, perhaps blocked by the browser."""
    IN_WINDOW = "in-window"
    REFUSED = "refused"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class HandoverStatus:
    """Status for the frame."""

    stage: HandoverStage
    launch_id: str = ""
    error_code: str = ""


class Handovers:
    """Hands each launch from its window to its frame, once."""

    def __init__(self, tokens: LinkSigner, lifetime: timedelta) -> None:
        self._tokens = tokens
        self._lifetime = lifetime

    def code(self) -> str:
        """Return a new code, with which the page in the frame gets its launch. Only that page may hold it."""
        return self._tokens.sign(Purpose.HANDOVER, secrets.token_urlsafe(24))

    def open(self, code: str) -> str:
        """Record that the window of this code has opened, and return the handover's id. Commits.

        May be repeated: the teacher pressed the button twice. Raises :class:`LinkInvalid` or
        :class:`LinkExpired`.
        """
        handover_id = self._id(code)
        self._begin(handover_id)
        return handover_id

    def complete(self, handover_id: str, launch_id: str) -> None:
        """Make the launch available to the frame. Commits."""
        _update(handover_id, launch_id=launch_id, error_code="")

    def refuse(self, handover_id: str, error_code: str) -> None:
        """Record that the window's attempt failed. Commits."""
        _update(handover_id, error_code=error_code)

    def take(self, code: str) -> HandoverStatus:
        """Return the status; of several concurrent requests, one gets the launch. Commits.

        Raises :class:`LinkInvalid` or :class:`LinkExpired`.
        """
        handover_id = self._id(code)
        row = db.session.get(Handover, handover_id)
        if row is None:
            return HandoverStatus(HandoverStage.NO_WINDOW)
        if row.launch_id:
            return _deliver(handover_id)
        return (
            HandoverStatus(HandoverStage.REFUSED, error_code=row.error_code)
            if row.error_code
            else HandoverStatus(HandoverStage.IN_WINDOW)
        )

    @retry_on_conflict
    def _begin(self, handover_id: str) -> None:
        values = {"id": handover_id, "launch_id": "", "error_code": "", "expires_at": now() + self._lifetime}
        insert_if_absent(Handover, values)
        compare_and_set(Handover, Handover.id == handover_id, error_code="")
        db.session.commit()

    def _id(self, code: str) -> str:
        return fingerprint(self._tokens.read(Purpose.HANDOVER, code, int(self._lifetime.total_seconds())))


@retry_on_conflict
def _update(handover_id: str, **values: str) -> None:
    compare_and_set(Handover, Handover.id == handover_id, **values)
    db.session.commit()


@retry_on_conflict
def _deliver(handover_id: str) -> HandoverStatus:
    ready = delete(Handover).where(Handover.id == handover_id).returning(Handover.launch_id)
    launch_id = db.session.execute(ready).scalar_one_or_none()
    db.session.commit()
    if launch_id is None:
        return HandoverStatus(HandoverStage.NO_WINDOW)
    log.info("launch.handed_over", launch=launch_id)
    return HandoverStatus(HandoverStage.READY, launch_id)
