"""The sandbox's REST API as Canvas has it: migrations from the request to the quiz, and what can go wrong."""

from __future__ import annotations

import json

import pytest
import requests

from sandbox.faults import Fault
from tests.sandbox.lms.canvas_client import MIGRATIONS, PACKAGE, Application
from tests.sandbox.lms.conftest import LTI

TITLE = "Lab & Quiz"


@pytest.fixture
def application(world):
    application = Application(world)
    application.authorize()
    return application


@pytest.fixture
def behaviour(world):
    return world.lms.canvas.behaviour


@pytest.fixture
def course(world):
    return world.lms.canvas


def quizzes(application, **parameters):
    return application.get("/courses/1/quizzes", params=parameters).json()


def test_a_launch_names_host_course_and_user(world):
    custom = world.claims(world.person("teacher"), "/canvas/courses/1/external_tools/1/launch")[LTI + "custom"]
    assert custom == {
        "canvas_api_base_url": world.base_url,
        "canvas_api_domain": world.base_url.partition("://")[2],
        "canvas_course_id": "1",
        "canvas_user_id": "104",
    }


def test_from_the_request_to_the_quiz(application, world):
    migration = application.begin(overwrite_quizzes=False)
    assert migration.status_code == 200
    migration = migration.json()
    assert migration["workflow_state"] == "pre_processing"
    assert "settings" not in json.dumps(migration)
    assert migration["pre_attachment"]["upload_url"].startswith(world.lms.uploads_url)
    assert world.lms.uploads_url != world.base_url
    assert application.upload(migration).status_code == 201
    states = [application.get(migration["progress_url"]).json() for _ in range(2)]
    assert [(state["workflow_state"], state["completion"]) for state in states] == [("running", 50), ("completed", 100)]
    done = application.get(f"{MIGRATIONS}/{migration['id']}").json()
    assert (done["workflow_state"], done["migration_issues_count"]) == ("completed", 0)
    (quiz,) = quizzes(application, search_term="lab &")
    assert (quiz["title"], quiz["question_count"], quiz["published"]) == (TITLE, 13, False)
    assert "migration_id" not in quiz
    page = world.person("teacher").get(quiz["html_url"])
    assert page.ok
    assert "Lab &amp; Quiz" in page.text


def test_by_address(application, world):
    settings = {"file_url": f"{world.tool.base_url}/packages/canvas12-both.zip", "overwrite_quizzes": False}
    body = {"migration_type": "qti_converter", "settings": settings}
    migration = application.request("POST", MIGRATIONS, json=body).json()
    assert migration["workflow_state"] == "queued"
    assert application.follow(migration)["workflow_state"] == "completed"
    assert "Authorization" not in world.tool.package_requests[0]
    settings["file_url"] = f"{world.tool.base_url}/missing.zip"
    failed = application.follow(application.request("POST", MIGRATIONS, json=body).json())
    assert failed["workflow_state"] == "failed"
    assert "expected 200 got 404" in application.issues(failed)[0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"migration_type": "none"}, "Invalid migration_type"),
        ({"migration_type": "zip_file_importer"}, "Unsupported migration_type for context"),
        ({"migration_type": "qti_converter"}, "File upload, file_url, or content_export_id is required"),
    ],
)
def test_a_request_that_is_wrong(application, body, message):
    response = application.request("POST", MIGRATIONS, json=body)
    assert (response.status_code, response.json()) == (400, {"message": message})


def test_a_second_sending_is_a_second_quiz(application, course):
    application.send(overwrite_quizzes=False)
    second = application.send(overwrite_quizzes=False)
    first, other = course.present_quizzes
    assert (first.migration_id, other.migration_id) == ("g0123abc", f"{second['id']}_g0123abc")
    assert first.question_ids[0] == "i_text"
    assert other.question_ids[0] == f"{second['id']}_i_text"


def test_overwrite_updates_the_quiz_and_keeps_questions_that_the_package_lacks(application, course):
    application.send(overwrite_quizzes=False)
    (quiz,) = course.present_quizzes
    quiz.set_questions([*quiz.numbered_questions, ("i_old", quiz.quiz.questions[0])])
    application.send(overwrite_quizzes=True)
    assert [present.ident for present in course.present_quizzes] == [quiz.ident]
    assert quizzes(application)[0]["question_count"] == 14
    assert quiz.question_ids[-1] == "i_old"


