"""Explain a launch for a test: its claims, the tool's reading of them, and the content that would be returned.

Reads only; the report is shown once, to the person of the launch, and kept nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lti_tool import formats
from lti_tool.errors import N_, Fact
from lti_tool.lms import LmsPlugin, Offer, OfferKind, plugin_for_family
from lti_tool.lms.direct_import import Availability
from lti_tool.lti import DeepLinkingSettings, FileItem, ResourceLinkItem, Role, VerifiedLaunch
from lti_tool.lti.protocol.claims import EXAMPLARY, GRADES_AND_MEMBERS
from lti_tool.models import Platform, db
from lti_tool.services.delivery.import_availability import ImportAvailability
from lti_tool.services.launch_offers import offer_of
from lti_tool.services.launches.launch_intake import EXAM_PARAMETER, TestedLaunch
from lti_tool.services.platform_settings import PlatformSettings

SAMPLE_TITLE = "Photosynthesis"
SAMPLE_ID = "0" * 24
MAX_VALUE_LENGTH = 2000
HANDLE = f"{EXAMPLARY}moodle/claim/handle"
"""A secret of the LMS's plugin, which is not shown."""
HIDDEN = "…"

PLACEMENTS = ("https://www.instructure.com/placement", f"{EXAMPLARY}moodle/claim/placement")


@dataclass(frozen=True, slots=True)
class LaunchReportLine:
    """One line. ``name`` and ``text`` are marked with ``N_``; ``value`` is shown as it is, before the text."""

    name: str
    value: str = ""
    text: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    """More values, marked with ``N_``."""


@dataclass(frozen=True, slots=True)
class LaunchReport:
    """A launch, explained."""

    lines: tuple[LaunchReportLine, ...]
    claims: tuple[tuple[str, str], ...]
    """Names and values, as they came."""
    raw: str
    """All claims as JSON."""
    returned: str
    """The content items as JSON; empty: none."""
    returned_because: LaunchReportLine


ROLES: Mapping[str, str] = {
    Role.INSTRUCTOR: N_("may make exams, change their own, and add exams to this course."),
    Role.STUDENT: N_("sees a page without questions."),
    Role.TEST_STUDENT: N_("is a teacher in the student view: sees what students see."),
    Role.OTHER: N_("can't do anything here: neither teaches nor learns in this course."),
}

OFFERS: Mapping[OfferKind, str] = {
    OfferKind.FILE: N_("A package, because this place in the LMS imports files of the type %(type)s."),
    OfferKind.RESOURCE_LINK: N_(
        "A link to the exam, because this place in the LMS accepts links but doesn't import files."
    ),
    OfferKind.NOTHING: N_("Nothing: this place in the LMS accepts neither links nor files to import (%(types)s)."),
}
NO_DEEP_LINKING = N_("Nothing is returned: this is a resource link launch, which accepts no content.")


def report(tested: TestedLaunch, availability: ImportAvailability, *, base_url: str) -> LaunchReport:
    """Return the report of a launch of a known platform."""
    verified, launch = tested.verified, tested.launch
    launch.platform = db.session.get_one(Platform, verified.platform_id)
    plugin = plugin_for_family(launch.family)
    offer = offer_of(launch)
    claims = {name: HIDDEN if name == HANDLE else value for name, value in verified.claims.items()}
    item = _item(offer, base_url)
    return LaunchReport(
        lines=tuple(_lines(tested, plugin, availability.of(launch), offer)),
        claims=tuple((name, _text(value)) for name, value in claims.items()),
        raw=json.dumps(claims, indent=2, ensure_ascii=False),
        returned=json.dumps([item], indent=2, ensure_ascii=False) if item else "",
        returned_because=_returned(verified.deep_linking, offer),
    )


