"""Takes a verified launch into the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, insert, select, update
from structlog.contextvars import bind_contextvars

from lti_tool.errors import LaunchError
from lti_tool.lms import LmsPlugin, plugin_for
from lti_tool.lti import LoginStates, MessageType, PlatformKeys, Role, VerifiedLaunch, proof_name, verify_launch
from lti_tool.lti.store import used_states
from lti_tool.models import (
    CourseCopy,
    Launch,
    LmsUser,
    PersonWord,
    Platform,
    db,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
)
from lti_tool.security.encryption import Vault
from lti_tool.services.generations.presets import presets_of
from lti_tool.services.launches.browser_binding import Binding, LaunchLifetimes
from lti_tool.services.search_words import store_words

log = structlog.get_logger(__name__)

SEEN_INTERVAL = timedelta(hours=1)
"""``LmsUser.seen_at`` is updated at most this often: a launch of a known person then writes no person."""

EXAM_PARAMETER = "examplary_exam"
"""The custom parameter by which a resource link names its exam."""


_INSERT_LAUNCH = insert(Launch)


@dataclass(frozen=True, slots=True)
class LaunchPolicy:
    """The operator's decisions about launches."""

    first_deployments: bool
    """Whether an unknown deployment is accepted at its first correctly signed launch."""
    administrators_may_author: bool


@dataclass(frozen=True, slots=True)
class AcceptedLaunch:
    """A stored launch."""

    launch_id: str
    handover_id: str
    """The frame that waits for it; empty: none."""
    binding: Binding


@dataclass(frozen=True, slots=True)
class TestedLaunch:
    """A launch that is shown instead of stored, because its person is testing the connection.

    ``launch`` has the columns that would have been stored; it belongs to no session.
    """

    verified: VerifiedLaunch
    launch: Launch
    keeps_cookies: bool


class LaunchIntake:
    """Verifies launches, and stores them and the people who make them."""

    def __init__(self, lifetimes: LaunchLifetimes, states: LoginStates, keys: PlatformKeys, vault: Vault) -> None:
        self._lifetimes = lifetimes
        self._states = states
        self._keys = keys
        self._vault = vault

    @retry_on_conflict
    def accept(
        self,
        form: Mapping[str, str],
        cookies: Mapping[str, str],
        policy: LaunchPolicy,
        *,
        stored_proof: str = "",
        framed: bool = False,
    ) -> AcceptedLaunch | TestedLaunch:
        """Verify what an LMS posted and store the minimum of it, in one transaction; raise :class:`LaunchError`.

        Of a person who tests the connection, nothing is stored but that the login's state was used.

        ``framed`` is whether the LMS opened it in a frame. For ``stored_proof`` see :func:`verify_launch`. The launch
        is bound to its browser if the login's cookie came back; a frame that waits for a window keeps no cookies.
        """
        with db.engine.connect() as connection:
            verified = verify_launch(
                form,
                cookies,
                connection=connection,
                states=self._states,
                keys=self._keys,
                trust_first_deployment=policy.first_deployments,
                administrators_may_author=policy.administrators_may_author,
                stored_proof=stored_proof,
            )
            keeps_cookies = bool(cookies.get(proof_name(form["state"]), "")) and not verified.handover_id
            binding = self._lifetimes.bind(now(), keeps_cookies=keeps_cookies)
            framed = framed or bool(verified.handover_id)
            person = verified.person
            if person is not None and person.tests:
                columns = self._columns(verified, _plugin(verified), person.id, binding, now(), framed=framed)
                connection.rollback()
                state = self._states.read(form["state"])
                used_states.use(connection, state.nonce, state.expires_at)
                connection.commit()
                return TestedLaunch(verified, Launch(**columns), keeps_cookies)
            launch = self.save(connection, verified, binding, framed=framed)
            connection.commit()
        _log(verified, launch, keeps_cookies=keeps_cookies)
        return AcceptedLaunch(str(launch["id"]), verified.handover_id, binding)

    def save(
        self, connection: Connection, verified: VerifiedLaunch, binding: Binding, *, framed: bool = False
    ) -> dict[str, object]:
        """Store the minimum of ``verified`` and return its columns. The caller commits."""
        moment, plugin = now(), _plugin(verified)
        _save_use(connection, verified, moment)
        _save_course_history(connection, verified, plugin)
        person_id = _save_person(connection, verified, moment)
        launch = self._columns(verified, plugin, person_id, binding, moment, framed=framed)
        connection.execute(_INSERT_LAUNCH, launch)
        return launch

    def _columns(
        self,
        verified: VerifiedLaunch,
        plugin: LmsPlugin,
        person_id: str,
        binding: Binding,
        moment: datetime,
        *,
        framed: bool,
    ) -> dict[str, object]:
        """Return the columns of a launch."""
        return {
            "id": new_id(),
            "platform_id": verified.platform_id,
            "lms_user_id": person_id,
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
            "import_grant_encrypted": self._import_grant(verified, plugin),
            "browser_hash": binding.browser_hash,
            "created_at": moment,
            "expires_at": binding.expires_at,
        }

    def _import_grant(self, verified: VerifiedLaunch, plugin: LmsPlugin) -> str | None:
        """Return what the launch of a teacher allows for a direct import, encrypted; ``None``: nothing."""
        if plugin.direct_import is None or verified.role is not Role.INSTRUCTOR:
            return None
        grant = plugin.direct_import.grant(verified)
        return self._vault.encrypt(json.dumps(dict(grant))) if grant is not None else None


