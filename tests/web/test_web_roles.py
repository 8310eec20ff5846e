"""Permissions of each role: each cell of the table in docs/security.md, by signed launches over real HTTP."""

from pathlib import Path

import pytest
import requests

from lti_tool.models import ExamCourse, Generation, Launch, LmsUser, db
from sandbox.plain_browser import localhost_session
from sandbox.serve import serve
from tests.support.launch_settings import MOODLE_SETTINGS
from tests.support.signing_lms import CORE, SigningLms

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
LIS = "http://purl.imsglobal.org/vocab/lis/v2"
MEMBERSHIP = f"{LIS}/membership#"
ADMINISTRATOR = f"{LIS}/institution/person#Administrator"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
DESIGNER = "https://school.example.org/roles#CourseDesigner"
DEAN = f"{LIS}/institution/person#Faculty"
AUTHOR = "teacher-1"
QUESTION = "q_dtkBAh45Qk6HZOvSYYIZ0TEQ"
ACTIONS = ("make", "change", "send", "see", "share")

PEOPLE = {
    "author of the exam": (AUTHOR, [f"{MEMBERSHIP}Instructor"]),
    "co-teacher of the course": ("p2", [f"{MEMBERSHIP}Instructor"]),
    "teaching assistant of the course": ("p3", [f"{LIS}/membership/Instructor#TeachingAssistant"]),
    "content developer of the course": ("p4", [f"{MEMBERSHIP}ContentDeveloper"]),
    "teacher of another course": ("p5", [f"{MEMBERSHIP}Instructor"]),
    "administrator without a role in the course": ("p6", [ADMINISTRATOR]),
    "the same, with `LTI_TOOL_ADMINISTRATORS_MAY_AUTHOR=false`": ("p6", [ADMINISTRATOR]),
    "administrator acting as the author": (AUTHOR, [f"{MEMBERSHIP}Instructor", ADMINISTRATOR]),
    "administrator acting as a student": ("p7", [f"{MEMBERSHIP}Learner", ADMINISTRATOR]),
    "observer (mentor)": ("p8", [f"{MEMBERSHIP}Mentor"]),
    "teacher in the LMS's student view": ("p9", [f"{MEMBERSHIP}Learner", TEST_USER]),
    "person who only grades": ("p10", [f"{MEMBERSHIP}Instructor", f"{LIS}/membership/Instructor#Grader"]),
    "student": ("p7", [f"{MEMBERSHIP}Learner"]),
    "course designer, whose role the platform's settings count as a teacher's": ("p11", [DESIGNER]),
    "the same without that setting": ("p11", [DESIGNER]),
    "student who has that role as well": ("p7", [f"{MEMBERSHIP}Learner", DESIGNER]),
    "observer who has that role as well": ("p8", [f"{MEMBERSHIP}Mentor", DESIGNER]),
    "teacher with a role that the settings count as nobody's": ("p12", [f"{MEMBERSHIP}Instructor", "Examiner"]),
    "dean without a role in the course, counted as an administrator": ("p13", [DEAN]),
    "the dean, with `LTI_TOOL_ADMINISTRATORS_MAY_AUTHOR=false`": ("p13", [DEAN]),
}
"""The person's ``sub`` and roles in each row."""


def documented():
    """Return the table of the document: person to the actions that they may do."""
    rows = [line.strip("|").split("|") for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row] for row in rows]
    start = cells.index(["person", *ACTIONS]) + 1
    table = {}
    for person, *answers in cells[start:]:
        assert set(answers) <= {"yes", "no"}
        table[person] = {action for action, answer in zip(ACTIONS, answers, strict=True) if answer == "yes"}
    return table


TABLE = documented()


def test_every_row_is_tried():
    assert set(TABLE) == set(PEOPLE)


@pytest.fixture
def server(app, services):
    services.tool_keys.ensure()
    with serve(app, "tool.localhost") as running:
        yield running.base_url


@pytest.fixture
def settings(settings, request):
    person = request.node.callspec.params.get("person", "") if hasattr(request.node, "callspec") else ""
    return settings.model_copy(update={"administrators_may_author": "MAY_AUTHOR=false" not in person})


@pytest.fixture(autouse=True)
def overrides(platform, services, request):
    """The platform's role settings, in the rows that mention them."""
    person = request.node.callspec.params.get("person", "") if hasattr(request.node, "callspec") else ""
    if person not in ("", "the same without that setting"):
        roles = [f"{DESIGNER}=teacher", "Examiner=nobody", f"{DEAN}=administrator"]
        services.platforms.change(platform, {"role_overrides": roles})


@pytest.fixture
def exam(keep_exam):
    return keep_exam(sub=AUTHOR, title="Cells and leaves")


@pytest.fixture
def unfinished(make_launch, make_generation):
    return make_generation(make_launch(AUTHOR))


