"""A signed-in administrator, and what they may see and change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from lti_tool.models import ADMIN, AdminAccount, AdminRole
from lti_tool.services.administration.errors import NotForThisAccount, ReadOnly

PlatformScope = Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]
"""Returns the condition that a column is the id of a visible platform, as :meth:`Administrator.scope`."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """An account as it was at the beginning of the request."""

    account_id: str
    email: str
    name: str
    role: AdminRole
    all_platforms: bool
    platform_ids: frozenset[str] = frozenset()
    """The platforms that it sees, unless it sees all."""

    @property
    def actor(self) -> str:
        """The account's name in the audit log."""
        return f"{ADMIN}{self.account_id}"

    @property
    def is_owner(self) -> bool:
        """Whether it manages accounts."""
        return self.role is AdminRole.OWNER

    @property
    def may_change(self) -> bool:
        """Whether it may change what it sees."""
        return self.role is not AdminRole.READER

    @property
    def may_add(self) -> bool:
        """Whether it may register platforms, which needs access to all platforms."""
        return self.may_change and self.all_platforms

    def sees(self, platform_id: str) -> bool:
        """Return whether it sees a platform."""
        return self.all_platforms or platform_id in self.platform_ids

    def require_platform(self, platform_id: str) -> None:
        """Raise :class:`NotForThisAccount` unless it sees the platform."""
        if not self.sees(platform_id):
            raise NotForThisAccount(f"platform {platform_id[:40]!r}")

    def require_owner(self) -> None:
        """Raise :class:`NotForThisAccount` unless it is an owner."""
        if not self.is_owner:
            raise NotForThisAccount("for owners")

    def require_change(self) -> None:
        """Raise :class:`ReadOnly` unless it may change something."""
        if not self.may_change:
            raise ReadOnly

    def scope(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the condition that ``column`` is the id of a platform that it sees."""
        return true() if self.all_platforms else column.in_(self.platform_ids)


def administrator_of(account: AdminAccount) -> Administrator:
    """Return the value for a row."""
    role = AdminRole(account.role)
    return Administrator(
        account.id,
        account.email,
        account.name,
        role,
        account.all_platforms or role is AdminRole.OWNER,
        frozenset(permission.platform_id for permission in account.platforms),
    )
