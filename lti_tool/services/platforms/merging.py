"""Merge duplicate registrations of one LMS: people, exams and deployments move to one registration."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, UniqueConstraint, delete, select, update
from sqlalchemy.sql.schema import Column

from lti_tool.errors import N_, Phrase
from lti_tool.lti.protocol.registration_errors import RegistrationError
from lti_tool.models import (
    OPERATOR,
    AuditAction,
    Base,
    LmsApiKey,
    LmsUser,
    Platform,
    add_audit_entry,
    db,
    retry_on_conflict,
)


class MergeRefused(RegistrationError):
    """People of two LMSs can't be matched, and exams of two workspaces can't share a key."""

    code = "registration.merge_refused"
    sentence = N_("These registrations can't be merged: %(problem)s.")
    advice = N_("Merge only two registrations of one issuer that use the same API key of Examplary.")
    status = 409


@retry_on_conflict
def merge_platforms(duplicate: Platform, into: Platform, *, actor: str = OPERATOR) -> None:
    """Move all that belongs to ``duplicate`` to ``into``, and remove it. Commits. Raises :class:`MergeRefused`.

    A person of both, by the LMS's user ID, becomes one: an issuer gives a user ID to one person only (LTI 1.3 §5.3.1).
    The registration that stays keeps its settings; launches with the other's client ID are refused from now on.
    """
    _check(duplicate, into)
    old, new = duplicate.id, into.id
    for person in db.session.scalars(select(LmsUser).where(LmsUser.platform_id == old)).all():
        twin = db.session.scalar(select(LmsUser).where(LmsUser.platform_id == new, LmsUser.sub == person.sub))
        if twin is not None:
            twin.examplary_user_id = twin.examplary_user_id or person.examplary_user_id
            twin.examplary_email = twin.examplary_email or person.examplary_email
            db.session.flush()
            _move(LmsUser.__tablename__, person.id, twin.id)
            db.session.execute(delete(LmsUser).where(LmsUser.id == person.id))
    into.frame_hosts = list(dict.fromkeys((*into.frame_hosts, *duplicate.frame_hosts)))
    into.launched_at = max(filter(None, (into.launched_at, duplicate.launched_at)), default=None)
    db.session.flush()
    _move(Platform.__tablename__, old, new)
    db.session.execute(delete(Platform).where(Platform.id == old).execution_options(synchronize_session=False))
    add_audit_entry(AuditAction.PLATFORM_REMOVED, actor, subject=old, platform_id=new, detail="merged")
    db.session.expire_all()
    db.session.commit()


def _check(duplicate: Platform, into: Platform) -> None:
    if duplicate.id == into.id:
        raise MergeRefused(problem=Phrase(N_("they are the same")))
    if duplicate.issuer != into.issuer:
        raise MergeRefused(problem=Phrase(N_("their issuers differ")))
    if duplicate.api_key_encrypted is not None or into.api_key_encrypted is not None:
        raise MergeRefused(problem=Phrase(N_("one of them has an API key of its own")))
    if db.session.get(LmsApiKey, duplicate.id) is not None:
        raise MergeRefused(
            problem=Phrase(N_("the one to remove has an API key of the LMS, which has to be switched off first"))
        )


def _move(table_name: str, old: str, new: str) -> None:
    """Make every row that refers to ``old`` refer to ``new``; a row that would then be a duplicate is deleted."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == table_name for key in column.foreign_keys):
                _delete_twins(table, column, old, new)
                db.session.execute(update(table).where(column == old).values({column.name: new}))


def _delete_twins(table: Table, column: Column[Any], old: str, new: str) -> None:
    for other_columns in _unique_with(table, column):
        if not other_columns:
            db.session.execute(delete(table).where(column == old, select(table).where(column == new).exists()))
            continue
        existing_rows = {tuple(row) for row in db.session.execute(select(*other_columns).where(column == new))}
        for values in db.session.execute(select(*other_columns).where(column == old)).all():
            if tuple(values) in existing_rows:
                same: list[ColumnElement[bool]] = [
                    other == value for other, value in zip(other_columns, values, strict=True)
                ]
                db.session.execute(delete(table).where(column == old, *same))


def _unique_with(table: Table, column: Column[Any]) -> list[list[Column[Any]]]:
    """Return the other columns of each key of ``table`` in which ``column`` is."""
    keys = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    groups = [list(key.columns) for key in keys] + [list(table.primary_key.columns)]
    return [[other for other in group if other is not column] for group in groups if column in group]
