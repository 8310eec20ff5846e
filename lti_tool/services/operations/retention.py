"""Delete data whose retention period is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

import structlog
from sqlalchemy import ColumnElement, exists, or_, select, true

from lti_tool.models import (
    TOOL,
    AdminSession,
    Asset,
    AuditAction,
    AuditEntry,
    Chore,
    Delivery,
    Exam,
    ExamChange,
    ExamMedia,
    Generation,
    GenerationState,
    Import,
    Launch,
    LaunchTest,
    LmsAccount,
    LmsUser,
    PersonWord,
    Platform,
    RegistrationLink,
    UsedState,
    add_audit_entry,
    db,
    delete_in_batches,
    now,
    retry_on_conflict,
    update_in_batches,
)
from lti_tool.services.delivery.lms_accounts import LmsAccounts
from lti_tool.services.generations.transitions import FINAL_STATES
from lti_tool.services.launches.refusals import Refusals

log = structlog.get_logger(__name__)

Conditions = tuple[ColumnElement[bool], ...]

MONTH = timedelta(days=30)
GRACE = timedelta(days=1)
"""How long unreferenced files are kept: an exam that is being collected stores its images first."""


OWNED = (
    (Launch, Launch.lms_user_id),
    (Generation, Generation.lms_user_id),
    (Exam, Exam.owner_id),
    (Import, Import.lms_user_id),
)
"""The tables with rows that belong to a person."""


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """The operator's retention periods in days; 0 means forever. A platform may have its own."""

    launches: int
    generations: int
    exams: int
    audit: int = 0


class Retention:
    """Deletes expired rows. Running it twice, or on two machines at once, is harmless."""

    def __init__(self, periods: RetentionPeriods, accounts: LmsAccounts, refusals: Refusals) -> None:
        self._periods = periods
        self._accounts = accounts
        self._refusals = refusals

    def apply(self) -> dict[str, int]:
        """Delete expired rows and return their number by kind."""
        moment = now()
        deleted = Counter(
            used_states=delete_in_batches(UsedState.nonce, UsedState.expires_at < moment),
            links=delete_in_batches(Delivery.capability_hash, Delivery.expires_at < moment - GRACE),
            invitations=delete_in_batches(RegistrationLink.id, RegistrationLink.expires_at < moment - MONTH),
            launch_tests=delete_in_batches(LaunchTest.platform_id, LaunchTest.expires_at < moment),
            admin_sessions=delete_in_batches(AdminSession.secret_hash, AdminSession.expires_at < moment),
            chores=delete_in_batches(Chore.id, Chore.done_at < moment - MONTH),
            refusals=self._refusals.delete_old(),
        )
        for group in _groups("keep_exam_days", self._periods.exams):
            deleted["exams"] += delete_in_batches(Exam.id, Exam.created_at < group.before(moment), group.of(Exam))
        replaced = (ExamChange.replaced.is_not(None), ExamChange.created_at < moment - MONTH)
        update_in_batches(ExamChange.id, *replaced, replaced=None)
        for group in _groups("keep_generation_days", self._periods.generations):
            old = (Generation.created_at < group.before(moment), group.of(Generation))
            deleted["generations"] += delete_in_batches(
                Generation.id, *old, Generation.state.in_((*FINAL_STATES, GenerationState.READY))
            )
        for group in _groups("keep_launch_days", self._periods.launches):
            deleted.update(self._people(group, moment))
        nameless = exists(select(LmsUser.id).where(LmsUser.id == PersonWord.lms_user_id, LmsUser.name == ""))
        delete_in_batches(PersonWord.lms_user_id, nameless)
        if self._periods.audit:
            deleted["audit_entries"] = delete_in_batches(
                AuditEntry.id, AuditEntry.at < moment - timedelta(days=self._periods.audit)
            )
        deleted["files"] = delete_in_batches(Asset.sha256, *_orphans(moment))
        _record(deleted)
        log.info("retention.done", **deleted)
        return dict(deleted)

    def _people(self, group: _Group, moment: datetime) -> Counter[str]:
        """Delete old launches, and people who made none for as long."""
        before, is_in_group = group.before(moment), group.of(LmsUser)
        is_away = (LmsUser.id == LmsAccount.lms_user_id, LmsUser.seen_at < before, is_in_group)
        deleted = Counter(
            launches=delete_in_batches(Launch.id, Launch.expires_at < before, group.of(Launch)),
            lms_accounts=self._accounts.forget_now(exists(select(LmsUser.id).where(*is_away)), actor=TOOL),
            people=delete_in_batches(LmsUser.id, *_without_data(before), is_in_group),
        )
        update_in_batches(LmsUser.id, *_inactive_with_names(before), is_in_group, name="", email="", examplary_email="")
        return deleted


@dataclass(frozen=True, slots=True)
class _Group:
    """Platforms with the same retention period: ``platform_ids``, or all but these."""

    days: int
    platform_ids: tuple[str, ...]
    all_others: bool = False

    def before(self, moment: datetime) -> datetime:
        return moment - timedelta(days=self.days)

    def of(self, table: type[Exam | Generation | Launch | LmsUser]) -> ColumnElement[bool]:
        """Return the condition that a row belongs to one of the platforms."""
        if self.all_others:
            return table.platform_id.not_in(self.platform_ids) if self.platform_ids else true()
        return table.platform_id.in_(self.platform_ids)


def _groups(setting: str, default: int) -> list[_Group]:
    """Return the platforms by their own period in ``setting`` or else the operator's; not those that keep all."""
    column = getattr(Platform, setting)
    own: dict[int, list[str]] = {}
    for platform_id, days in db.session.execute(select(Platform.id, column).where(column.is_not(None))):
        own.setdefault(days, []).append(platform_id)
    db.session.rollback()
    exceptions = tuple(chain.from_iterable(own.values()))
    groups = [_Group(default, exceptions, all_others=True), *(_Group(days, tuple(ids)) for days, ids in own.items())]
    return [group for group in groups if group.days]


@retry_on_conflict
def _record(deleted: Mapping[str, int]) -> None:
    summary = ", ".join(f"{name} {number}" for name, number in deleted.items() if number)
    if summary:
        add_audit_entry(AuditAction.FORGOTTEN, TOOL, detail=summary[:200])
    db.session.commit()


def _without_data(before: datetime) -> Conditions:
    """Return the conditions for people without any data of their own: mostly students."""
    owned = [exists(select(table.id).where(owner == LmsUser.id)) for table, owner in OWNED]
    return LmsUser.seen_at < before, LmsUser.examplary_user_id.is_(None), ~or_(*owned)


def _inactive_with_names(before: datetime) -> Conditions:
    """Return the conditions for people whose name and addresses are deleted; the link to their account stays."""
    has_name = or_(LmsUser.name != "", LmsUser.email != "", LmsUser.examplary_email != "")
    has_launch = exists(select(Launch.id).where(Launch.lms_user_id == LmsUser.id))
    return LmsUser.seen_at < before, has_name, ~has_launch


def _orphans(moment: datetime) -> Conditions:
    in_an_exam = exists(select(ExamMedia.id).where(ExamMedia.asset_sha256 == Asset.sha256))
    is_an_original = exists(select(Exam.id).where(Exam.original_sha256 == Asset.sha256))
    return Asset.created_at < moment - GRACE, ~in_an_exam, ~is_an_original
