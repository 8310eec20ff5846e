"""Whether platform and deployment are active: checked on every request, so that switching off also ends open pages."""

from __future__ import annotations

from sqlalchemy import and_, select

from lti_tool.models import Deployment, Platform, db


def is_active(platform_id: str, deployment_id: str) -> bool:
    """Return whether the platform is active and the deployment is not switched off."""
    belongs = and_(Deployment.platform_id == Platform.id, Deployment.deployment_id == deployment_id)
    query = select(Platform.active, Deployment.active).outerjoin(Deployment, belongs).where(Platform.id == platform_id)
    row = db.session.execute(query).one_or_none()
    return row is not None and row[0] and row[1] is not False
