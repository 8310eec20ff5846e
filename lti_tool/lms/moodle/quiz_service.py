"""Direct import into Moodle with the plugin in ``integrations/moodle``, whose PROTOCOL.md describes the requests."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import quote

from lti_tool.errors import N_
from lti_tool.formats import format_decimal
from lti_tool.lms.direct_import import (
    Availability,
    Grant,
    ImportOption,
    ImportOrder,
    QuizKind,
    StepResult,
    TeacherQuestion,
)
from lti_tool.lms.moodle import plugin_errors
from lti_tool.lms.moodle.plugin_responses import read_quiz, read_refusal, read_unavailable
from lti_tool.lms.moodle.sections import OPTION, chosen_section, keep_section, section_question, wants_to_choose
from lti_tool.lti import VerifiedLaunch
from lti_tool.lti.service_connector import PlatformServiceConnector
from lti_tool.lti.service_errors import ServiceRefused, ServiceUnreachable, TokenRefused
from lti_tool.lti.service_http import ServiceResponse

CLAIM = "https://purl.examplary.ai/lti/moodle/claim/"
SCOPE = "https://purl.examplary.ai/lti/moodle/scope/quizzes"
PARAMETER = "examplary_quiz"
"""The custom parameter by which a registration asks for the service: Moodle drops scopes that it doesn't know."""
PROTOCOL = "1"
SERVICES = "/mod/lti/services.php/"
SECONDS = 120.0
"""For one request: 500 questions took up to 27 seconds, and it may wait 45 seconds for another exam."""
MAX_BODY_BYTES = 128 * 1024 * 1024
"""The highest limit that an administrator can set, before compression."""
MAX_QUESTIONS = 1000
MAX_NAME = 255

_PATH = re.compile(r"[A-Za-z0-9_/-]{1,500}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._:~-]{1,100}")


SHOW_IT = N_(
    "When it's ready for students: in the quiz's “Settings”, open “Common module settings” and choose “Show on course "
    "page” for “Availability”."
)
IF_HIDDEN = N_(
    "If students don't see it yet and should: in the quiz's “Settings”, open “Common module settings” and choose “Show "
    "on course page” for “Availability”."
)

NOT_SET_UP = N_(
    "This Moodle can't make the quiz for you, because its plugin for Examplary isn't set up here; your administrator "
    "can install it."
)
NO_TOKEN_URL = N_(
    "This Moodle can't make the quiz for you, because no access token address is registered; your administrator can "
    "add it."
)
EXPIRED = N_(
    "To add the quiz directly, open Examplary again from your course: Moodle's permission for this page is over."
)


class MoodleQuizzes:
    """Makes a hidden quiz, or brings it up to date, in one request that may be repeated."""

    format_name = "moodle-xml"
    quiz_kinds: Mapping[str, QuizKind] = MappingProxyType({})
    account_access = None
    adding = N_(
        "The quiz is made in your course, hidden from students, with the questions in this order and with these points."
    )
    adding_again = N_("If the exam hasn't changed, nothing is changed in Moodle.")
    afterwards: Mapping[str, str] = MappingProxyType(
        {"created": SHOW_IT, "updated": IF_HIDDEN, "unchanged": IF_HIDDEN, "adopted": IF_HIDDEN}
    )
    settled_remarks = frozenset(
        {"moodle.bank", "moodle.again", "moodle.time-limit", "moodle.ordering-version", "format.title"}
    )

    def quiz_name(self, title: str) -> str:
        """Return the title in the length that Moodle's database takes."""
        return title.strip()[:MAX_NAME].rstrip() or "Examplary"

    def grant(self, launch: VerifiedLaunch) -> Grant | None:
        """Return the plugin's claims, if the address is one of this Moodle's own services.

        The access token is sent to that address, so a claim that leads elsewhere counts as none.
        """
        names = ("quizzes_url", "handle", "handle_expires", "protocol", "placement")
        grant = {name: launch.own_claims.get(CLAIM + name, "") for name in names}
        services = launch.issuer.rstrip("/") + SERVICES
        path = grant["quizzes_url"].removeprefix(services)
        if not grant["handle"] or not grant["quizzes_url"].startswith(services) or not _PATH.fullmatch(path):
            return None
        return grant

    def availability(self, grant: Grant | None, *, has_token_url: bool, now: datetime) -> Availability:
        """Return whether the plugin was there at the launch, and its handle still holds."""
        if grant is None:
            return Availability(False, NOT_SET_UP)
        if grant["protocol"] != PROTOCOL:
            return Availability(False, plugin_errors.PluginOld.sentence)
        if not has_token_url:
            return Availability(False, NO_TOKEN_URL)
        if _has_expired(grant, now):
            return Availability(False, EXPIRED)
        return Availability(True, takes_link=grant["placement"] == "activity_form")

    def options(self, grant: Grant, scopes: frozenset[str]) -> tuple[ImportOption, ...]:
        """Return the choice of a section; without it, Moodle takes the teacher's last one, or the first."""
        return (OPTION,)

    def step(self, connector: PlatformServiceConnector, order: ImportOrder) -> StepResult:
        """Send the exam. Moodle makes or updates the quiz at once, or asks the teacher."""
        if _has_expired(order.grant, datetime.now(UTC)):
            raise plugin_errors.HandleExpired
        try:
            question = _question_before_sending(connector, order)
            return question or read_quiz(_send(connector, order).body, order.issuer)
        except TokenRefused as error:
            if error.facts.get("reason") == "invalid_scope":
                raise plugin_errors.ServiceOff(error.detail) from error
            raise
        except ServiceRefused as error:
            return read_refusal(error, order)
        except ServiceUnreachable as error:
            raise read_unavailable(error) from error