def test_overwrite_revives_a_deleted_quiz_without_its_old_questions(application, course):
    application.send(overwrite_quizzes=False)
    (quiz,) = course.quizzes
    quiz.set_questions([*quiz.numbered_questions, ("i_old", quiz.quiz.questions[0])])
    quiz.deleted = True
    quiz.published = True
    assert quizzes(application) == []
    application.send(overwrite_quizzes=True)
    assert (quiz.deleted, quiz.published, len(quiz.question_ids)) == (False, False, 13)


def test_ids_of_a_deleted_quiz_are_not_used_again(application, course):
    application.send(overwrite_quizzes=False)
    course.quizzes[0].deleted = True
    application.send(overwrite_quizzes=False)
    assert course.quizzes[1].migration_id.endswith("_g0123abc")


@pytest.mark.parametrize("value", ["false", "0", "", 0])
def test_texts_and_numbers_are_true_as_in_ruby(application, course, value):
    application.send(overwrite_quizzes=False)
    application.send(overwrite_quizzes=value)
    assert len(course.quizzes) == 1


def test_a_form_has_no_booleans(application, course):
    application.send(overwrite_quizzes=False)
    form = {
        "migration_type": "qti_converter",
        "settings[overwrite_quizzes]": "false",
        "pre_attachment[name]": "exam.zip",
        "pre_attachment[size]": str(len(PACKAGE)),
    }
    migration = application.request("POST", MIGRATIONS, data=form).json()
    application.upload(migration)
    application.follow(migration)
    assert len(course.quizzes) == 1


def test_new_quizzes_replaces_the_classic_quiz(application, behaviour, course):
    application.send(import_quizzes_next=True)
    assert course.present_quizzes[0].kind == "classic"
    behaviour.features = ("quizzes_next",)
    application.send(import_quizzes_next=True, overwrite_quizzes=False)
    assert application.get("/courses/1/features/enabled").json() == ["quizzes_next"]
    assert len(quizzes(application)) == 1
    listed = application.get("/courses/1/all_quizzes").json()
    (new,) = [quiz for quiz in listed if quiz["quiz_type"] == "quizzes.next"]
    assert (new["workflow_state"], new["id"], new["migration_id"]) == ("importing", new["assignment_id"], None)
    assignment = application.get(f"/courses/1/assignments/{new['id']}").json()
    assert (assignment["workflow_state"], assignment["is_quiz_lti_assignment"]) == ("unpublished", True)


def test_a_new_quiz_sent_again_is_a_second_one(application, behaviour, course):
    behaviour.features = ("quizzes_next",)
    application.send(import_quizzes_next=True, overwrite_quizzes=False)
    application.send(import_quizzes_next=True, overwrite_quizzes=True)
    assert [quiz.kind for quiz in course.present_quizzes] == ["new", "new"]


def test_modules_and_groups_take_the_quiz_and_unknown_ones_are_ignored(application, course):
    application.send(insert_into_module_id=12, move_to_assignment_group_id=2, overwrite_quizzes=False)
    application.send(insert_into_module_id=99, move_to_assignment_group_id=99, overwrite_quizzes=True)
    (item,) = application.get("/courses/1/modules/12/items").json()
    assert (item["type"], item["content_id"]) == ("Quiz", course.present_quizzes[0].ident)
    assert course.present_quizzes[0].group_id == 2
    assert application.get("/courses/1/modules").json()[1]["items_count"] == 1


def test_one_migration_at_a_time(application):
    first, second = application.begin().json(), application.begin().json()
    for migration in (first, second):
        application.upload(migration)
    assert application.get(second["progress_url"]).json()["workflow_state"] == "queued"
    assert application.follow(second)["workflow_state"] == "completed"
    assert application.get(f"{MIGRATIONS}/{first['id']}").json()["workflow_state"] == "completed"


def test_an_upload_that_never_comes(application, clock, world):
    migration = application.begin().json()
    clock.ahead = 3601
    application.access_token = application.refresh().json()["access_token"]
    assert application.follow(migration)["workflow_state"] == "failed"
    assert application.issues(migration) == ["The file upload process timed out."]


