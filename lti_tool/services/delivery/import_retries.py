"""Try a failed direct import again, for the teacher whose import it was."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.errors import N_, AccessError
from lti_tool.models import (
    AuditAction,
    Import,
    ImportState,
    Launch,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)
from lti_tool.services.delivery.direct_imports import DECISION_DEADLINE, ImportCancelled, open_key_of


class ImportNotRetryable(AccessError):
    """The teacher's permission isn't stored any more, is too old, or they decided against it."""

    code = "import.not_retryable"
    sentence = N_("This import can't be tried again from here.")
    advice = N_("The teacher has to open the exam from their course, and add it again.")
    status = 409


def may_retry(row: Import) -> bool:
    """Return whether an import has failed lately, and not because the teacher decided against it."""
    is_recent = now() - row.created_at < DECISION_DEADLINE
    has_failed = row.state == ImportState.FAILED and row.error_code != ImportCancelled.code
    return has_failed and is_recent and row.launch_id is not None


@retry_on_conflict
def reopen_import(import_id: str, *, actor: str) -> bool:
    """Restart a failed import with the permission of its launch; return whether this call did it. Commits.

    The LMS decides whether the permission still holds. Raises :class:`ImportNotRetryable`.
    """
    row = db.session.get(Import, import_id, populate_existing=True)
    if row is None or row.state != ImportState.FAILED:
        return False
    launch = db.session.get(Launch, row.launch_id) if row.launch_id else None
    if not may_retry(row) or launch is None or not launch.import_grant_encrypted:
        raise ImportNotRetryable(f"import {row.id}")
    open_key = open_key_of(row.platform_id, row.lms_user_id, row.context_id, row.exam_id)
    if db.session.scalar(select(Import.id).where(Import.open_key == open_key)) is not None:
        return False
    exam_id = row.exam_id
    launch_id = row.launch_id
    platform_id = row.platform_id
    values = {
        "state": ImportState.ASKED,
        "state_since": now(),
        "open_key": open_key,
        "attempts": 0,
        "claims": 0,
        "grant_encrypted": launch.import_grant_encrypted,
        "look_after": None,
        "decision": "",
        "error_code": "",
        "error_facts": {},
        "lines": [],
    }
    reopened = compare_and_set(Import, Import.id == import_id, Import.state == ImportState.FAILED, **values)
    if reopened:
        add_audit_entry(
            AuditAction.EXAM_RETRIED,
            actor,
            subject=exam_id,
            launch_id=launch_id,
            platform_id=platform_id,
            detail="import",
        )
    db.session.commit()
    return reopened
