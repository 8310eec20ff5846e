"""The sandbox's plugin for Moodle: it has the fields of the conversation recorded on a real Moodle, and no others."""

from __future__ import annotations

import gzip
import json
import time

import pytest
import requests

from tests.support.recorded_moodle import recording

CLAIM = "https://purl.examplary.ai/lti/moodle/claim/"
SCOPE = "https://purl.examplary.ai/lti/moodle/scope/quizzes"
OPEN = "/moodle/mod/lti/contentitem.php?id=2&course=2&placement=course_page"


def question(name, text="Which?"):
    return (
        f'<question type="truefalse"><name><text>{name}</text></name><questiontext format="html"><text>{text}</text>'
        '</questiontext><defaultgrade>1</defaultgrade><answer fraction="100"><text>true</text></answer>'
        '<answer fraction="0"><text>false</text></answer></question>'
    )


def exam(*names, marks=None, **more):
    listed = [{"id": name, "mark": (marks or {}).get(name, "1")} for name in names]
    xml = f"<quiz>{''.join(map(question, names))}</quiz>"
    return {"quiz": {"name": "Waves & light", "time_limit": 3600}, "questions": listed, "xml": xml} | more


class Service:
    """The plugin's service as a tool calls it."""

    def __init__(self, world):
        world.lms.moodle_plugin = True
        self.world = world
        self.token_answer = self.ask_token(SCOPE)
        self.token = self.token_answer.json()["access_token"]
        self.claims = world.claims(world.person("teacher"), OPEN)
        self.url = f"{self.claims[CLAIM + 'quizzes_url']}/exam_1"

    def ask_token(self, scope):
        moment = int(time.time())
        client_id = self.world.lms.client_id("moodle")
        assertion = {"iss": client_id, "sub": client_id, "aud": "x", "iat": moment - 5, "exp": moment + 60}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.world.tool.sign(assertion),
            "scope": scope,
        }
        return requests.post(f"{self.world.base_url}/moodle/mod/lti/token.php", data=form, timeout=60)

    def handle_of(self, account):
        return self.world.claims(self.world.person(account), OPEN)[f"{CLAIM}handle"]

    def request(self, method, url, body=None, **headers):
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Examplary-Handle": self.claims[f"{CLAIM}handle"],
            "Accept": "application/json",
            **({"Content-Type": "application/json", "Content-Encoding": "gzip"} if body is not None else {}),
            **headers,
        }
        data = None if body is None else gzip.compress(json.dumps(body).encode())
        return requests.request(method, url, data=data, headers=headers, timeout=60)

    def put(self, body, **headers):
        return self.request("PUT", self.url, body, **headers)

    @property
    def quiz(self):
        return self.world.lms.moodle.quiz_store.quizzes[-1]


@pytest.fixture
def service(world):
    return Service(world)


def shape(value):
    """Return the fields and types of a JSON value; of a list, those of its first entry."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def assert_as_recorded(response, name):
    recorded = recording(name)["response"]
    assert response.status_code == recorded["status"]
    assert _same(shape(response.json()), shape(recorded["body"])), (shape(response.json()), shape(recorded["body"]))


def _same(ours, theirs):
    """Compare shapes; of two lists, one may be empty."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return not ours or not theirs or _same(ours[0], theirs[0])
    return ours == theirs


def test_a_teachers_launch_has_the_recorded_claims(service):
    recorded = {name for name in recording("01")["claims"] if name.startswith(CLAIM)}
    assert {name for name in service.claims if name.startswith(CLAIM)} == recorded
    assert all(isinstance(service.claims[name], str) for name in recorded)
    assert service.claims[f"{CLAIM}placement"] == "course_page"


def test_the_activity_form_is_named(service, world):
    claims = world.claims(world.person("teacher"), "/moodle/mod/lti/contentitem.php?id=2&course=2")
    assert claims[f"{CLAIM}placement"] == "activity_form"


def test_without_the_plugin_there_are_no_claims_and_no_scope(service, world):
    world.lms.moodle_plugin = False
    claims = world.claims(world.person("teacher"), "/moodle/mod/lti/contentitem.php?id=2&course=2")
    assert not any(name.startswith(CLAIM) for name in claims)
    assert_as_recorded(service.ask_token(SCOPE), "03")


def test_the_token(service):
    assert_as_recorded(service.token_answer, "02")
    assert service.ask_token("other").json() == {"error": "invalid_scope"}


def test_the_course_and_the_exam(service):
    course = service.claims[f"{CLAIM}quizzes_url"]
    assert_as_recorded(service.request("GET", course), "04")
    assert_as_recorded(service.request("GET", service.url), "05")
    service.put(exam("q1", "q2"))
    assert_as_recorded(service.request("GET", course), "10")
    assert_as_recorded(service.request("GET", service.url), "08")


def test_a_quiz_is_made_then_unchanged_then_updated(service):
    assert_as_recorded(service.put(exam("q1", "q2")), "06")
    assert_as_recorded(service.put(exam("q1", "q2")), "07")
    updated = service.put(exam("q2", "q3", marks={"q2": "2.5"}))
    assert_as_recorded(updated, "09")
    body = updated.json()
    assert [(question["id"], question["action"], question["mark"]) for question in body["questions"]] == [
        ("q2", "kept", 2.5),
        ("q3", "created", 1.0),
    ]
    assert body["removed"] == [{"id": "q1", "name": "q1"}]


