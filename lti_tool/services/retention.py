"""Forgets what has been kept long enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, exists, or_, select, update

from lti_tool.models import Asset, Chore, Delivery, Exam, ExamMedia, Generation, Launch, LmsUser, Login, db, now
from lti_tool.services.states import OVER

log = structlog.get_logger(__name__)

GRACE = timedelta(days=1)
"""How long bytes that no exam shows are left alone: an exam that is being taken home has stored its images already."""


OWNED = ((Launch, Launch.lms_user_id), (Generation, Generation.lms_user_id), (Exam, Exam.owner_id))
"""What may be a person's."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Days; 0 is for ever."""

    launches: int
    generations: int
    exams: int


class Retention:
    """Deletes what has run out. Doing it twice, or on two machines at once, does nothing more."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep

    def forget(self) -> dict[str, int]:
        """Delete, and return how many rows of each kind went."""
        moment = now()
        gone = {
            "logins": self._delete(delete(Login).where(Login.expires_at < moment)),
            "links": self._delete(delete(Delivery).where(Delivery.expires_at < moment - GRACE)),
            "chores": self._delete(delete(Chore).where(Chore.done_at < moment - timedelta(days=30))),
        }
        if self._keep.exams:
            gone["exams"] = self._delete(delete(Exam).where(Exam.created_at < moment - self._days(self._keep.exams)))
        if self._keep.generations:
            old = Generation.created_at < moment - self._days(self._keep.generations)
            over = Generation.state.in_((*OVER, "ready"))
            gone["generations"] = self._delete(delete(Generation).where(old, over))
        if self._keep.launches:
            before = moment - self._days(self._keep.launches)
            gone["launches"] = self._delete(delete(Launch).where(Launch.expires_at < before))
            gone["people"] = self._delete(_strangers(before))
            self._delete(_nameless(before))
        gone["files"] = self._delete(_orphans())
        log.info("retention.done", **gone)
        return gone

    @staticmethod
    def _days(days: int) -> timedelta:
        return timedelta(days=days)

    @staticmethod
    def _delete(statement: object) -> int:
        result = db.session.execute(statement)  # type: ignore[call-overload]  # any statement
        db.session.commit()
        return int(result.rowcount)


def _strangers(before: datetime) -> object:
    """Delete people of whom nothing is kept: students, above all."""
    kept = [exists(select(table.id).where(owner == LmsUser.id)) for table, owner in OWNED]
    return delete(LmsUser).where(LmsUser.seen_at < before, LmsUser.examplary_user_id.is_(None), ~or_(*kept))


def _nameless(before: datetime) -> object:
    """Forget names and addresses of the others; which account at Examplary is theirs stays, or they would lose it."""
    named = or_(LmsUser.name != "", LmsUser.email != "", LmsUser.examplary_email != "")
    here = exists(select(Launch.id).where(Launch.lms_user_id == LmsUser.id))
    return update(LmsUser).where(LmsUser.seen_at < before, named, ~here).values(name="", email="", examplary_email="")


def _orphans() -> object:
    shown = exists(select(ExamMedia.id).where(ExamMedia.asset_sha256 == Asset.sha256))
    original = exists(select(Exam.id).where(Exam.original_sha256 == Asset.sha256))
    return delete(Asset).where(Asset.created_at < now() - GRACE, ~shown, ~original)
