"""From a verified launch to the rows that the pages live on."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from structlog.contextvars import bind_contextvars

from lti_tool.lms import plugin_for
from lti_tool.lti import VerifiedLaunch
from lti_tool.models import Launch, LmsUser, db, now
from lti_tool.services.presets import presets_of

log = structlog.get_logger(__name__)

EXAM_PARAMETER = "examplary_exam"
"""The custom parameter by which a resource link names its exam."""


class Launching:
    """Keeps a launch and the person behind it."""

    def __init__(self, lifetime: timedelta) -> None:
        self._lifetime = lifetime

    def record(self, verified: VerifiedLaunch) -> Launch:
        """Store the minimum of ``verified`` and return the new launch."""
        person = self._person(verified)
        moment = now()
        launch = Launch(
            platform_id=verified.platform_id,
            user=person,
            deployment_id=verified.deployment_id,
            message_type=verified.message_type,
            role=verified.role,
            family=plugin_for(verified.product_family, verified.issuer).family,
            platform_version=verified.platform_version,
            context_id=verified.context_id,
            context_title=verified.context_title,
            resource_link_id=verified.resource_link_id,
            exam_id=verified.custom.get(EXAM_PARAMETER, "")[:40],
            locale=verified.locale,
            presets=presets_of(verified.custom),
            frame_origins=list(verified.frame_origins),
            return_url=verified.return_url,
            deep_linking=verified.deep_linking.to_json() if verified.deep_linking else None,
            created_at=moment,
            expires_at=moment + self._lifetime,
        )
        db.session.add(launch)
        db.session.commit()
        bind_contextvars(launch=launch.id)
        log.info(
            "launch.accepted", platform=launch.platform_id, role=launch.role, family=launch.family, lms_user=person.id
        )
        return launch

    def _person(self, verified: VerifiedLaunch) -> LmsUser:
        """Find or make the person by (platform, sub); two first launches at once make one person."""
        found = self._find(verified)
        if found is None:
            try:
                with db.session.begin_nested():
                    found = LmsUser(platform_id=verified.platform_id, sub=verified.sub)
                    db.session.add(found)
            except IntegrityError:
                found = self._find(verified)
                if found is None:
                    raise
        found.name, found.email, found.seen_at = verified.name or found.name, verified.email or found.email, now()
        return found

    @staticmethod
    def _find(verified: VerifiedLaunch) -> LmsUser | None:
        return db.session.scalar(
            select(LmsUser).where(LmsUser.platform_id == verified.platform_id, LmsUser.sub == verified.sub)
        )