class HttpLms(SigningLms):
    """The LMS of :class:`SigningLms`, for a browser that speaks HTTP."""

    def __init__(self, lms, base_url):
        super().__init__(lms.client, lms._key)
        self.base_url = base_url

    def open(self, sub, roles, context):
        """Launch in a new browser; return it and the address of the launch."""
        browser = localhost_session()
        login = browser.post(f"{self.base_url}/lti/login", data=self.request(), allow_redirects=False)
        login.location = login.headers["Location"]
        claims = {"sub": sub, f"{CORE}roles": roles, f"{CORE}context": {"id": context, "title": "Biology 101"}}
        deep = {f"{CORE}message_type": "LtiDeepLinkingRequest", DEEP_LINKING: MOODLE_SETTINGS}
        form = self.form(login, **claims, **deep)
        opened = browser.post(f"{self.base_url}/lti/launch", data=form, allow_redirects=False)
        assert opened.status_code == 303, opened.text
        return browser, self.base_url + opened.headers["Location"]


@pytest.fixture
def http_lms(lms, server):
    return HttpLms(lms, server)


def attempts(exam, unfinished):
    """Return, by action, the requests that it consists of."""
    return {
        "see": [("GET", f"exams/{exam.id}")],
        "share": [
            ("GET", f"exams/{exam.id}/download/moodle-xml"),
            ("POST", f"exams/{exam.id}/tab"),
            ("POST", f"exams/{exam.id}/links/revoke"),
            ("POST", f"exams/{exam.id}/duplicate"),
        ],
        "make": [("POST", "generations")],
        "change": [
            ("GET", f"generations/{unfinished.id}/state"),
            ("POST", f"generations/{unfinished.id}/tab"),
            ("POST", f"generations/{unfinished.id}/hint"),
            ("POST", f"generations/{unfinished.id}/retry"),
            ("POST", f"generations/{unfinished.id}/cancel"),
            ("GET", f"exams/{exam.id}/settings"),
            ("GET", f"exams/{exam.id}/question?question={QUESTION}"),
            ("GET", f"exams/{exam.id}/delete"),
            *(("POST", f"exams/{exam.id}/{path}") for path in ("change", "settings", "undo", "merge")),
        ],
        "send": [("POST", f"exams/{exam.id}/add")],
    }


@pytest.mark.parametrize("person", PEOPLE)
def test_permissions_are_those_of_the_table(http_lms, exam, unfinished, person):
    browser, address = http_lms.open(*PEOPLE[person], "course-2" if "another" in person else "course-1")
    outcomes, bodies = {}, []
    for action, tries in attempts(exam, unfinished).items():
        responses = [browser.request(method, address + path, allow_redirects=False) for method, path in tries]
        assert all(response.status_code < 500 for response in responses)
        outcomes[action] = {response.status_code < 400 for response in responses}
        bodies += [response.text for response in responses]
    assert outcomes == {action: {action in TABLE[person]} for action in outcomes}
    if "see" not in TABLE[person]:
        assert "Cells and leaves" not in "".join([*bodies, browser.get(address).text])


class TestStolenAddress:
    """A copied launch address: the teacher's address in another browser, and in a student's."""

    @pytest.fixture
    def address(self, http_lms, exam):
        browser, address = http_lms.open(AUTHOR, [f"{MEMBERSHIP}Instructor"], "course-1")
        assert "Cells and leaves" in browser.get(address).text
        return address

    @pytest.fixture
    def student(self, http_lms):
        return http_lms.open("student-1", [f"{MEMBERSHIP}Learner"], "course-1")

    @pytest.mark.parametrize("who", ["stranger", "student"])
    def test_it_shows_nothing_and_starts_nothing(self, address, exam, unfinished, student, who):
        browser = student[0] if who == "student" else requests.Session()
        paths = [attempt for tries in attempts(exam, unfinished).values() for attempt in tries]
        for method, path in [("GET", ""), ("POST", "cancel"), *paths]:
            response = browser.request(method, address + path)
            assert (response.status_code, "access.other_browser" in response.text) == (403, True)
            assert not {"Cells and leaves", "Biology 101"} & set(response.text.splitlines())
            assert "Cells and leaves" not in response.text
            assert "Biology 101" not in response.text
        assert db.session.query(Generation).one().state == "open"
        assert db.session.query(ExamCourse).count() == 0
        assert {launch.answered_with for launch in db.session.query(Launch)} == {""}

    def test_the_students_cookie_does_not_help(self, address, student):
        browser, _ = student
        (cookie,) = [cookie for cookie in browser.cookies if cookie.name == "examplary_launch"]
        response = requests.get(address, headers={"Cookie": f"{cookie.name}={cookie.value}"})
        assert (response.status_code, "Cells and leaves" in response.text) == (403, False)

    def test_nothing_begins_on_the_teachers_account(self, address, control):
        requests.post(f"{address}generations")
        assert control.count("POST /embed-sessions") == 0
        assert db.session.query(LmsUser).filter_by(sub=AUTHOR).one().examplary_user_id is None
