"""Direct import into Moodle: the claims, the request, and every answer that was recorded on a real Moodle."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import requests
from cachelib import SimpleCache
from cryptography.fernet import Fernet
from flask import Response
from lxml import etree

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats import Verdict
from lti_tool.lms import plugin_for_family
from lti_tool.lms.direct_import import (
    OUTCOMES,
    DirectImportError,
    EarlierImport,
    ImportOrder,
    QuestionToImport,
    TeacherQuestion,
)
from lti_tool.lms.moodle.quiz_service import CLAIM, SCOPE, identifiers
from lti_tool.lti import MessageType, Role, VerifiedLaunch
from lti_tool.lti.service_connector import PlatformServiceConnector, ServiceParts
from lti_tool.lti.service_errors import ServiceUnreachable
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.models import Import, Platform
from lti_tool.security.encryption import Vault
from sandbox.serve import serve
from tests.support.recorded_moodle import ISSUER, RecordedMoodle, recording

DIRECT = plugin_for_family("moodle").direct_import
EXAMS = sorted((Path(__file__).parents[1] / "fixtures" / "exams").glob("*.json"))
NOW = datetime(2026, 11, 29, tzinfo=UTC)
LATER = str(int(NOW.timestamp()) + 10**9)
CLAIMS = {name: value for name, value in recording("01")["claims"].items() if name.startswith(CLAIM)}


def launch(issuer=ISSUER, **claims):
    return VerifiedLaunch(
        platform_id="p",
        issuer=issuer,
        client_id="c",
        deployment_id="1",
        sub="3",
        message_type=MessageType.DEEP_LINKING,
        role=Role.INSTRUCTOR,
        custom={},
        own_claims=CLAIMS | {CLAIM + name: value for name, value in claims.items()},
    )


@pytest.fixture
def moodle():
    moodle = RecordedMoodle()
    with serve(moodle.app, "127.0.0.1") as server:
        moodle.base_url = server.base_url
        yield moodle


class Keys:
    def __init__(self, private):
        self._private = private

    def signing_key(self):
        return "kid", self._private


@pytest.fixture
def connector(moodle, lms_key):
    http = ServiceHttp(requests.Session(), sleep=lambda seconds: None)
    parts = ServiceParts(http, SimpleCache(), Vault(Fernet.generate_key().decode()), Keys(lms_key))
    token_url = f"{moodle.base_url}/mod/lti/token.php"
    return PlatformServiceConnector(Platform(id="p", issuer=moodle.base_url, client_id="c", token_url=token_url), parts)


@pytest.fixture
def order(moodle):
    def make(**changes):
        grant = dict(DIRECT.grant(launch(quizzes_url=f"{ISSUER}/mod/lti/services.php/198/examplary/quizzes")))
        grant["quizzes_url"] = grant["quizzes_url"].replace(ISSUER, moodle.base_url)
        values = {
            "import_id": "import-1",
            "issuer": moodle.base_url,
            "grant": grant | {"handle_expires": LATER},
            "exam_id": "exam_1",
            "title": "Waves & light",
            "duration_minutes": 60,
            "questions": (QuestionToImport("q1", 1, Decimal("1.50")), QuestionToImport("q 2", 2, Decimal("0.1"))),
            "package": "<quiz>é</quiz>".encode,
        }
        return ImportOrder(**(values | changes))

    return make


def test_the_recorded_claims_are_a_grant():
    grant = DIRECT.grant(launch())
    assert grant["quizzes_url"] == CLAIMS[CLAIM + "quizzes_url"]
    availability = DIRECT.availability(grant | {"handle_expires": LATER}, has_token_url=True, now=NOW)
    assert (availability.available, availability.takes_link) == (True, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/mod/lti/services.php/198/examplary/quizzes",
        "https://moodle.example.org.evil.example/mod/lti/services.php/198/examplary/quizzes",
        "https://moodle.example.org@evil.example/mod/lti/services.php/1/examplary/quizzes",
        "http://moodle.example.org/mod/lti/services.php/198/examplary/quizzes",
        "https://moodle.example.org/mod/lti/token.php",
        "https://moodle.example.org/mod/lti/services.php/../../../evil.php",
        "https://moodle.example.org/mod/lti/services.php/1/examplary/quizzes?to=evil",
        "https://moodle.example.org/mod/lti/services.php/1/examplary/quizzes#x",
        "https://moodle.example.org/mod/lti/services.php/",
        "",
    ],
)
def test_a_token_is_sent_to_services_of_the_same_moodle_only(url):
    assert DIRECT.grant(launch(quizzes_url=url)) is None


def test_a_moodle_in_a_folder_has_its_services_there():
    url = "https://school.example/moodle/mod/lti/services.php/7/examplary/quizzes"
    assert DIRECT.grant(launch("https://school.example/moodle", quizzes_url=url)) is not None
    assert DIRECT.grant(launch("https://school.example/moodle2", quizzes_url=url)) is None


@pytest.mark.parametrize(
    ("changes", "has_token_url", "reason"),
    [
        ({"protocol": "2"}, True, "doesn't fit"),
        ({"handle_expires": "1"}, True, "open Examplary again"),
        ({"handle_expires": LATER}, False, "access token address"),
    ],
)
def test_a_page_says_why_it_cannot_import(changes, has_token_url, reason):
    availability = DIRECT.availability(DIRECT.grant(launch(**changes)), has_token_url=has_token_url, now=NOW)
    assert not availability.available
    assert reason in availability.reason


def test_a_missing_plugin_is_reported_on_the_page():
    availability = DIRECT.availability(None, has_token_url=True, now=NOW)
    assert (availability.available, "isn't set up" in availability.reason) == (False, True)


def test_the_request_follows_the_protocol(moodle, connector, order):
    moodle.will_answer("06")
    DIRECT.step(connector, order())
    headers, body = moodle.latest
    recorded = recording("06")["request"]
    assert recorded["headers"].keys() <= headers.keys()
    assert headers["Examplary-Handle"] == CLAIMS[CLAIM + "handle"]
    assert headers["Authorization"] == "Bearer token-1"
    assert headers["Content-Encoding"] == "gzip"
    assert body == {
        "quiz": {"name": "Waves & light", "time_limit": 3600},
        "questions": [{"id": "q1", "mark": "1.5"}, {"id": identifiers(["q 2"])[0], "mark": "0.1"}],
        "xml": "<quiz>é</quiz>",
        "request_id": "import-1",
        "mode": "auto",
    }


@pytest.mark.parametrize(
    ("decision", "fields"),
    [
        ("new", {"mode": "new"}),
        ("update:383", {"mode": "update", "cmid": 383}),
        ("adopt:387", {"mode": "adopt", "cmid": 387}),
    ],
)
def test_the_teachers_decision_is_sent(moodle, connector, order, decision, fields):
    moodle.will_answer("15")
    DIRECT.step(connector, order(decision=decision))
    assert fields.items() <= moodle.latest[1].items()


@pytest.mark.parametrize(
    ("name", "outcome", "actions"),
    [
        ("06", "created", {"created"}),
        ("07", "unchanged", {""}),
        ("09", "updated", {"created", "new_version", "kept", "removed"}),
        ("13", "updated", None),
        ("15", "created", None),
        ("18", "adopted", None),
    ],
)
def test_the_result_names_the_quiz_in_moodle(moodle, connector, order, name, outcome, actions):
    moodle.will_answer(name)
    imported = DIRECT.step(connector, order())
    recorded = recording(name)["response"]["body"]
    assert (imported.outcome, imported.quiz_name) == (outcome, recorded["quiz"]["name"])
    assert imported.quiz_url == recorded["quiz"]["url"].replace(ISSUER, moodle.base_url)
    assert imported.questions_url.endswith(f"cmid={recorded['quiz']['cmid']}")
    there = [line for line in imported.lines if line.action != "removed"]
    assert [(line.number, line.name, line.points) for line in there] == [
        (question["number"], question["name"], question["mark"]) for question in recorded["questions"]
    ]
    assert actions is None or {line.action for line in imported.lines} == actions


def test_an_update_after_attempts_is_told_apart(moodle, connector, order):
    recorded = recording("09")["response"]
    body = recorded["body"] | {"quiz": recorded["body"]["quiz"] | {"attempts": 2}}
    moodle.answers.append(Response(json.dumps(body).replace(ISSUER, moodle.base_url), 200, recorded["headers"]))
    assert DIRECT.step(connector, order()).outcome == "updated_attempted"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_fits_its_column(outcome):
    assert len(outcome) <= Import.outcome.type.length


@pytest.mark.parametrize(
    ("name", "code", "choices"),
    [
        ("11", "quiz_of_colleague", ["update:383", "new"]),
        ("12", "quiz_changed", ["update:383", "new"]),
        ("14", "quiz_has_attempts", ["new"]),
        ("17", "quiz_copied", ["adopt:387", "new"]),
    ],
)
def test_questions_of_moodle_to_the_teacher(moodle, connector, order, name, code, choices):
    moodle.will_answer(name)
    question = DIRECT.step(connector, order())
    assert isinstance(question, TeacherQuestion)
    recorded = recording(name)["response"]["body"]["error"]
    quizzes = [recorded.get("quiz"), *recorded.get("copies", [])]
    cmids = [quiz["cmid"] for quiz in quizzes if quiz and recorded["choices"][0] != "new"]
    expected = [f"{recorded['choices'][0]}:{cmid}" for cmid in cmids] + ["new"]
    assert question.code == code
    assert [choice.value for choice in question.choices] == expected
    assert [choice.split(":")[0] for choice in choices] == [choice.split(":")[0] for choice in expected]
    assert question.sentence % question.facts
    assert all(choice.text % choice.facts for choice in question.choices)


CHOOSE = frozenset({"choose_section"})


@pytest.mark.parametrize(("name", "last"), [("04", "section:785"), ("10", "section:785")])
def test_the_teacher_chooses_the_section_and_the_default_comes_last(moodle, connector, order, name, last):
    moodle.will_answer(name)
    question = DIRECT.step(connector, order(options=CHOOSE))
    assert [choice.value for choice in question.choices] == ["section:786", "section:787", "section:788", last]
    names = [choice.text % choice.facts for choice in question.choices]
    assert names == [
        "New section (section 1)",
        "New section (section 2)",
        "New section (section 3)",
        "General",
    ]
    assert moodle.requests[0][0]["Examplary-Handle"] == CLAIMS[CLAIM + "handle"]


def test_a_chosen_section_is_kept_before_it_is_sent(moodle, connector, order):
    moodle.will_answer("06")
    kept_steps = []
    DIRECT.step(connector, order(options=CHOOSE, decision="section:787", keep=kept_steps.append))
    assert (kept_steps, moodle.latest[1]["section_id"], moodle.latest[1]["mode"]) == (
        [{"section_id": 787}],
        787,
        "auto",
    )


def test_a_chosen_section_survives_another_question(moodle, connector, order):
    moodle.will_answer("15")
    DIRECT.step(connector, order(options=CHOOSE, decision="new", progress={"section_id": 787}))
    assert (moodle.latest[1]["section_id"], moodle.latest[1]["mode"]) == (787, "new")


def test_the_section_of_an_existing_quiz_is_not_asked_for(moodle, connector, order):
    moodle.will_answer("07")
    earlier = EarlierImport(import_id="import-0", quiz_name="", quiz_url="")
    assert DIRECT.step(connector, order(options=CHOOSE, earlier=(earlier,))).outcome == "unchanged"
    assert "section_id" not in moodle.latest[1]


def test_a_deleted_section_is_asked_for_again(moodle, connector, order):
    moodle.will_answer("21")
    question = DIRECT.step(connector, order(decision="section:1", keep=lambda progress: None))
    recorded = recording("21")["response"]["body"]["error"]["sections"]
    assert {choice.value for choice in question.choices} == {f"section:{section['id']}" for section in recorded}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("19", "moodle.request_refused"),
        ("20", "moodle.request_refused"),
        ("23", "moodle.handle_refused"),
        ("24", "moodle.handle_refused"),
        ("25", "moodle.handle_expired"),
        ("26", "moodle.permission_missing"),
        ("27", "moodle.course_closed"),
        ("28", "moodle.service_off"),
        ("29", "moodle.course_closed"),
        ("30", "moodle.course_closed"),
        ("31", "moodle.too_large"),
        ("32", "moodle.request_refused"),
        ("33", "moodle.request_refused"),
        ("34", "moodle.questions_refused"),
        ("35", "moodle.busy"),
        ("36", "moodle.plugin_missing"),
        ("37", "moodle.course_closed"),
    ],
)
def test_every_recorded_refusal_has_its_sentence(moodle, connector, order, name, code):
    moodle.will_answer(name)
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order())
    assert refusal.value.code == code
    assert refusal.value.sentence % refusal.value.facts
    assert (refusal.value.retry_after is not None) == (code == "moodle.busy")


def test_a_missing_permission_is_named(moodle, connector, order):
    moodle.will_answer("26")
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order())
    capabilities = recording("26")["response"]["body"]["error"]["capabilities"]
    assert refusal.value.facts["capabilities"] == ", ".join(capabilities)


def test_refused_questions_have_moodles_words(moodle, connector, order):
    moodle.will_answer("34")
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order())
    (line,) = refusal.value.lines
    assert (line.number, line.name) == (1, "q1 choice")
    assert "Grades (0.37) do not match" in line.message


def test_a_token_that_is_no_longer_accepted_is_renewed_once(moodle, connector, order):
    moodle.will_answer("22", "06")
    assert DIRECT.step(connector, order()).outcome == "created"
    assert moodle.latest[0]["Authorization"] == "Bearer token-2"
    moodle.will_answer("22", "22")
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order())
    assert refusal.value.code == "moodle.service_off"


def test_a_token_is_used_for_several_imports(moodle, connector, order):
    moodle.will_answer("06", "07")
    DIRECT.step(connector, order())
    DIRECT.step(connector, order())
    assert moodle.tokens == 1


def test_a_scope_that_is_not_granted_is_the_administrators_matter(moodle, connector, order):
    moodle.token_answer = recording("03")["response"]
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order())
    assert refusal.value.code == "moodle.service_off"
    assert moodle.requests == []


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (413, "<html>Request Entity Too Large</html>", "moodle.too_large"),
        (404, "<html>Not found</html>", "moodle.plugin_missing"),
        (405, "", "moodle.plugin_missing"),
        (503, "<html>This site is undergoing maintenance</html>", "moodle.busy"),
        (500, '{"error": {"code": "internal", "reference": "r-1"}}', "moodle.failed"),
        (418, '{"error": {"code": "new_code"}}', "moodle.request_refused"),
        (409, '{"error": {"code": "new_code", "choices": ["unheard_of"]}}', "moodle.request_refused"),
    ],
)
def test_answers_that_the_plugin_did_not_give(moodle, connector, order, status, body, code):
    moodle.answers.append(Response(body, status))
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order())
    assert refusal.value.code == code


@pytest.mark.parametrize("status", [502, 504])
def test_a_lost_answer_may_be_asked_for_again(moodle, connector, order, status):
    moodle.answers.append(Response("<html>Bad gateway</html>", status))
    with pytest.raises(ServiceUnreachable):
        DIRECT.step(connector, order())


def test_a_handle_that_has_run_out_is_not_sent(moodle, connector, order):
    late = order()
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order(grant={**late.grant, "handle_expires": "1"}))
    assert refusal.value.code == "moodle.handle_expired"
    assert moodle.requests == []


def test_more_questions_than_the_plugin_takes_are_not_sent(moodle, connector, order):
    many = tuple(QuestionToImport(f"q{number}", number, Decimal(1)) for number in range(1001))
    with pytest.raises(DirectImportError) as refusal:
        DIRECT.step(connector, order(questions=many))
    assert refusal.value.code == "moodle.too_many_questions"


def test_links_of_other_sites_are_ignored(moodle, connector, order):
    moodle.will_answer("06")
    imported = DIRECT.step(connector, order())
    assert all(line.link.startswith(moodle.base_url) for line in imported.lines)
    moodle.answers.append(Response('{"result": "created", "quiz": {"url": "javascript:alert(1)"}}', 201))
    with pytest.raises(Exception, match="no quiz"):
        DIRECT.step(connector, order())


@pytest.mark.parametrize("path", EXAMS, ids=lambda path: path.stem)
def test_the_report_lists_the_questions_of_the_package_in_order(path):
    """The plugin takes a list with one entry for each question of the XML."""
    exam = parse_exam(json.loads(path.read_text()))
    package = BytesIO()
    report = formats.get(DIRECT.format_name).write(exam, {}, package)
    names = etree.fromstring(package.getvalue()).xpath("question[not(@type='category')]/name/text/text()")
    arriving = [line for line in report.lines if line.verdict is not Verdict.LEFT_OUT]
    assert [int(name.split()[0]) for name in names] == [line.number for line in arriving]
    assert len({identifier.lower() for identifier in identifiers(line.question_id for line in arriving)}) == len(names)


def test_identifiers_are_valid_for_the_plugin():
    plain, spaced, same, empty, long = identifiers(["q1", "q 1", "Q1", "", "x" * 101])
    assert plain == "q1"
    assert len({identifier.lower() for identifier in (plain, spaced, same, empty, long)}) == 5
    assert identifiers(["q1", "q 1", "Q1"]) == [plain, spaced, same]


def test_the_registration_asks_for_the_service():
    plugin = plugin_for_family("moodle")
    assert plugin.scopes == (SCOPE,)
    assert plugin.custom_parameters == {"examplary_quiz": "1"}
