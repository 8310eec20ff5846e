"""From a verified launch to the rows that the pages live on."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Row, Select, bindparam, insert, select
from structlog.contextvars import bind_contextvars

from lti_tool.errors import LaunchError
from lti_tool.lms import plugin_for
from lti_tool.lti import VerifiedLaunch
from lti_tool.models import Launch, LmsUser, change_row, db, new_id, now, put_row, repeatable
from lti_tool.services.presets import presets_of

log = structlog.get_logger(__name__)

SEEN_AGAIN = timedelta(hours=1)
"""How exactly it is known when a person was last here: a full class need not write it at every click."""

# Built once, and without objects: a launch is what this tool does most.
_PERSON = LmsUser.metadata.tables["lms_user"]
_KEEP = insert(Launch.metadata.tables["launch"])
_Found = tuple[str, str, str, str, datetime]
_FIND: Select[_Found] = select(_PERSON.c.id, _PERSON.c.sub, _PERSON.c.name, _PERSON.c.email, _PERSON.c.seen_at).where(
    _PERSON.c.platform_id == bindparam("platform_id"), _PERSON.c.sub == bindparam("sub")
)

EXAM_PARAMETER = "examplary_exam"
"""The custom parameter by which a resource link names its exam."""


class Launching:
    """Keeps a launch and the person behind it."""

    def __init__(self, lifetime: timedelta) -> None:
        self._lifetime = lifetime

    @repeatable
    def record(self, verified: VerifiedLaunch, *, framed: bool = False) -> str:
        """Store the minimum of ``verified`` and return the id of the new launch. Commits.

        ``framed`` is whether the LMS opened it in a frame.
        """
        moment = now()
        person = _person(verified, moment)
        launch = {
            "id": new_id(),
            "platform_id": verified.platform_id,
            "lms_user_id": person,
            "deployment_id": verified.deployment_id,
            "message_type": verified.message_type,
            "role": verified.role,
            "family": plugin_for(verified.product_family, verified.issuer).family,
            "platform_version": verified.platform_version,
            "context_id": verified.context_id,
            "context_title": verified.context_title,
            "resource_link_id": verified.resource_link_id,
            "exam_id": verified.custom.get(EXAM_PARAMETER, "")[:40],
            "locale": verified.locale,
            "presets": presets_of(verified.custom),
            "frame_origins": list(verified.frame_origins),
            "framed": framed,
            "return_url": verified.return_url,
            "deep_linking": verified.deep_linking.to_json() if verified.deep_linking else None,
            "created_at": moment,
            "expires_at": moment + self._lifetime,
        }
        db.session.execute(_KEEP, launch)
        db.session.commit()
        bind_contextvars(launch=launch["id"])
        log.info(
            "launch.accepted",
            platform=verified.platform_id,
            role=verified.role,
            family=launch["family"],
            lms_user=person,
        )
        return str(launch["id"])


def _person(verified: VerifiedLaunch, moment: datetime) -> str:
    """Find or make the person by (platform, sub), and return their id; two first launches at once make one person."""
    known = _known(verified)
    if known is None:
        return _new_person(verified, moment)
    fresh = {"name": verified.name or known.name, "email": verified.email or known.email}
    if (known.name, known.email) != (fresh["name"], fresh["email"]) or moment - known.seen_at > SEEN_AGAIN:
        change_row(LmsUser, LmsUser.id == known.id, **fresh, seen_at=moment)
    return str(known.id)


def _new_person(verified: VerifiedLaunch, moment: datetime) -> str:
    values = {"platform_id": verified.platform_id, "sub": verified.sub, "name": verified.name, "email": verified.email}
    put_row(LmsUser, {"id": new_id(), "seen_at": moment, **values})
    met = _known(verified)
    if met is None:
        # MariaDB takes "a" and "a " for equal, and whoever is called "a" is here already.
        raise LaunchError("sub ends in blanks, and is somebody else's without them")
    return str(met.id)


def _known(verified: VerifiedLaunch) -> Row[_Found] | None:
    # MariaDB takes "a" and "a " for equal.
    found = db.session.execute(_FIND, {"platform_id": verified.platform_id, "sub": verified.sub})
    return next((row for row in found if row.sub == verified.sub), None)
