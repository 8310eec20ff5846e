"""Forgets what has been kept long enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, exists, or_, select

from lti_tool.models import (
    TOOL,
    Asset,
    AuditAction,
    AuditEntry,
    Chore,
    Delivery,
    Exam,
    ExamMedia,
    Generation,
    Launch,
    LmsUser,
    Login,
    RegistrationLink,
    add_audit_entry,
    db,
    delete_in_batches,
    now,
    retry_on_conflict,
    update_in_batches,
)
from lti_tool.services.generations.leases import FINAL_STATES

log = structlog.get_logger(__name__)

Conditions = tuple[ColumnElement[bool], ...]

MONTH = timedelta(days=30)
GRACE = timedelta(days=1)
"""How long bytes that no exam shows are left alone: an exam that is being taken home has stored its images already."""


OWNED = ((Launch, Launch.lms_user_id), (Generation, Generation.lms_user_id), (Exam, Exam.owner_id))
"""What may be a person's."""


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """Days; 0 is for ever."""

    launches: int
    generations: int
    exams: int
    audit: int = 0


class Retention:
    """Deletes what has run out. Doing it twice, or on two machines at once, does nothing more."""

    def __init__(self, keep: RetentionPeriods) -> None:
        self._keep = keep

    def apply(self) -> dict[str, int]:
        """Delete, and return how many rows of each kind went."""
        moment = now()
        gone = {
            "logins": delete_in_batches(Login.state, Login.expires_at < moment),
            "links": delete_in_batches(Delivery.capability_hash, Delivery.expires_at < moment - GRACE),
            "invitations": delete_in_batches(RegistrationLink.id, RegistrationLink.expires_at < moment - MONTH),
            "chores": delete_in_batches(Chore.id, Chore.done_at < moment - MONTH),
        }
        if self._keep.exams:
            gone["exams"] = delete_in_batches(Exam.id, Exam.created_at < moment - self._days(self._keep.exams))
        if self._keep.generations:
            old = Generation.created_at < moment - self._days(self._keep.generations)
            gone["generations"] = delete_in_batches(Generation.id, old, Generation.state.in_((*FINAL_STATES, "ready")))
        if self._keep.launches:
            before = moment - self._days(self._keep.launches)
            gone["launches"] = delete_in_batches(Launch.id, Launch.expires_at < before)
            gone["people"] = delete_in_batches(LmsUser.id, *_strangers(before))
            update_in_batches(LmsUser.id, *_nameless(before), name="", email="", examplary_email="")
        if self._keep.audit:
            gone["deeds"] = delete_in_batches(AuditEntry.id, AuditEntry.at < moment - self._days(self._keep.audit))
        gone["files"] = delete_in_batches(Asset.sha256, *_orphans(moment))
        _note(gone)
        log.info("retention.done", **gone)
        return gone

    @staticmethod
    def _days(days: int) -> timedelta:
        return timedelta(days=days)


@retry_on_conflict
def _note(gone: dict[str, int]) -> None:
    told = ", ".join(f"{name} {number}" for name, number in gone.items() if number)
    if told:
        add_audit_entry(AuditAction.FORGOTTEN, TOOL, detail=told[:200])
    db.session.commit()


def _strangers(before: datetime) -> Conditions:
    """Return what is true of people of whom nothing is kept: students, above all."""
    kept = [exists(select(table.id).where(owner == LmsUser.id)) for table, owner in OWNED]
    return LmsUser.seen_at < before, LmsUser.examplary_user_id.is_(None), ~or_(*kept)


def _nameless(before: datetime) -> Conditions:
    """Return who loses name and addresses; which account at Examplary is theirs stays, or they would lose it."""
    named = or_(LmsUser.name != "", LmsUser.email != "", LmsUser.examplary_email != "")
    here = exists(select(Launch.id).where(Launch.lms_user_id == LmsUser.id))
    return LmsUser.seen_at < before, named, ~here


def _orphans(moment: datetime) -> Conditions:
    shown = exists(select(ExamMedia.id).where(ExamMedia.asset_sha256 == Asset.sha256))
    original = exists(select(Exam.id).where(Exam.original_sha256 == Asset.sha256))
    return Asset.created_at < moment - GRACE, ~shown, ~original
