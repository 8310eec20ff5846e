"""Checks based on actual launches: the latest launches of a platform, and those that were refused."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from lti_tool.errors import N_, error_by_code
from lti_tool.lms import LmsPlugin
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claims import GRADES_AND_MEMBERS
from lti_tool.lti.protocol.frames import frame_origins
from lti_tool.lti.protocol.platform_configuration import SHARED_ISSUERS
from lti_tool.models import Launch, Platform, Refusal, db
from lti_tool.services.delivery.import_availability import ImportAvailability
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus
from lti_tool.services.platforms.platform_states import PlatformNote, PlatformState, PlatformStates, PlatformStatus
from lti_tool.services.platforms.refusal_causes import CAUSES, spellings

LATEST = 20
"""Launches of teachers that the checks examine."""
REFUSALS = 200
"""Refused logins of no platform that are compared with the registration."""


class LaunchCheck:
    """Says what the launches of a platform show. Sends nothing."""

    def __init__(self, states: PlatformStates, availability: ImportAvailability, base_url: str) -> None:
        self._states = states
        self._availability = availability
        self._base_url = base_url

    def check(self, row: Platform, plugin: LmsPlugin, scopes: tuple[str, ...]) -> list[CheckResult]:
        """Run all of these checks; ``scopes`` are those that the tool asks this LMS for."""
        status = self._states.of(row)
        return [
            *_check_launches(row, status),
            *_check_logins(row),
            *_check_duplicates(row),
            *_check_notes(status, plugin),
            *self._check_direct_import(row, plugin),
            *_check_return_addresses(row),
            *self._check_frames(row),
            _check_scopes(scopes),
        ]

    def _check_direct_import(self, row: Platform, plugin: LmsPlugin) -> Iterator[CheckResult]:
        """Say why the newest launch that names course and teacher can't make a quiz at once."""
        query = select(Launch).where(
            Launch.platform_id == row.id, Launch.import_grant_encrypted.is_not(None), Launch.tab_of == ""
        )
        launch = db.session.scalar(query.order_by(Launch.created_at.desc()).limit(1))
        if launch is None:
            return
        availability = self._availability.of(launch, launch.created_at)
        if availability is not None and not availability.available and availability.reason:
            yield CheckResult(
                name=N_("Direct import"),
                status=CheckStatus.NOTE,
                sentence=availability.reason,
                advice=plugin.enable_direct_import,
                facts={"lms": plugin.display_name},
            )

    def _check_frames(self, row: Platform) -> Iterator[CheckResult]:
        """Say which hosts may show the tool in a frame, and which of the added ones don't exist."""
        name = N_("Frames")
        if self._base_url.startswith("http://") and row.issuer.startswith("https://"):
            yield CheckResult(
                name=name,
                status=CheckStatus.WRONG,
                sentence=N_("The tool's address begins with http://, and the LMS's with https://: browsers block it."),
                advice=N_("Set LTI_TOOL_BASE_URL to the https address that browsers use, and restart the tool."),
            )
        for host in row.frame_hosts:
            if not _resolves(host):
                yield CheckResult(
                    name=name,
                    status=CheckStatus.NOTE,
                    sentence=N_("%(host)s may show the tool in a frame, but this name isn't known here."),
                    advice=N_("Check how it is written: settings, hosts of frames."),
                    facts={"host": host},
                )
        origins = _origins(row)
        if origins:
            yield CheckResult(
                name=name,
                sentence=N_("These may show the tool in a frame: %(origins)s."),
                facts={"origins": origins},
            )


def _check_launches(row: Platform, status: PlatformStatus) -> Iterator[CheckResult]:
    name = N_("Launches")
    if status.state in (PlatformState.FAILING, PlatformState.CLOCK_OFF) and status.since is not None:
        cause, error = CAUSES.get(status.code), error_by_code(status.code)
        yield CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("Refused since %(since)s UTC (%(code)s)."),
            because=cause.sentence if cause else error.sentence,
            advice=cause.advice if cause else error.advice,
            facts={"since": _minute(status.since), "code": status.code, **_refused_values(row, status.code)},
        )
    elif row.launched_at is not None:
        yield CheckResult(
            name=name,
            sentence=N_("The latest one was accepted, at %(time)s UTC or up to an hour later."),
            facts={"time": _minute(row.launched_at)},
        )


def _refused_values(row: Platform, code: str) -> dict[str, str | int]:
    """Return what the texts about the latest refusal with this code name."""
    query = select(Refusal).where(Refusal.platform_id == row.id, Refusal.code == code).order_by(Refusal.id.desc())
    refusal = db.session.scalar(query.limit(1))
    values = {"deployment": "…", "seconds": "…", "claim": "…", "parameter": "…"}
    if refusal is None:
        return dict(values)
    return {**values, "deployment": refusal.arrived.get("deployment_id", "…"), **refusal.error_facts}