def test_the_upload_refuses_credentials_and_other_orders(application):
    migration = application.begin().json()
    assert application.upload(migration, headers={"Authorization": "Bearer x"}).status_code == 400
    target = migration["pre_attachment"]
    parts = [("file", ("exam.zip", PACKAGE)), *((name, (None, text)) for name, text in target["upload_params"].items())]
    assert requests.post(target["upload_url"], files=parts, timeout=60).status_code == 400
    on_canvas = target["upload_url"].replace("localhost", "127.0.0.1")
    assert requests.post(on_canvas, data=target["upload_params"], timeout=60).status_code == 404
    assert application.upload(migration).status_code == 201


@pytest.mark.parametrize(("manner", "status"), [("201_location", 201), ("303", 303)])
def test_an_upload_may_be_confirmed_at_another_address(application, behaviour, manner, status):
    behaviour.upload = manner
    migration = application.begin().json()
    response = application.upload(migration)
    assert response.status_code == status
    assert requests.get(response.headers["Location"], timeout=60).status_code == 401
    assert application.get(response.headers["Location"]).ok
    assert application.follow(migration)["workflow_state"] == "completed"


def test_an_upload_may_be_refused_or_sent_elsewhere(application, behaviour):
    behaviour.upload = "403"
    migration = application.begin().json()
    assert application.upload(migration).status_code == 403
    behaviour.upload = "foreign"
    assert "elsewhere.example" in application.upload(migration).headers["Location"]


def test_over_quota_is_status_200(application, behaviour):
    behaviour.quota_bytes = 10
    refused = application.begin()
    assert refused.status_code == 200
    assert refused.json()["pre_attachment"] == {"message": "file size exceeds quota", "error": True}
    assert refused.json()["workflow_state"] == "failed"


@pytest.mark.parametrize(
    ("ending", "state", "issue", "count"),
    [
        ("failed", "failed", "There was an unexpected error, please contact support.", 0),
        ("failed_silently", "failed", None, 0),
        ("blocked", "failed", "Blocked by running migration", 0),
        ("no_quiz", "completed", None, 0),
        ("two_quizzes", "completed", None, 2),
        ("warnings", "completed", 'Import Error: Quiz Question - "', 1),
    ],
)
def test_every_end_of_a_migration(application, behaviour, ending, state, issue, count):
    behaviour.ending = ending
    migration = application.send()
    assert migration["workflow_state"] == state
    issues = application.issues(migration)
    assert issues == [] if issue is None else issues[0].startswith(issue)
    listed = quizzes(application, search_term=TITLE)
    assert len(listed) == count
    assert all(quiz["question_count"] == (12 if ending == "warnings" else 13) for quiz in listed)


def test_messages_may_be_in_another_language(application, behaviour):
    behaviour.language = "nl"
    behaviour.ending = "failed"
    assert application.issues(application.send())[0].startswith("Er is een onverwachte fout")
    behaviour.may_add = False
    assert "gemachtigd" in application.begin().json()["errors"][0]["message"]


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("change", [{"may_add": False}, {"state": "completed"}])
def test_a_missing_permission_names_no_scheme(application, behaviour, status, change):
    for name, value in {**change, "denial": status}.items():
        setattr(behaviour, name, value)
    refused = application.begin()
    assert refused.status_code == status
    assert refused.json() == {
        "status": "unauthorized",
        "errors": [{"message": "user not authorized to perform that action"}],
    }
    assert "WWW-Authenticate" not in refused.headers
    requests_sent = application.get("/courses/1/permissions", params={"permissions[]": "manage_course_content_add"})
    assert requests_sent.json() == {"manage_course_content_add": False}


def test_a_student_may_add_nothing(world):
    student = Application(world)
    student.authorize("student")
    assert student.begin().status_code == 401
    assert student.get("/courses/1/features/enabled").status_code == 401


def test_unknown_ids_and_a_deleted_course(application, behaviour):
    missing = {"errors": [{"message": "The specified resource does not exist."}]}
    for path in ("/courses/2/quizzes", "/progress/9", f"{MIGRATIONS}/9", "/courses/1/assignments/9"):
        response = application.get(path)
        assert (response.status_code, response.json()) == (404, missing), path
    behaviour.state = "deleted"
    assert application.begin().json() == missing


