"""Names of platforms, for lists whose rows belong to a platform."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from lti_tool.models import Platform, db


def platform_names(ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of platforms by their ID; the issuer, where an administrator has given no name."""
    query = select(Platform).where(Platform.id.in_(set(ids)))
    return {platform.id: platform.name or platform.issuer for platform in db.session.scalars(query)}