def _check_logins(row: Platform) -> Iterator[CheckResult]:
    """Name a refused login that nearly fits. Anyone may have sent it, so it is only reported."""
    if row.issuer.rstrip("/") in SHARED_ISSUERS:
        return
    near = {row.issuer, *(spelling for spelling, _ in spellings(row.issuer))}
    unknown = Refusal.code == "lti.unknown_platform"
    query = select(Refusal).where(unknown, Refusal.platform_id.is_(None)).order_by(Refusal.id.desc()).limit(REFUSALS)
    for refusal in db.session.scalars(query):
        is_new = row.launched_at is None or refusal.at > row.launched_at
        if is_new and refusal.arrived.get("issuer") in near:
            yield CheckResult(
                name=N_("Logins"),
                status=CheckStatus.NOTE,
                sentence=N_("A login with the platform ID %(issuer)s and the client ID %(client_id)s was refused."),
                because=N_("They differ from the registration; anyone may have sent it."),
                advice=N_("If it was your LMS, correct the client ID in the settings, or move the registration."),
                facts={"issuer": refusal.arrived["issuer"], "client_id": refusal.arrived.get("client_id", "-")},
            )
            return


def _check_duplicates(row: Platform) -> Iterator[CheckResult]:
    """Name other registrations of the same issuer, unless its vendor's customers share it."""
    if row.issuer.rstrip("/") in SHARED_ISSUERS:
        return
    query = select(Platform.client_id).where(Platform.issuer == row.issuer, Platform.id != row.id)
    other_clients = db.session.scalars(query.order_by(Platform.client_id).limit(10)).all()
    if other_clients:
        yield CheckResult(
            name=N_("Registrations"),
            status=CheckStatus.NOTE,
            sentence=N_("This LMS is registered more than once; the other client IDs: %(others)s."),
            advice=N_("Merge them under “Move, merge or remove…”, so that teachers see all their exams."),
            facts={"others": list(other_clients)},
        )


def _check_notes(status: PlatformStatus, plugin: LmsPlugin) -> Iterator[CheckResult]:
    """Report the notes of a platform's state, with what to do in this LMS."""
    if PlatformNote.WRONG_PLACEMENT in status.notes:
        yield CheckResult(
            name=N_("Deep Linking"),
            status=CheckStatus.NOTE,
            sentence=N_("Teachers opened the tool only where nothing can be added to the course."),
            advice=plugin.enable_deep_linking,
        )
    if PlatformNote.FORMATS_WITHHELD in status.notes:
        yield CheckResult(
            name=N_("Formats"),
            status=CheckStatus.NOTE,
            sentence=N_("Teachers are offered none of the formats that the LMS imports where they open the tool."),
            advice=N_("Offer them another one: settings, “Formats that teachers are offered”."),
        )
    if PlatformNote.NAMES_WITHHELD in status.notes:
        yield CheckResult(
            name=N_("Names"),
            status=CheckStatus.NOTE,
            sentence=N_("The LMS sends neither names nor e-mail addresses of teachers."),
            advice=N_("No action is needed. To send names to Examplary, allow them in the tool's privacy settings."),
        )


def _check_return_addresses(row: Platform) -> Iterator[CheckResult]:
    """Check where the latest launches want content and people to be returned."""
    name = N_("Return address")
    query = (
        select(Launch.return_url, Launch.deep_linking)
        .where(Launch.platform_id == row.id, Launch.tab_of == "")
        .order_by(Launch.created_at.desc())
        .limit(LATEST)
    )
    addresses = [
        address
        for back, settings in db.session.execute(query)
        for address in (back, settings.get("deep_link_return_url", "") if isinstance(settings, dict) else "")
        if address
    ]
    if not addresses:
        return
    origins = list(dict.fromkeys(filter(None, map(origin_of, addresses))))
    insecure = [origin for origin in origins if origin.startswith("http://")]
    facts = {"origins": insecure or origins}
    if insecure and row.issuer.startswith("https://"):
        yield CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("The LMS wants content back without encryption, at %(origins)s."),
            advice=N_("The LMS must know its own https address (Moodle: $CFG->wwwroot)."),
            facts=facts,
        )
    else:
        yield CheckResult(name=name, sentence=N_("Teachers return to %(origins)s."), facts=facts)


def _check_scopes(scopes: tuple[str, ...]) -> CheckResult:
    """Say which of the LMS's services the tool asks for; never grades or members."""
    name = N_("Services")
    if any(scope.startswith(GRADES_AND_MEMBERS) for scope in scopes):
        return CheckResult(
            name=name,
            status=CheckStatus.WRONG,
            sentence=N_("The tool requests access to grades or members, which it doesn't need."),
            advice=N_("Report it to the developers of the tool."),
        )
    if not scopes:
        return CheckResult(name=name, sentence=N_("The tool requests no access to grades or members."))
    return CheckResult(
        name=name,
        sentence=N_("The tool requests %(scopes)s, and no access to grades or members."),
        facts={"scopes": scopes},
    )


def _origins(row: Platform) -> tuple[str, ...]:
    """Return the origins that may frame the tool: of the latest launch, or without one, of the registration."""
    query = select(Launch.frame_origins).where(Launch.platform_id == row.id, Launch.tab_of == "")
    latest = db.session.scalar(query.order_by(Launch.created_at.desc()).limit(1))
    if latest:
        return tuple(latest)
    return frame_origins(
        issuer=row.issuer,
        authorization_url=row.authorization_url,
        launch_addresses=(),
        frame_hosts=row.frame_hosts,
    )


def _resolves(host: str) -> bool:
    """Return whether a host of frames has an address; one with ``*`` can't be tried."""
    parts = urlsplit(host if "://" in host else f"https://{host}")
    if not parts.hostname or "*" in parts.hostname:
        return True
    try:
        socket.getaddrinfo(parts.hostname, None)
    except (OSError, UnicodeError):
        return False
    return True


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
