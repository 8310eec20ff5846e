"""The links by which an LMS fetches packages: which are active, and how they are revoked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Delivery,
    Exam,
    Launch,
    Platform,
    add_audit_entry,
    db,
    now,
    retry_on_conflict,
    update_in_batches,
)
from lti_tool.security.encryption import fingerprint

log = structlog.get_logger(__name__)


class PackageLinks:
    """Counts and revokes package links. A revoked link ends with the next request."""

    @staticmethod
    def count_active(exam: Exam, launch: Launch) -> int:
        """Return how many active links of ``exam`` the teacher of ``launch`` may revoke."""
        query = select(func.count()).select_from(Delivery).where(*_of_teacher(exam, launch))
        return db.session.scalar(query) or 0

    @staticmethod
    def revoke_for_teacher(exam: Exam, launch: Launch) -> int:
        """Revoke the links of ``exam`` that this teacher made, or that were made in this course. Commits."""
        exam_id = exam.id
        who = launch.lms_user_id
        launch_id = launch.id
        platform_id = launch.platform_id
        count = _revoke(_of_teacher(exam, launch))
        if count:
            _record(who, count, subject=exam_id, launch_id=launch_id, platform_id=platform_id)
        return count

    @staticmethod
    def revoke_link(url: str) -> int:
        """Revoke one link by its URL; return how many were active. Commits."""
        path = [part for part in urlsplit(url).path.split("/") if part]
        link_token = path[path.index("packages") + 1] if "packages" in path[:-1] else url
        count = _revoke([Delivery.capability_hash == fingerprint(link_token)])
        if count:
            _record(OPERATOR, count)
        return count

    @staticmethod
    def revoke_exam(exam_id: str, *, platform_id: str = "", actor: str = OPERATOR) -> int:
        """Revoke all links of an exam; return how many were active. Commits."""
        count = _revoke([Delivery.exam_id == exam_id])
        if count:
            _record(actor, count, subject=exam_id, platform_id=platform_id)
        return count

    @staticmethod
    def count_active_of_exam(exam_id: str) -> int:
        """Return how many links of an exam are active."""
        active = (Delivery.exam_id == exam_id, Delivery.revoked_at.is_(None), Delivery.expires_at > now())
        return db.session.scalar(select(func.count()).select_from(Delivery).where(*active)) or 0

    @staticmethod
    def revoke_platform(platform: Platform) -> int:
        """Revoke all links of a platform's exams; return how many were active. Commits."""
        platform_id = platform.id
        count = _revoke([Delivery.exam_id.in_(select(Exam.id).where(Exam.platform_id == platform_id))])
        if count:
            _record(OPERATOR, count, platform_id=platform_id)
        return count


def _of_teacher(exam: Exam, launch: Launch) -> Sequence[ColumnElement[bool]]:
    same_course = and_(Launch.context_id == launch.context_id, Launch.context_id != "")
    launches = select(Launch.id).where(
        Launch.platform_id == launch.platform_id, or_(Launch.lms_user_id == launch.lms_user_id, same_course)
    )
    return (
        Delivery.exam_id == exam.id,
        Delivery.launch_id.in_(launches),
        Delivery.revoked_at.is_(None),
        Delivery.expires_at > now(),
    )


def _revoke(conditions: Sequence[ColumnElement[bool]]) -> int:
    moment = now()
    active = (Delivery.revoked_at.is_(None), Delivery.expires_at > moment)
    return update_in_batches(Delivery.capability_hash, *conditions, *active, revoked_at=moment)


@retry_on_conflict
def _record(who: str, count: int, *, subject: str = "", launch_id: str = "", platform_id: str = "") -> None:
    add_audit_entry(
        AuditAction.LINKS_REVOKED,
        who,
        subject=subject,
        launch_id=launch_id,
        platform_id=platform_id,
        detail=str(count),
    )
    db.session.commit()
    log.info("links.revoked", exam=subject, count=count)