def _plugin(verified: VerifiedLaunch) -> LmsPlugin:
    return plugin_for(verified.product_family, verified.issuer)


def _log(verified: VerifiedLaunch, launch: Mapping[str, object], *, keeps_cookies: bool) -> None:
    bind_contextvars(launch=launch["id"])
    log.info(
        "launch.accepted",
        platform=verified.platform_id,
        lms_user=launch["lms_user_id"],
        keeps_cookies=keeps_cookies,
        role=launch["role"],
        family=launch["family"],
    )
    if verified.ignored_claims:
        log.warning("launch.claims_left_aside", platform=verified.platform_id, claims=list(verified.ignored_claims))


def _save_use(connection: Connection, verified: VerifiedLaunch, moment: datetime) -> None:
    """Record on the platform that it is in use: at its first launch, and then once an hour."""
    latest = verified.platform_launched_at
    if latest is None or moment - latest > SEEN_INTERVAL:
        connection.execute(update(Platform).where(Platform.id == verified.platform_id).values(launched_at=moment))


def _save_course_history(connection: Connection, verified: VerifiedLaunch, plugin: LmsPlugin) -> None:
    """Remember from which courses this one was copied, if its LMS itself vouches for it."""
    history, sends = verified.course_history, verified.course_history is not None
    if verified.message_type is MessageType.DEEP_LINKING and sends is not verified.history_registered:
        platform = update(Platform).where(Platform.id == verified.platform_id)
        connection.execute(platform.values(sends_history=sends))
    if not (history and verified.context_id and plugin.vouches_for_course_history(verified)):
        return
    course = {"platform_id": verified.platform_id, "context_id": verified.context_id}
    stored = set(connection.scalars(select(CourseCopy.copied_from).filter_by(**course)))
    for origin in history:
        if origin not in stored and origin != verified.context_id:
            insert_if_absent(CourseCopy, {**course, "copied_from": origin}, connection)


def _save_person(connection: Connection, verified: VerifiedLaunch, moment: datetime) -> str:
    """Return the id of the person, inserted or brought up to date."""
    person = verified.person
    name, email = _name_and_email(verified)
    if person is None:
        return _insert_person(connection, verified, name, email, moment)
    fresh = {"name": name or person.name, "email": email or person.email}
    changed = (person.name, person.email) != (fresh["name"], fresh["email"])
    if changed or moment - person.seen_at > SEEN_INTERVAL:
        connection.execute(update(LmsUser).where(LmsUser.id == person.id).values(**fresh, seen_at=moment))
    if person.name != fresh["name"]:
        store_words(PersonWord, person.id, fresh["name"], connection=connection)
    return person.id


def _name_and_email(verified: VerifiedLaunch) -> tuple[str, str]:
    """Return name and address of a teacher, who may get an account at Examplary; nothing of anyone else."""
    return (verified.name, verified.email) if verified.role is Role.INSTRUCTOR else ("", "")


def _insert_person(connection: Connection, verified: VerifiedLaunch, name: str, email: str, moment: datetime) -> str:
    """Insert a person; two concurrent first launches insert one."""
    values = {"platform_id": verified.platform_id, "sub": verified.sub, "name": name, "email": email}
    insert_if_absent(LmsUser, {"id": new_id(), "seen_at": moment, **values}, connection)
    person = select(LmsUser.id, LmsUser.sub).filter_by(platform_id=verified.platform_id, sub=verified.sub)
    person_id, sub = connection.execute(person).one()
    if sub != verified.sub:
        # MariaDB considers "a" and "a " equal.
        raise LaunchError("sub ends in spaces, and belongs to another person without them")
    if name:
        store_words(PersonWord, person_id, name, connection=connection)
    return str(person_id)
