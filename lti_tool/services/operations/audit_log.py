"""Read the audit log: the recorded actions, and the launches that are still stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select

from lti_tool.models import AuditAction, AuditEntry, Launch, db

LAUNCHED = "launch.accepted"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One action. Ids are internal; ``people export`` shows whose they are while that person is stored."""

    at: datetime
    action: str
    actor: str
    subject: str = ""
    launch: str = ""
    platform: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the record as a JSON object."""
        return asdict(self) | {"at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Filters: a period, an id that acted or was acted on, an action. An empty filter matches everything."""

    since: datetime | None = None
    until: datetime | None = None
    about: str = ""
    action: str = ""
    limit: int = 1000


def read_audit_log(query: AuditQuery) -> list[AuditRecord]:
    """Return the newest matching records, oldest first."""
    records = _recorded_actions(query) if query.action != LAUNCHED else []
    if query.action in ("", LAUNCHED):
        records += _launches(query)
    return sorted(records, key=lambda record: record.at)[-query.limit :]


def latest_of_platform(platform_id: str, limit: int) -> list[AuditRecord]:
    """Return the latest changes of a platform, newest first; not what happened to single exams."""
    changes = [action for action in AuditAction if action.startswith(("platform.", "person.", "links."))]
    statement = select(AuditEntry).where(AuditEntry.platform_id == platform_id, AuditEntry.action.in_(changes))
    return list(map(_record, db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit))))


def page_of_audit_log(*, before: int, limit: int) -> list[tuple[int, AuditRecord]]:
    """Return records older than the one with the number ``before`` (0: the newest), with their numbers."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before:
        statement = statement.where(AuditEntry.id < before)
    return [(row.id, _record(row)) for row in db.session.scalars(statement)]


def _record(row: AuditEntry) -> AuditRecord:
    return AuditRecord(row.at, row.action, row.actor, row.subject, row.launch_id, row.platform_id, row.detail)


def _recorded_actions(query: AuditQuery) -> list[AuditRecord]:
    statement = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(query.limit)
    if query.since:
        statement = statement.where(AuditEntry.at >= query.since)
    if query.until:
        statement = statement.where(AuditEntry.at < query.until)
    if query.action:
        statement = statement.where(AuditEntry.action == query.action)
    if query.about:
        columns = (AuditEntry.subject, AuditEntry.actor, AuditEntry.launch_id, AuditEntry.platform_id)
        statement = statement.where(or_(*(column == query.about for column in columns)))
    return list(map(_record, db.session.scalars(statement)))


def _launches(query: AuditQuery) -> list[AuditRecord]:
    statement = select(Launch).order_by(Launch.created_at.desc(), Launch.id).limit(query.limit)
    if query.since:
        statement = statement.where(Launch.created_at >= query.since)
    if query.until:
        statement = statement.where(Launch.created_at < query.until)
    if query.about:
        columns = (Launch.id, Launch.lms_user_id, Launch.exam_id, Launch.platform_id)
        statement = statement.where(or_(*(column == query.about for column in columns)))
    return [
        AuditRecord(row.created_at, LAUNCHED, row.lms_user_id, row.exam_id, row.id, row.platform_id, row.role)
        for row in db.session.scalars(statement)
    ]
