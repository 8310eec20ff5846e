"""Accounts of the console: added, changed, switched off and recovered, by command or by an owner."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from lti_tool.errors import N_
from lti_tool.models import (
    OPERATOR,
    AdminAccount,
    AdminPlatform,
    AdminRole,
    AdminSession,
    AuditAction,
    Platform,
    add_audit_entry,
    db,
    now,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.administration.errors import (
    AccountExists,
    AccountInvalid,
    AccountUnknown,
    LastOwner,
    PasswordLinkInvalid,
)
from lti_tool.services.administration.passwords import hash_password

LINK_LIFETIME = timedelta(hours=24)
LINK_CHARACTERS = 43
NAME_LENGTH = 255
_EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,190}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """Changes of an account; ``None`` leaves a value unchanged.

    ``platforms`` are those that the account sees; with ``all_platforms`` it sees all, including those registered later.
    """

    name: str | None = None
    role: AdminRole | None = None
    all_platforms: bool | None = None
    platforms: Sequence[Platform] | None = None
    active: bool | None = None


class AdminAccounts:
    """Manages accounts. ``actor`` is who does it, for the audit log."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def add(self, email: str, role: AdminRole, change: AccountChange, *, actor: str = OPERATOR) -> AdminAccount:
        """Add an account without a password; raise :class:`AccountInvalid` or :class:`AccountExists`."""
        row = AdminAccount(email=tidy_email(email), role=role, all_platforms=False, active=True)
        db.session.add(row)
        _apply(row, change)
        try:
            db.session.flush()
        except IntegrityError as error:
            db.session.rollback()
            raise AccountExists from error
        _commit(AuditAction.ADMIN_ADDED, row, actor, role)
        return row

    @staticmethod
    def find(email: str) -> AdminAccount:
        """Return an account; raise :class:`AccountUnknown`."""
        address = email.strip().lower()
        query = select(AdminAccount).where(AdminAccount.email == address)
        row = db.session.scalar(query) if is_email(address) else None
        if row is None:
            raise AccountUnknown
        return row

    @staticmethod
    def all() -> list[AdminAccount]:
        """Return all accounts, by address."""
        return list(db.session.scalars(select(AdminAccount).order_by(AdminAccount.email)))

    @staticmethod
    def change(row: AdminAccount, change: AccountChange, *, actor: str = OPERATOR) -> None:
        """Change an account; off ends its sessions. Raises :class:`LastOwner` or :class:`AccountInvalid`."""
        loses_owner = row.role == AdminRole.OWNER and (
            change.active is False or change.role not in (None, AdminRole.OWNER)
        )
        if loses_owner and row.active and _active_owners() == 1:
            raise LastOwner
        _apply(row, change)
        if change.active is False:
            row.link_hash = row.link_expires_at = None
            end_sessions(row)
        _commit(AuditAction.ADMIN_CHANGED, row, actor, _summary(change))

    @staticmethod
    def set_password(row: AdminAccount, password: str, *, actor: str = OPERATOR) -> None:
        """Set a password and end all sessions; raise :class:`AccountInvalid` for one that is too easy."""
        row.password_hash = hash_password(password, row.email)
        row.link_hash = row.link_expires_at = None
        end_sessions(row)
        _commit(AuditAction.ADMIN_CHANGED, row, actor, "password")

    def make_link(self, row: AdminAccount, *, actor: str = OPERATOR) -> str:
        """Return a link with which its holder sets a password, once, within a day. Earlier links end."""
        secret = secrets.token_urlsafe(32)
        row.link_hash = fingerprint(secret)
        row.link_expires_at = now() + LINK_LIFETIME
        _commit(AuditAction.ADMIN_CHANGED, row, actor, "link")
        return f"{self._base_url}/admin/password/{secret}"

    def recover(self, row: AdminAccount) -> str:
        """Let an owner who is locked out sign in again: active, and with a link for a new password."""
        row.active = True
        end_sessions(row)
        return self.make_link(row)

    @staticmethod
    def of_link(secret: str) -> AdminAccount:
        """Return the account of a link; raise :class:`PasswordLinkInvalid`."""
        is_possible = len(secret) == LINK_CHARACTERS and secret.isascii()
        query = select(AdminAccount).where(AdminAccount.link_hash == fingerprint(secret), AdminAccount.active)
        row = db.session.scalar(query) if is_possible else None
        if row is None or _is_past(row.link_expires_at):
            raise PasswordLinkInvalid
        return row


def is_email(text: str) -> bool:
    """Return whether an account may have this address, in lower case."""
    return bool(_EMAIL.fullmatch(text)) and text.isprintable()


def tidy_email(email: str) -> str:
    """Return an address in the form in which it is stored; raise :class:`AccountInvalid`."""
    tidied = email.strip().removeprefix("mailto:").lower()
    if not is_email(tidied):
        raise AccountInvalid(what="email", problem=N_("it must be an address such as you@university.edu"))
    return tidied


def end_sessions(row: AdminAccount) -> None:
    """Sign an account out everywhere. The caller commits."""
    db.session.execute(delete(AdminSession).where(AdminSession.account_id == row.id))


def _apply(row: AdminAccount, change: AccountChange) -> None:
    if change.name is not None:
        row.name = _checked_name(change.name)
    for column in ("role", "all_platforms", "active"):
        if (value := getattr(change, column)) is not None:
            setattr(row, column, value)
    if change.platforms is not None:
        platform_ids = {platform.id for platform in change.platforms}
        remaining = [permission for permission in row.platforms if permission.platform_id in platform_ids]
        new = platform_ids - {permission.platform_id for permission in remaining}
        row.platforms = [*remaining, *(AdminPlatform(platform_id=platform_id) for platform_id in sorted(new))]


def _checked_name(name: str) -> str:
    tidied = " ".join(name.split())
    if len(tidied) > NAME_LENGTH or not tidied.isprintable():
        problem = N_("it is longer than %(number)d characters or contains invalid ones")
        raise AccountInvalid(what="name", problem=problem, number=NAME_LENGTH)
    return tidied


def _summary(change: AccountChange) -> str:
    changes = [f"role {change.role}"] if change.role else []
    changes += ["on" if change.active else "off"] if change.active is not None else []
    changes += ["platforms"] if change.platforms is not None or change.all_platforms is not None else []
    return ", ".join([*changes, *(["name"] if change.name is not None else [])])


def _active_owners() -> int:
    query = select(func.count()).select_from(AdminAccount)
    return db.session.scalar(query.where(AdminAccount.active, AdminAccount.role == AdminRole.OWNER)) or 0


def _commit(action: AuditAction, row: AdminAccount, actor: str, detail: str) -> None:
    add_audit_entry(action, actor, subject=row.id, detail=detail)
    db.session.commit()


def _is_past(moment: datetime | None) -> bool:
    return moment is None or moment <= now()