def test_without_the_quizzes_tab_only_the_list_is_refused(application, behaviour):
    behaviour.quizzes_tab = False
    assert application.send()["workflow_state"] == "completed"
    assert application.get("/courses/1/quizzes").status_code == 401


@pytest.mark.parametrize("status", [403, 429])
def test_throttling_in_both_forms(application, behaviour, status):
    behaviour.throttled = 1
    behaviour.throttle_status = status
    refused = application.get("/courses/1/quizzes")
    assert (refused.status_code, refused.headers["Content-Type"].partition(";")[0]) == (status, "text/plain")
    assert "Rate Limit Exceeded" in refused.text
    assert refused.headers["x-rate-limit-remaining"] == "0.0"
    assert "Retry-After" not in refused.headers
    assert application.get("/courses/1/quizzes").ok


def test_a_bucket_fills_and_leaks(application, world, clock):
    response = application.get("/courses/1/quizzes")
    assert float(response.headers["x-rate-limit-remaining"]) < 600
    world.lms.canvas_tokens.bucket(f"Bearer {application.access_token}").level = 590
    assert application.get("/courses/1/quizzes").status_code == 403
    clock.ahead = 10
    assert application.get("/courses/1/quizzes").ok


def test_lists_come_in_pages(application, course):
    for _ in range(12):
        application.send(overwrite_quizzes=False)
    first = application.get("/courses/1/quizzes")
    assert (len(first.json()), set(first.links)) == (10, {"current", "next", "first", "last"})
    second = application.get(first.links["next"]["url"])
    assert len(second.json()) == 2
    assert "next" not in second.links
    assert len(quizzes(application, per_page=1000)) == 12


def test_ids_beyond_2_to_the_53(application, course, world):
    course.first_id = 2**53 + 1
    migration = application.send()
    assert migration["id"] == 2**53 + 1
    (quiz,) = application.get("/courses/1/quizzes", headers={"Accept": "application/json+canvas-string-ids"}).json()
    assert quiz["id"] == str(2**53 + 1)
    assert world.person("teacher").get(quiz["html_url"]).ok


def test_a_client_without_a_name_is_refused(application):
    raw = requests.Request("GET", f"{application.world.base_url}/api/v1/courses/1/quizzes").prepare()
    raw.headers["User-Agent"] = ""
    with requests.Session() as session:
        assert session.send(raw, timeout=60).status_code == 403


def test_an_answer_may_be_lost_after_the_migration_began(application, course, world):
    world.lms.faults.script("POST /api/v1/courses/{id}/content_migrations", Fault(lost=True))
    with pytest.raises(requests.ConnectionError):
        application.begin()
    assert len(course.migrations) == 1
    (migration,) = application.get(MIGRATIONS).json()
    assert migration["workflow_state"] == "pre_processing"


def test_faults_and_their_count_over_http(application, world):
    endpoint = "GET /api/v1/progress/{id}"
    faults = {"endpoint": endpoint, "faults": [{}, {"html": True}]}
    requests.post(f"{world.base_url}/_control/faults", json=faults, timeout=60)
    requests.post(f"{world.base_url}/_control", json={"canvas_api": {"queue_polls": 1}}, timeout=60)
    migration = application.begin().json()
    application.upload(migration)
    statuses = [application.get(migration["progress_url"]).status_code for _ in range(3)]
    assert statuses == [200, 502, 200]
    calls = requests.get(f"{world.base_url}/_control/journal", timeout=60).json()
    assert sum(f"{call['method']} {call['path']}" == endpoint for call in calls) == 3


def test_a_first_answer_may_name_no_progress(application, behaviour):
    behaviour.has_progress_url = False
    migration = application.begin().json()
    assert migration["progress_url"] is None
    assert application.get(f"{MIGRATIONS}/{migration['id']}").json()["progress_url"]


def test_no_secret_is_in_the_state(application, world):
    migration = application.begin().json()
    state = json.dumps(world.state())
    for secret in (
        application.access_token,
        application.refresh_token,
        migration["pre_attachment"]["upload_params"]["token"],
    ):
        assert secret not in state
