"""Who did what, and when, read back: the deeds that were noted, and the launches that are still kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select

from lti_tool.models import AuditEntry, Launch, db

LAUNCHED = "launch.accepted"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One deed. Ids are ours; whose they are, ``people export`` tells as long as that is kept."""

    at: datetime
    what: str
    who: str
    subject: str = ""
    launch: str = ""
    platform: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as JSON holds it."""
        return asdict(self) | {"at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which deeds: between two moments, of or to one id, of one kind; empty is any."""

    since: datetime | None = None
    until: datetime | None = None
    about: str = ""
    what: str = ""
    limit: int = 1000


def read_audit_log(wanted: AuditQuery) -> list[AuditRecord]:
    """Return the newest deeds that are wanted, oldest first."""
    found = _deeds(wanted) if wanted.what != LAUNCHED else []
    if wanted.what in ("", LAUNCHED):
        found += _launches(wanted)
    return sorted(found, key=lambda entry: entry.at)[-wanted.limit :]


def _deeds(wanted: AuditQuery) -> list[AuditRecord]:
    query = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(wanted.limit)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until)
    if wanted.what:
        query = query.where(AuditEntry.what == wanted.what)
    if wanted.about:
        columns = (AuditEntry.subject, AuditEntry.who, AuditEntry.launch_id, AuditEntry.platform_id)
        query = query.where(or_(*(column == wanted.about for column in columns)))
    return [
        AuditRecord(row.at, row.what, row.who, row.subject, row.launch_id, row.platform_id, row.detail)
        for row in db.session.scalars(query)
    ]


def _launches(wanted: AuditQuery) -> list[AuditRecord]:
    query = select(Launch).order_by(Launch.created_at.desc(), Launch.id).limit(wanted.limit)
    if wanted.since:
        query = query.where(Launch.created_at >= wanted.since)
    if wanted.until:
        query = query.where(Launch.created_at < wanted.until)
    if wanted.about:
        columns = (Launch.id, Launch.lms_user_id, Launch.exam_id, Launch.platform_id)
        query = query.where(or_(*(column == wanted.about for column in columns)))
    return [
        AuditRecord(row.created_at, LAUNCHED, row.lms_user_id, row.exam_id, row.id, row.platform_id, row.role)
        for row in db.session.scalars(query)
    ]
