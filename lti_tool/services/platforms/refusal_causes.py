"""Why launches are refused, in words for administrators: the likely cause, what to do, and where.

The errors themselves address the teacher. Values of an unverified login are only compared, never proposed as a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select

from lti_tool.errors import N_, Fact
from lti_tool.models import Platform, Refusal, db

MAX_NAMED = 10
"""Client IDs that a sentence names."""

CLOCK_CODES = frozenset({"lti.token_expired", "lti.token_from_future", "lti.token_too_old"})
"""Codes of refusals because the clocks differ."""


class Place(StrEnum):
    """The page of the console on which something can be corrected."""

    SETTINGS = "settings"
    MOVE = "move"
    """Move or merge registrations."""
    PLATFORM = "platform"
    """Switch on; deployments."""
    ADD = "add"
    NOWHERE = ""
    """It is corrected in the LMS, or on the servers."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause. Texts are marked with ``N_``; ``facts`` fill their placeholders."""

    sentence: str
    advice: str
    place: Place = Place.NOWHERE
    platform: Platform | None = None
    """The registration to correct; empty: that of the refusal."""
    facts: Mapping[str, Fact] = field(default_factory=dict)


_OTHER_SITE = Cause(
    N_("The LMS signed with a key that its keyset URL doesn't show."),
    N_(
        "Check that the keyset URL belongs to this site: production, beta and test sites each have their own. If the "
        "LMS has just changed its keys, open Examplary again in a minute."
    ),
    Place.SETTINGS,
)
_CLOCK = Cause(
    N_("The clocks of the LMS and of this tool differ by more than a minute."),
    N_("Set both by network time (NTP)."),
)
_KEYS = Cause(
    N_("The keyset URL in the registration doesn't lead to the LMS's keys."),
    N_("Compare it with the public keyset URL that the LMS shows, and open it on the machine that runs this tool."),
    Place.SETTINGS,
)
_MESSAGE = Cause(
    N_("A placement of the tool in the LMS sends a message that the tool doesn't support."),
    N_("In the LMS, set the placement to LtiResourceLinkRequest or LtiDeepLinkingRequest, or remove it."),
)

CAUSES: Mapping[str, Cause] = {
    "lti.client_id_needed": Cause(
        N_("This issuer is registered more than once, and the LMS doesn't say which registration it means."),
        N_("Merge the registrations if they are of one LMS; otherwise make the LMS send client_id with the login."),
        Place.MOVE,
    ),
    "lti.platform_inactive": Cause(
        N_("The registration is switched off, or was never confirmed."), N_("Switch it on."), Place.PLATFORM
    ),
    "lti.deployment_inactive": Cause(
        N_("The deployment is switched off."), N_("Switch it on in the list of deployments."), Place.PLATFORM
    ),
    "lti.deployment_unknown": Cause(
        N_("The tool was installed in another part of the LMS, and only listed deployments may use it."),
        N_("Add the deployment ID %(deployment)s if that part of the LMS should use Examplary."),
        Place.PLATFORM,
    ),
    "lti.platform_refused": Cause(
        N_("The LMS itself refused to open the tool."),
        N_("In the LMS, check that the tool is enabled in this course, and compare redirect URI and client ID."),
    ),
    "lti.issuer": Cause(
        N_("The launch names another platform ID (issuer) than the registration."),
        N_("Compare the platform ID on both sides, every character; then move the registration."),
        Place.MOVE,
    ),
    "lti.audience": Cause(
        N_("The launch is meant for another client ID than the registered one."),
        N_("Compare the client ID on both sides, and correct it in the settings."),
        Place.SETTINGS,
    ),
    "lti.keys_unreachable": _KEYS,
    "lti.keys_unreadable": _KEYS,
    "lti.kid_unknown": _OTHER_SITE,
    "lti.signature": _OTHER_SITE,
    **dict.fromkeys(CLOCK_CODES, _CLOCK),
    "lti.message_type": _MESSAGE,
    "lti.message_type_missing": _MESSAGE,
    "lti.version": Cause(
        N_("The tool is registered as LTI 1.1 in the LMS."), N_("Register it there again, as LTI 1.3.")
    ),
    "lti.return_address": Cause(
        N_("The LMS doesn't know its own https address."),
        N_("Correct it in the LMS's configuration (Moodle: $CFG->wwwroot)."),
    ),
    "lti.cookie_missing": Cause(
        N_("The browser kept none of the tool's cookies, not even in a separate window."),
        N_("Allow cookies of the tool's site in this browser. The registration is fine."),
    ),
}
"""By code of the error."""


def cause_of(row: Refusal) -> Cause | None:
    """Return the likely cause of a refusal; ``None``: the error says all that is known."""
    if row.code == "lti.unknown_platform":
        return _unknown(row.arrived.get("issuer", ""))
    cause = CAUSES.get(row.code)
    if cause is None:
        return None
    facts = {"deployment": row.arrived.get("deployment_id", "")}
    platform = _first(row.arrived.get("issuer", "")) if row.platform_id is None else None
    return Cause(cause.sentence, cause.advice, cause.place, platform, facts)


def _unknown(issuer: str) -> Cause:
    """Compare the issuer of an unknown login with the registered ones."""
    same = _registered(issuer)
    if same:
        return Cause(
            N_("This issuer is registered with another client ID: %(registered)s."),
            N_("If this is your LMS, copy the client ID from it into the settings."),
            Place.SETTINGS,
            same[0],
            {"registered": [row.client_id for row in same[:MAX_NAMED]]},
        )
    for spelling, sentence in spellings(issuer):
        for row in _registered(spelling)[:1]:
            advice = N_("If this is your LMS, move the registration to the platform ID exactly as the LMS sends it.")
            return Cause(sentence, advice, Place.MOVE, row, {"registered": spelling})
    return Cause(N_("No registration has this issuer."), N_("If you know this LMS, add it as a platform."), Place.ADD)


def spellings(issuer: str) -> list[tuple[str, str]]:
    """Return how an issuer may have been registered by mistake, each with the sentence that says so."""
    other_slash = issuer.rstrip("/") if issuer.endswith("/") else f"{issuer}/"
    slash = N_("%(registered)s is registered: only the slash at the end differs.")
    scheme = N_("%(registered)s is registered: only http and https differ.")
    both = N_("%(registered)s is registered: the scheme and the slash at the end differ.")
    return [(other_slash, slash), (_other_scheme(issuer), scheme), (_other_scheme(other_slash), both)]


def _other_scheme(issuer: str) -> str:
    scheme, separator, rest = issuer.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}{separator}{rest}"


def _registered(issuer: str) -> list[Platform]:
    query = select(Platform).where(Platform.issuer == issuer).order_by(Platform.client_id).limit(MAX_NAMED + 1)
    return list(db.session.scalars(query)) if issuer else []


def _first(issuer: str) -> Platform | None:
    return next(iter(_registered(issuer)), None)