def _lines(
    tested: TestedLaunch, plugin: LmsPlugin, availability: Availability | None, offer: Offer
) -> Iterator[LaunchReportLine]:
    verified, platform = tested.verified, tested.launch.platform
    deployments = {deployment.deployment_id: deployment for deployment in platform.deployments}
    yield LaunchReportLine(N_("Platform"), f"{platform.name} {verified.issuer} · {verified.client_id}".strip())
    deployment = deployments.get(verified.deployment_id)
    yield LaunchReportLine(N_("Deployment"), verified.deployment_id, _deployment(deployment is not None))
    yield LaunchReportLine(N_("Message"), verified.message_type)
    yield LaunchReportLine(
        N_("Opened from"), _placement(verified), "" if _placement(verified) else N_("The LMS doesn't say.")
    )
    yield LaunchReportLine(N_("Role"), verified.role, ROLES[verified.role])
    yield LaunchReportLine(
        N_("Course"), f"{verified.context_title} ({verified.context_id})" if verified.context_id else "-"
    )
    yield LaunchReportLine(N_("LMS"), plugin.display_name, _family_because(verified, platform))
    yield LaunchReportLine(N_("Language"), verified.locale or "-")
    yield LaunchReportLine(N_("Name and e-mail address"), "", _names(verified))
    yield _direct_import(plugin, availability)
    names = plugin.ranked_formats(PlatformSettings.of(platform).formats)
    yield LaunchReportLine(N_("Formats"), "", _format(offer), labels=tuple(formats.get(name).label for name in names))
    yield LaunchReportLine(N_("May show the tool in a frame"), ", ".join(verified.frame_origins))
    yield LaunchReportLine(N_("Cookies"), "", _cookies(tested))
    if any(name.startswith(GRADES_AND_MEMBERS) for name in verified.claims):
        yield LaunchReportLine(N_("Grades and members"), "", N_("Offered by the LMS, not used by the tool."))
    if verified.ignored_claims:
        yield LaunchReportLine(
            N_("Ignored"), ", ".join(verified.ignored_claims), N_("These claims don't follow the standard.")
        )


def _deployment(is_known: bool) -> str:
    return N_("is registered.") if is_known else N_("is new: a usual launch would register it.")


def _placement(verified: VerifiedLaunch) -> str:
    values = (verified.claims.get(name) for name in PLACEMENTS)
    return next((value for value in values if isinstance(value, str)), "")


def _family_because(verified: VerifiedLaunch, platform: Platform) -> str:
    if platform.family:
        return N_("as set in the registration.")
    return N_("as the launch says.") if verified.product_family else N_("as the platform ID tells.")


def _names(verified: VerifiedLaunch) -> str:
    if verified.name and verified.email:
        return N_("The LMS sends both.")
    if verified.name or verified.email:
        return N_("The LMS sends one of them.")
    return N_("The LMS sends neither; the account at Examplary is anonymous.")


def _direct_import(plugin: LmsPlugin, availability: Availability | None) -> LaunchReportLine:
    name = N_("Direct import")
    if availability is None:
        return LaunchReportLine(name, "", N_("No: direct import isn't available for this LMS."))
    if not availability.available:
        reason = availability.reason or N_("No: this place in the LMS imports the package itself.")
        return LaunchReportLine(name, "", reason, {"lms": plugin.display_name})
    if availability.needs_consent:
        return LaunchReportLine(name, "", N_("Yes, once the teacher has given permission."))
    return LaunchReportLine(name, "", N_("Yes."))


def _format(offer: Offer) -> str:
    return N_("The first one is returned.") if offer.kind is OfferKind.FILE else N_("For downloads, the best first.")


def _cookies(tested: TestedLaunch) -> str:
    if tested.verified.handover_id:
        return N_("No cookies are kept in the frame; the login used a separate window.")
    if tested.keeps_cookies:
        return N_("The browser keeps the tool's cookies here.")
    return N_("No cookies are kept here; the proof of the login came from the LMS's storage.")


def _item(offer: Offer, base_url: str) -> dict[str, object] | None:
    """Return the content item for an exam that doesn't exist."""
    if offer.kind is OfferKind.FILE:
        url = f"{base_url}/packages/{SAMPLE_ID}/exam.zip"
        return FileItem(url=url, title=SAMPLE_TITLE, text=SAMPLE_TITLE, media_type=offer.media_type).to_claim()
    if offer.kind is OfferKind.RESOURCE_LINK:
        custom = {EXAM_PARAMETER: SAMPLE_ID}
        return ResourceLinkItem(url=f"{base_url}/lti/launch", title=SAMPLE_TITLE, custom=custom).to_claim()
    return None


def _returned(settings: DeepLinkingSettings | None, offer: Offer) -> LaunchReportLine:
    name = N_("What “Add to course” would return")
    if settings is None:
        return LaunchReportLine(name, "", NO_DEEP_LINKING)
    facts = {"type": offer.media_type, "types": ", ".join(sorted(settings.accept_types)) or "-"}
    return LaunchReportLine(name, "", OFFERS[offer.kind], facts)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}…"
