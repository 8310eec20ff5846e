"""From a verified launch to the rows that the pages live on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, bindparam, insert, select, update
from structlog.contextvars import bind_contextvars

from lti_tool.errors import LaunchError
from lti_tool.lms import LmsPlugin, plugin_for
from lti_tool.lti import MessageType, PlatformKeys, Role, VerifiedLaunch, verify_launch
from lti_tool.models import (
    CourseCopy,
    Direct,
    Launch,
    LmsUser,
    Platform,
    by_primary_key,
    connection,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.services.generations.presets import presets_of

log = structlog.get_logger(__name__)

SEEN_AGAIN = timedelta(hours=1)
"""How exactly it is known when a person was last here: a full class need not write it at every click."""

# Built once, and without objects: a launch is what this tool does most.
_PERSON = LmsUser.metadata.tables["lms_user"]
_COPY, _PLATFORM = CourseCopy.metadata.tables["course_copy"].c, Platform.metadata.tables["platform"]
_COPIED_FROM = select(_COPY.copied_from).where(
    _COPY.platform_id == bindparam("platform_id"), _COPY.context_id == bindparam("context_id")
)
_SENDS_HISTORY = by_primary_key(
    update(_PLATFORM).where(_PLATFORM.c.id == bindparam("platform")).values(sends_history=bindparam("sends"))
)
_LAUNCH = Launch.metadata.tables["launch"]
_KEEP = Direct(insert(_LAUNCH), *(column.key for column in _LAUNCH.columns))
_MET = select(_PERSON.c.id, _PERSON.c.sub).where(
    _PERSON.c.platform_id == bindparam("platform_id"), _PERSON.c.sub == bindparam("sub")
)

EXAM_PARAMETER = "examplary_exam"
"""The custom parameter by which a resource link names its exam."""


@dataclass(frozen=True, slots=True)
class LaunchPolicy:
    """What the operator decided about launches."""

    first_deployments: bool
    """Whether a deployment that nobody named is accepted at its first correctly signed launch."""
    administrators_may_author: bool


@dataclass(frozen=True, slots=True)
class AcceptedLaunch:
    """A launch that is kept."""

    launch_id: str
    handover_id: str
    """The frame that waits for it; empty: none does."""


class LaunchIntake:
    """Verifies launches, and keeps them and the people behind them."""

    def __init__(self, lifetime: timedelta, keys: PlatformKeys) -> None:
        self._lifetime, self._keys = lifetime, keys

    @retry_on_conflict
    def accept(
        self,
        form: Mapping[str, str],
        cookies: Mapping[str, str],
        trust: LaunchPolicy,
        *,
        stored_proof: str = "",
        framed: bool = False,
    ) -> AcceptedLaunch:
        """Verify what an LMS posted and keep the minimum of it, in one transaction; raise :class:`LaunchError`.

        ``framed`` is whether the LMS opened it in a frame. For ``stored_proof`` see :func:`verify_launch`.
        """
        with connection() as rows:
            verified = verify_launch(
                form,
                cookies,
                rows=rows,
                keys=self._keys,
                trust_first_deployment=trust.first_deployments,
                administrators_may_author=trust.administrators_may_author,
                stored_proof=stored_proof,
            )
            launch = self.save(rows, verified, framed=framed or bool(verified.handover_id))
            rows.commit()
        bind_contextvars(launch=launch["id"])
        told = {name: launch[name] for name in ("role", "family")}
        log.info("launch.accepted", platform=verified.platform_id, lms_user=launch["lms_user_id"], **told)
        return AcceptedLaunch(str(launch["id"]), verified.handover_id)

    def save(self, rows: Connection, verified: VerifiedLaunch, *, framed: bool = False) -> dict[str, object]:
        """Store the minimum of ``verified`` and return it. The caller commits."""
        moment = now()
        plugin = plugin_for(verified.product_family, verified.issuer)
        _learn_copies(rows, verified, plugin)
        launch = {
            "id": new_id(),
            "platform_id": verified.platform_id,
            "lms_user_id": _person(rows, verified, moment),
            "deployment_id": verified.deployment_id,
            "message_type": verified.message_type,
            "role": verified.role,
            "family": plugin.family,
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
            "answered_at": None,
            "answered_with": "",
            "created_at": moment,
            "expires_at": moment + self._lifetime,
        }
        _KEEP.count(rows, launch)
        return launch


def _learn_copies(rows: Connection, verified: VerifiedLaunch, plugin: LmsPlugin) -> None:
    """Remember from which courses this one was copied, if its LMS itself says it."""
    history, sends = verified.course_history, verified.course_history is not None
    if verified.message_type is MessageType.DEEP_LINKING and sends is not verified.history_registered:
        rows.execute(_SENDS_HISTORY, {"platform": verified.platform_id, "sends": sends})
    if not (history and verified.context_id and plugin.vouches_for_course_history(verified)):
        return
    course = {"platform_id": verified.platform_id, "context_id": verified.context_id}
    known = set(rows.execute(_COPIED_FROM, course).scalars())
    for origin in history:
        if origin not in known and origin != verified.context_id:
            insert_if_absent(CourseCopy, {**course, "copied_from": origin}, rows)


def _person(rows: Connection, verified: VerifiedLaunch, moment: datetime) -> str:
    """Return the id of the person by (platform, sub), made or brought up to date."""
    known = verified.person
    if known is None:
        return _new_person(rows, verified, moment)
    name, email = _needed_of(verified)
    fresh = {"name": name or known.name, "email": email or known.email}
    if (known.name, known.email) != (fresh["name"], fresh["email"]) or moment - known.seen_at > SEEN_AGAIN:
        statement = update(_PERSON).where(_PERSON.c.id == known.id).values(**fresh, seen_at=moment)
        rows.execute(by_primary_key(statement))
    return known.id


def _needed_of(verified: VerifiedLaunch) -> tuple[str, str]:
    """Return name and address of somebody who may get an account at Examplary; of nobody else are they needed."""
    return (verified.name, verified.email) if verified.role is Role.INSTRUCTOR else ("", "")


def _new_person(rows: Connection, verified: VerifiedLaunch, moment: datetime) -> str:
    """Make a person; two first launches at once make one."""
    whose = {"platform_id": verified.platform_id, "sub": verified.sub}
    name, email = _needed_of(verified)
    person = {"id": new_id(), "name": name, "email": email, "seen_at": moment, **whose}
    insert_if_absent(LmsUser, person, rows)
    for person_id, sub in rows.execute(_MET, whose):
        if sub == verified.sub:
            return str(person_id)
    # MariaDB takes "a" and "a " for equal, and whoever is called "a" is here already.
    raise LaunchError("sub ends in blanks, and is somebody else's without them")
