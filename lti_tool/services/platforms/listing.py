"""Lists of platforms and of open registration links, page by page, and the names of platforms for other lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_tool.models import Platform, RegistrationLink, db, now

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class PlatformPage:
    """Platforms by issuer and client ID. ``next_after`` is the id after which the next page begins; empty: none."""

    rows: Sequence[Platform]
    next_after: str


def list_platforms(scope: ColumnElement[bool], *, search: str = "", after: str = "") -> PlatformPage:
    """Return a page of the platforms in ``scope`` whose name, issuer or client ID contains ``search``."""
    query = select(Platform).where(scope).order_by(Platform.issuer, Platform.client_id).limit(PER_PAGE + 1)
    if search.strip():
        query = query.where(_contains(search.strip()[:200]))
    last = db.session.get(Platform, after) if after else None
    if last is not None:
        later = and_(Platform.issuer == last.issuer, Platform.client_id > last.client_id)
        query = query.where(or_(Platform.issuer > last.issuer, later))
    rows = list(db.session.scalars(query))
    return PlatformPage(rows[:PER_PAGE], rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else "")


def count_platforms(scope: ColumnElement[bool]) -> int:
    """Return the number of platforms in ``scope``."""
    return db.session.scalar(select(func.count()).select_from(Platform).where(scope)) or 0


def platform_names(ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of platforms by their ID; the issuer, where an administrator has given no name."""
    query = select(Platform).where(Platform.id.in_(set(ids)))
    return {platform.id: platform.name or platform.issuer for platform in db.session.scalars(query)}


def open_links() -> list[RegistrationLink]:
    """Return the registration links that can still be used, newest first."""
    query = select(RegistrationLink).where(RegistrationLink.used_at.is_(None), RegistrationLink.expires_at > now())
    return list(db.session.scalars(query.order_by(RegistrationLink.created_at.desc()).limit(50)))


def failing_platforms(scope: ColumnElement[bool], limit: int) -> list[Platform]:
    """Return platforms with a refused launch, the latest first; their state says whether launches still fail."""
    query = select(Platform).where(scope, Platform.active, Platform.failed_at.is_not(None))
    return list(db.session.scalars(query.order_by(Platform.failed_at.desc()).limit(limit)))


def platforms_that_wait(scope: ColumnElement[bool], since: datetime, limit: int) -> list[Platform]:
    """Return platforms that were registered before ``since`` and never launched, the oldest first."""
    never = (Platform.active, Platform.launched_at.is_(None), Platform.created_at < since)
    return list(db.session.scalars(select(Platform).where(scope, *never).order_by(Platform.created_at).limit(limit)))


def _contains(text: str) -> ColumnElement[bool]:
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\x00", "")
    columns = (Platform.name, Platform.issuer, Platform.client_id)
    return or_(*(func.lower(column).like(f"%{escaped}%", escape="\\") for column in columns))
