"""From the window that proved the browser to the frame that waits.

Some browsers keep nothing for a frame inside the LMS's page: no cookie, no storage. There the login is made in a
window of its own, where cookies are our own; its launch then goes to the frame, because an LMS takes the answer to a
deep link only from the frame that it opened (facts: moodle-live).

Who could misuse it, and what stops them:

- somebody who lets a teacher's window work for a frame of their own: a window begins only with a form that our own
  page sends (its ``Origin``), and the code in that page is one that we made for that page: it comes from no address and
  from no form of another site;
- somebody who slips a teacher a launch of their own: the window's login has a state, a nonce and a cookie like any
  other, and the frame takes only what was verified for its code;
- somebody who reads the table: it holds the code's SHA-256;
- somebody who comes later: the frame takes the launch once, within minutes.
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
from lti_tool.security.tokens import Purpose, Tokens

log = structlog.get_logger(__name__)


class HandoverStage(StrEnum):
    """How far the window is, as the frame hears it."""

    NO_WINDOW = "no-window"
    """None has come yet: perhaps the browser did not let it open."""
    IN_WINDOW = "in-window"
    REFUSED = "refused"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class HandoverStatus:
    """What the frame gets."""

    stage: HandoverStage
    launch_id: str = ""
    error_code: str = ""


class Handovers:
    """Brings a launch from its window to its frame, once."""

    def __init__(self, tokens: Tokens, lifetime: timedelta) -> None:
        self._tokens, self._lifetime = tokens, lifetime

    def code(self) -> str:
        """Return what a frame shows to get its launch. Only the page in the frame may hold it."""
        return self._tokens.sign(Purpose.HANDOVER, secrets.token_urlsafe(24))

    def open(self, code: str) -> str:
        """Note that the window of this code has come, and return the id of the frame that waits. Commits.

        Coming again is fine: the teacher pressed the button twice. Raises :class:`LinkInvalid` or
        :class:`LinkExpired`.
        """
        handover_id = self._id(code)
        self._begin(handover_id)
        return handover_id

    def complete(self, handover_id: str, launch_id: str) -> None:
        """Leave the launch for the frame. Commits."""
        _note(handover_id, launch_id=launch_id, error_code="")

    def refuse(self, handover_id: str, error_code: str) -> None:
        """Leave word that the window's try came to nothing. Commits."""
        _note(handover_id, error_code=error_code)

    def take(self, code: str) -> HandoverStatus:
        """Return how far the window is; of many who ask at once, one gets the launch. Commits.

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
def _note(handover_id: str, **values: str) -> None:
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