def identifiers(ids: Iterable[str]) -> list[str]:
    """Return ids that the plugin accepts: those that it would reject or confuse become hashes."""
    names_taken: set[str] = set()
    result = []
    for original in ids:
        fits = _IDENTIFIER.fullmatch(original) is not None and original.lower() not in names_taken
        identifier = (
            original if fits else f"sha256-{hashlib.sha256(original.encode('utf-8', 'replace')).hexdigest()[:40]}"
        )
        names_taken.add(identifier.lower())
        result.append(identifier)
    return result


def _question_before_sending(connector: PlatformServiceConnector, order: ImportOrder) -> TeacherQuestion | None:
    if not wants_to_choose(order):
        return None
    response = connector.get((SCOPE,), order.grant["quizzes_url"], {"Examplary-Handle": order.grant["handle"]})
    return section_question(response.body if isinstance(response.body, dict) else {})


def _send(connector: PlatformServiceConnector, order: ImportOrder) -> ServiceResponse:
    section = chosen_section(order)
    if section is not None:
        keep_section(order, section)
    url = f"{order.grant['quizzes_url']}/{quote(identifiers([order.exam_id])[0], safe='')}"
    headers = {"Content-Encoding": "gzip", "Examplary-Handle": order.grant["handle"]}
    return connector.put((SCOPE,), url, gzip.compress(_body(order, section), 6), headers, seconds=SECONDS)


def _body(order: ImportOrder, section: int | None) -> bytes:
    if len(order.questions) > MAX_QUESTIONS:
        raise plugin_errors.TooManyQuestions
    package = order.package()
    if len(package) > MAX_BODY_BYTES:
        raise plugin_errors.TooLargeForMoodle(f"{len(package)} bytes")
    names = identifiers(question.id for question in order.questions)
    marks = [format_decimal(question.points) for question in order.questions]
    document = {
        "quiz": _quiz(order),
        "questions": [{"id": name, "mark": mark} for name, mark in zip(names, marks, strict=True)],
        "xml": package.decode(),
        "request_id": identifiers([order.import_id])[0],
        **_mode(order.decision),
        **({} if section is None else {"section_id": section}),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _quiz(order: ImportOrder) -> Mapping[str, object]:
    name = MoodleQuizzes().quiz_name(order.title)
    return {"name": name} | ({"time_limit": order.duration_minutes * 60} if order.duration_minutes else {})


def _mode(decision: str) -> Mapping[str, object]:
    """Return the fields for the teacher's decision: ``new``, ``update:<cmid>`` or ``adopt:<cmid>``."""
    mode, _, cmid = decision.partition(":")
    if mode not in {"new", "update", "adopt"}:
        return {"mode": "auto"}
    return {"mode": mode, "cmid": int(cmid)} if cmid else {"mode": mode}


def _has_expired(grant: Grant, now: datetime) -> bool:
    expires = grant["handle_expires"]
    return expires.isascii() and expires.isdigit() and int(expires) <= now.timestamp()