def test_a_colleague_and_a_change_ask_first(service):
    service.put(exam("q1"))
    colleague = {"Examplary-Handle": service.handle_of("teacher2")}
    assert service.put(exam("q1"), **colleague).json()["result"] == "unchanged"
    assert_as_recorded(service.put(exam("q1", "q2"), **colleague), "11")
    service.quiz.changed = ["q1"]
    assert_as_recorded(service.put(exam("q1")), "12")
    assert_as_recorded(service.put(exam("q1", mode="update", cmid=service.quiz.cmid)), "13")


def test_attempts_keep_the_questions_and_a_new_quiz_is_made_once(service):
    service.put(exam("q1"))
    service.quiz.attempts = 1
    assert_as_recorded(service.put(exam("q1", "q2")), "14")
    again = exam("q1", "q2", mode="new", request_id="click-1")
    assert_as_recorded(service.put(again), "15")
    assert service.put(again).json()["result"] == "created"
    assert [quiz.is_current for quiz in service.world.lms.moodle.quiz_store.quizzes] == [False, True]


def test_a_repeated_request_has_the_result_of_the_first(service):
    created, updated = exam("q1", request_id="r1"), exam("q1", "q2", request_id="r2")
    for body, result in ((created, "created"), (updated, "updated")):
        assert [service.put(body).json()["result"] for _ in range(2)] == [result, result]
    assert service.put(exam("q1", "q2", request_id="r3")).json()["result"] == "unchanged"
    assert len(service.world.lms.moodle.quiz_store.quizzes) == 1


def test_a_copied_quiz_is_adopted_or_ignored(service):
    service.put(exam("q1"))
    copy = service.quiz.cmid
    service.world.lms.moodle.quiz_store.copy_course()
    assert_as_recorded(service.request("GET", service.url), "16")
    assert_as_recorded(service.put(exam("q1")), "17")
    assert_as_recorded(service.put(exam("q1", "q2", mode="adopt", cmid=copy)), "18")
    assert [quiz.cmid for quiz in service.world.lms.moodle.quiz_store.quizzes] == [copy]
    service.world.lms.moodle.quiz_store.copy_course()
    assert service.put(exam("q1", mode="new", request_id="click-1")).json()["result"] == "created"
    assert service.put(exam("q1", "q3")).json()["result"] == "updated"


def test_a_new_quiz_goes_to_the_chosen_section_and_the_next_follows(service):
    course = service.request("GET", service.claims[f"{CLAIM}quizzes_url"]).json()
    assert course["default_section_id"] == course["sections"][0]["id"]
    section = course["sections"][-1]["id"]
    assert_as_recorded(service.put(exam("q1", section_id=1)), "21")
    assert service.put(exam("q1", section_id=section)).json()["quiz"]["section_id"] == section
    course = service.request("GET", service.claims[f"{CLAIM}quizzes_url"]).json()
    assert course["default_section_id"] == section


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ([], "19"),
        ({"quiz": {"name": ""}, "questions": [{}], "xml": ""}, "20"),
        (exam("q1") | {"questions": [{"id": "q1", "mark": 1}, {"id": "q2", "mark": 1}]}, "33"),
        (exam("q1") | {"xml": '<quiz><question type="stack"></question></quiz>'}, "34"),
    ],
)
def test_a_wrong_body_is_refused_as_recorded(service, body, name):
    assert_as_recorded(service.put(body), name)
    assert service.world.lms.moodle.quiz_store.quizzes == []


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Authorization": "Bearer other"}, "22"),
        ({"Examplary-Handle": "sodium:other"}, "23"),
        ({"Content-Type": "application/xml"}, "36"),
    ],
)
def test_a_wrong_header_is_refused_as_recorded(service, headers, name):
    assert_as_recorded(service.put(exam("q1"), **headers), name)


@pytest.mark.parametrize(("fault", "name"), [("busy", "35"), ("permission", "26")])
def test_faults_look_as_recorded(service, fault, name):
    service.world.lms.moodle_faults = [fault]
    assert_as_recorded(service.put(exam("q1")), name)
    assert service.put(exam("q1")).status_code == 201


def test_a_handle_runs_out(service):
    for handle, (account, _) in service.world.lms.handles.items():
        service.world.lms.handles[handle] = (account, 0)
    assert_as_recorded(service.put(exam("q1")), "25")


def test_an_answer_may_be_lost_after_the_work_was_done(service):
    service.world.lms.moodle_faults = ["lost", "down"]
    assert service.put(exam("q1")).status_code == 504
    assert service.put(exam("q1")).status_code == 502
    assert service.put(exam("q1")).json()["result"] == "unchanged"


def test_students_see_no_hidden_quiz_and_no_entry(service):
    service.put(exam("q1"))
    student = service.world.person("student")
    course = student.get("/moodle/course/view.php?id=2").text
    assert "Waves" not in course
    assert "examplary/open.php" not in course
    assert student.get(f"/moodle/mod/quiz/view.php?id={service.quiz.cmid}").status_code == 404
    assert student.get("/moodle/mod/lti/service/examplary/open.php?course=2").status_code == 403
    teacher = service.world.person("teacher").get(f"/moodle/mod/quiz/view.php?id={service.quiz.cmid}").text
    assert "Hidden from students" in teacher
    assert "q1" in teacher


def test_no_handle_is_in_the_state(service):
    assert service.claims[f"{CLAIM}handle"] not in json.dumps(service.world.state())
