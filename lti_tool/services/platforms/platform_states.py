"""States of platforms at a glance, derived from launches and failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select

from lti_tool.lms import plugin_for_family
from lti_tool.lms.values import OfferKind
from lti_tool.lti import PlatformKeys, Role
from lti_tool.models import Launch, LmsApiKey, LmsUser, Platform, db
from lti_tool.services.launch_offers import offer_in, offer_in_all_formats
from lti_tool.services.platforms.api_keys import new_scopes
from lti_tool.services.platforms.check_results import CheckStatus
from lti_tool.services.platforms.refusal_causes import CLOCK_CODES

LATEST = 20
"""Launches that the notes are based on."""
ENOUGH = 3
"""Fewer launches of teachers than this would make a note a guess."""


class PlatformState(StrEnum):
    """The state of a platform; the first that fits."""

    OFF = "off"
    """Switched off, or not yet confirmed."""
    CLOCK_OFF = "clock_off"
    """The latest launch was refused, because the clocks differ."""
    FAILING = "failing"
    """The latest launch was refused for another reason."""
    WAITING = "waiting"
    """Registered, and the tool was never opened."""
    KEYS_STALE = "keys_stale"
    """Launches still work with cached keys; the LMS's key set can't be downloaded."""
    WORKING = "working"


class PlatformNote(StrEnum):
    """A possible improvement of a platform that works."""

    NAMES_WITHHELD = "names_withheld"
    """The LMS sends no names of teachers: their accounts at Examplary are anonymous."""
    WRONG_PLACEMENT = "wrong_placement"
    """The tool is never opened from where it could add something: teachers can only download."""
    FORMATS_WITHHELD = "formats_withheld"
    """It is opened from there, but teachers are offered none of the formats that this LMS takes there."""
    NEW_SCOPES = "new_scopes"
    """The API key of the LMS was set when the tool needed less: teachers' permissions would fail."""
    CHECK_FAILED = "check_failed"
    """The latest check found something wrong."""


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """The state of one platform."""

    state: PlatformState
    launched_at: datetime | None
    """The latest launch, exact to an hour."""
    since: datetime | None = None
    """Since when launches are refused."""
    code: str = ""
    """Code of the latest refusal."""
    notes: tuple[PlatformNote, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether it needs attention."""
        troubles = (PlatformState.CLOCK_OFF, PlatformState.FAILING, PlatformState.KEYS_STALE)
        return self.state in troubles or not {PlatformNote.CHECK_FAILED, PlatformNote.NEW_SCOPES}.isdisjoint(self.notes)


class PlatformStates:
    """Works out states."""

    def __init__(self, keys: PlatformKeys) -> None:
        self._keys = keys

    def of(self, row: Platform) -> PlatformStatus:
        """Return the state of a platform."""
        failing = _is_failing(row)
        notes = _notes(row) if row.launched_at is not None else ()
        if new_scopes(row):
            notes = (PlatformNote.NEW_SCOPES, *notes)
        if row.check_results and any(result.get("status") == CheckStatus.WRONG for result in row.check_results):
            notes = (PlatformNote.CHECK_FAILED, *notes)
        since, code = (row.failing_since, row.failure_code) if failing else (None, "")
        return PlatformStatus(self._state(row, failing=failing), row.launched_at, since, code, notes)

    def _state(self, row: Platform, *, failing: bool) -> PlatformState:
        if not row.active:
            return PlatformState.OFF
        if failing:
            return PlatformState.CLOCK_OFF if row.failure_code in CLOCK_CODES else PlatformState.FAILING
        if row.launched_at is None:
            return PlatformState.WAITING
        if self._keys.are_stale(row.jwks_url, row.launched_at.timestamp()):
            return PlatformState.KEYS_STALE
        return PlatformState.WORKING


def _is_failing(row: Platform) -> bool:
    """Return whether the latest launch was refused; ``launched_at`` alone is exact to an hour only."""
    if row.failed_at is None:
        return False
    if row.launched_at is None:
        return True
    latest = db.session.scalar(select(func.max(Launch.created_at)).where(Launch.platform_id == row.id))
    return row.failed_at > max(filter(None, (latest, row.launched_at)))


def _notes(row: Platform) -> tuple[PlatformNote, ...]:
    query = (
        select(Launch.family, Launch.deep_linking, Launch.import_grant_encrypted, LmsUser.name, LmsUser.email)
        .join(LmsUser, LmsUser.id == Launch.lms_user_id)
        .where(Launch.platform_id == row.id, Launch.role == Role.INSTRUCTOR, Launch.tab_of == "")
        .order_by(Launch.created_at.desc())
        .limit(LATEST)
    )
    launches = db.session.execute(query).all()
    if len(launches) < ENOUGH:
        return ()
    notes = []
    if not any(launch.name or launch.email for launch in launches):
        notes.append(PlatformNote.NAMES_WITHHELD)
    has_key = db.session.get(LmsApiKey, row.id) is not None
    if not any(
        (launch.import_grant_encrypted and (has_key or not _needs_key(launch.family)))
        or offer_in(row, launch.family, launch.deep_linking).kind is not OfferKind.NOTHING
        for launch in launches
    ):
        notes.append(_without_additions(launches))
    return tuple(notes)


def _needs_key(family: str) -> bool:
    """Return whether a direct import of this family needs an API key of the LMS, besides the launch's grant."""
    direct = plugin_for_family(family).direct_import
    return direct is not None and direct.account_access is not None


def _without_additions(launches: Sequence[Row[Any]]) -> PlatformNote:
    """Return why none of ``launches`` could add something to a course."""
    offers = (offer_in_all_formats(launch.family, launch.deep_linking) for launch in launches)
    held_back = any(offer.kind is not OfferKind.NOTHING for offer in offers)
    return PlatformNote.FORMATS_WITHHELD if held_back else PlatformNote.WRONG_PLACEMENT
