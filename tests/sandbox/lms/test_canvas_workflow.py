"""The Canvas-like course over real HTTP: launch, answer, import, quiz."""

from __future__ import annotations

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import html as lxml_html

from tests.support.addresses import query_of

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LTI_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = LTI_DL + "deep_linking_settings"
FIND = "/canvas/courses/1/external_tools/1/resource_selection?placement=migration_selection"
FIND_ASSIGNMENT = "/canvas/courses/1/external_tools/1/resource_selection?placement=assignment_selection"
NAVIGATION = "/canvas/courses/1/external_tools/1/launch"
MIGRATIONS = "/canvas/courses/1/content_migrations"


def file_item(world, name: str = "canvas12-both.zip") -> dict:
    return {"type": "file", "url": f"{world.tool.base_url}/packages/{name}", "text": "Lab & Quiz"}


def answer(world, client, launch: dict, items: list[dict], sign: dict | None = None, **changes: object):
    token = world.tool.sign(world.tool.claims(launch, items, **changes), **(sign or {}))
    return client.post(launch[SETTINGS]["deep_link_return_url"], data={"JWT": token})


def message(page) -> dict:
    return json.loads(lxml_html.fromstring(page.text).xpath("//@data-canvas-message")[0])


def migrate(client, url: str):
    return client.post(MIGRATIONS, data={"settings[file_url]": url})


def test_asks_for_a_file_when_a_teacher_imports_content(world) -> None:
    launch = world.claims(world.person("teacher"), FIND)
    settings = launch[SETTINGS]
    assert launch[LTI + "message_type"] == "LtiDeepLinkingRequest"
    assert settings["accept_types"] == ["file"]
    assert "application/zip" in settings["accept_media_types"].split(",")
    assert (settings["accept_multiple"], settings["auto_create"]) == (False, False)
    assert "data" not in settings
    assert "?data=" in settings["deep_link_return_url"]
    assert launch[LTI + "roles"][-1].endswith("system/person#User")
    assert launch[LTI + "tool_platform"]["product_family_code"] == "canvas"
    assert launch["name"] == "Tess Teacher"
    assert launch["https://www.instructure.com/placement"] == "migration_selection"


def test_offers_platform_storage_at_login(world) -> None:
    world.claims(world.person("teacher"), FIND)
    login = world.tool.logins[-1]
    assert login["lti_storage_target"] == "post_message_forwarding"
    assert login["deployment_id"] == login["lti_deployment_id"]
    page = world.person("teacher").get("/canvas/courses/1")
    frame = lxml_html.fromstring(page.text).xpath("//iframe[@name='post_message_forwarding']/@src")[0]
    assert world.person("teacher").get(frame).ok


def test_imports_a_package_into_the_course(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, FIND)
    page = answer(world, teacher, launch, [file_item(world)])
    item = message(page)["content_items"][0]
    assert (message(page)["subject"], item["text"]) == ("LtiDeepLinkingResponse", "Lab & Quiz")
    assert world.lms.canvas.quizzes == []

    jobs = migrate(teacher, item["url"])
    assert "Completed" in jobs.text
    quiz = world.lms.canvas.quizzes[0].quiz
    assert (quiz.title, quiz.total_points, len(quiz.questions)) == ("Lab & Quiz", 34.5, 13)
    assert "Cookie" not in world.tool.package_requests[0]
    assert "Authorization" not in world.tool.package_requests[0]

    quiz_page = teacher.get("/canvas/courses/1/quizzes/1")
    assert "Correct answer" in quiz_page.text
    assert "→ Italy" in quiz_page.text
    source = lxml_html.fromstring(quiz_page.text).xpath("//ol[@id='questions']//img/@src")[0]
    assert teacher.get(source).content.startswith(b"\x89PNG")


def test_shows_a_student_the_questions_but_never_the_keys(world) -> None:
    teacher, student = world.person("teacher"), world.person("student")
    migrate(teacher, file_item(world)["url"])
    assert student.get("/canvas/courses/1/quizzes/1").status_code == 404
    assert "Lab" not in student.get("/canvas/courses/1/quizzes").text
    assert student.get("/canvas/courses/1/files/1/images/cat%20one.png").status_code == 404

    assert student.post("/canvas/courses/1/quizzes/1/publish").status_code == 403
    teacher.post("/canvas/courses/1/quizzes/1/publish")
    page = student.get("/canvas/courses/1/quizzes/1")
    assert "Gas giants" in page.text
    for key in ("Correct", "right", "Paname", "Madrid", "3.14", "Well done", "Nope", "Not this", "Rubric", "weight"):
        assert key not in page.text.replace("copyright", ""), key
    assert "Export" not in page.text


def test_students_cannot_open_pages_for_teachers(world) -> None:
    student = world.person("student")
    for path in (FIND, MIGRATIONS, "/canvas/courses/1/settings", "/canvas/courses/1/assignments/new"):
        assert student.get(path).status_code == 403, path


def test_launches_from_course_navigation_without_deep_linking(world) -> None:
    launch = world.claims(world.person("student"), NAVIGATION)
    assert launch[LTI + "message_type"] == "LtiResourceLinkRequest"
    assert SETTINGS not in launch
    assert launch[LTI + "roles"][0].endswith("#Learner")


def test_creates_an_assignment_from_a_link(world) -> None:
    teacher, student = world.person("teacher"), world.person("student")
    launch = world.claims(teacher, FIND_ASSIGNMENT)
    assert launch[SETTINGS]["accept_types"] == ["ltiResourceLink"]
    target = f"{world.tool.base_url}/launch?exam=1"
    link = {"type": "ltiResourceLink", "url": target, "title": "Exam", "custom": {"exam_id": "42"}}
    received = message(answer(world, teacher, launch, [link | {"lineItem": {"scoreMaximum": 12}}]))["received"]
    teacher.post("/canvas/courses/1/assignments", data={"received": received})
    path = "/canvas/courses/1/assignments/1/launch"
    assert student.get(path).status_code == 404
    teacher.post("/canvas/courses/1/assignments/1/publish")
    opened = world.claims(student, path)
    assert opened[LTI + "custom"]["exam_id"] == "42"
    assert opened[LTI + "target_link_uri"] == target
    assert opened[LTI + "resource_link"]["title"] == "Exam"
    assert world.lms.canvas.assignments[0].points == 12


@pytest.mark.parametrize(("module", "names"), [("&context_module_id=12", ["Week 1", "Week 2"]), ("", ["New Content"])])
def test_a_modules_menu_adds_a_link_to_it(world, module, names) -> None:
    teacher = world.person("teacher")
    placement = "module_menu_modal" if module else "module_index_menu_modal"
    launch = world.claims(teacher, FIND.replace("migration_selection", placement) + module)
    settings = launch[SETTINGS]
    assert (settings["accept_types"], settings["auto_create"], settings["accept_multiple"]) == (
        ["ltiResourceLink"],
        True,
        True,
    )
    token = query_of(settings["deep_link_return_url"])["data"]
    data = jwt.decode(token, options={"verify_signature": False})
    assert data.get("context_module_id") == (12 if module else None)
    assert answer(world, teacher, launch, [{"type": "ltiResourceLink", "url": "https://x", "title": "Exam"}]).ok
    (linked,) = [module for module in world.lms.canvas.modules if module.links == ["Exam"]]
    assert linked.name.startswith(names[-1])
    assert "Exam (external tool)" in teacher.get("/canvas/courses/1/modules").text


def test_the_accounts_menu_has_no_course(world) -> None:
    launch = world.claims(world.person("teacher"), "/canvas/accounts/1/external_tools/1/launch")
    assert LTI + "context" not in launch
    assert launch[LTI + "custom"]["canvas_course_id"] == "$Canvas.course.id"
    assert launch[LTI + "custom"]["canvas_user_id"] == "104"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"iss": "somebody"}, "Client not found"),
        ({"aud": "https://other.example"}, "the 'aud' is invalid"),
        ({"exp": "soon"}, "the 'exp' must be a number"),
        ({"exp": -10}, "the JWT has expired"),
        ({"iat": -400}, "the 'iat' must be less than 300 seconds old"),
        ({"iat": 120}, "the 'iat' must not be in the future"),
        ({"nonce": None}, "the following assertions are missing: jti"),
        ({"aud": None, "exp": None}, "the following assertions are missing: aud,exp"),
    ],
)
def test_refuses_wrong_claims_with_messages_of_canvas(world, changes: dict, text: str) -> None:
    teacher = world.person("teacher")
    refused = answer(world, teacher, world.claims(teacher, FIND), [file_item(world)], **changes)
    assert refused.status_code == 400
    assert refused.json()["errors"]["jwt"][0]["message"] == text


def test_refuses_a_foreign_signature(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, FIND)
    other = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    refused = answer(world, teacher, launch, [], sign={"key": other})
    assert refused.json()["errors"]["jwt"][0]["message"] == "JWT verification failure"
    refused = answer(world, teacher, launch, [], sign={"kid": "unknown"})
    assert refused.json()["errors"]["jwt"][0]["message"] == "JWT exception"
    refused = teacher.post(launch[SETTINGS]["deep_link_return_url"], data={"JWT": "not.a.token"})
    assert refused.json()["errors"]["jwt"][0]["message"] == "JWT format is invalid"


def test_fetches_the_keys_of_the_tool_for_every_response(world) -> None:
    teacher = world.person("teacher")
    assert answer(world, teacher, world.claims(teacher, FIND), [file_item(world)]).ok
    world.tool.jwks_status = 500
    assert answer(world, teacher, world.claims(teacher, FIND), [file_item(world)]).status_code == 400


def test_accepts_a_response_once_and_only_at_an_unchanged_url(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, FIND)
    address = launch[SETTINGS]["deep_link_return_url"]
    token = world.tool.sign(world.tool.claims(launch, [file_item(world)]))
    changed = teacher.post(f"{address}x", data={"JWT": token})
    assert "Do not modify the deep_link_return_url in any way." in changed.text
    assert teacher.post(address, data={"JWT": token}).ok
    assert "multiple times" in teacher.post(address, data={"JWT": token}).text


def test_a_launch_is_valid_once_for_one_person(world) -> None:
    teacher, other = world.person("teacher"), world.person("teacher2")
    page = teacher.get(FIND)
    assert "login_required" in other.submit(page).text
    assert "id_token" in teacher.submit(page).text
    assert "launch_no_longer_valid" in teacher.submit(page).text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"redirect_uri": "https://elsewhere.example/launch"}, "Invalid redirect_uri"),
        ({"lti_message_hint": "made-up"}, "Invalid lti_message_hint"),
        ({"client_id": "other"}, "unauthorized_client"),
        ({"nonce": None}, "The following parameters are missing: nonce"),
        ({"login_hint": "other"}, "login_required"),
    ],
)
def test_checks_the_authentication_request(world, changes: dict, text: str) -> None:
    world.tool.auth_changes = changes
    page = world.person("teacher").launch(FIND)
    assert text in page.text
    assert "id_token&" not in page.text


@pytest.mark.parametrize(
    ("path", "issue"),
    [
        ("", "File upload or URL is required"),
        ("/packages/canvas12-both.zip.classic.json", "Unsupported content package"),
        ("/missing.zip", "Invalid response code, expected 200 got 404"),
        ("/hop/4/canvas12-both.zip", "Too many redirects"),
        ("/packages/moodle-all.xml", "Unsupported content package"),
    ],
)
def test_fails_an_import_with_messages_of_canvas(world, path: str, issue: str) -> None:
    teacher = world.person("teacher")
    page = migrate(teacher, world.tool.base_url + path if path else "")
    assert issue in page.text
    assert world.lms.canvas.migrations[0].state == "failed"
    assert world.lms.canvas.quizzes == []


def test_follows_three_redirects_to_a_package(world) -> None:
    migrate(world.person("teacher"), f"{world.tool.base_url}/hop/3/canvas12-both.zip")
    assert world.lms.canvas.migrations[0].state == "completed"


def test_fetches_no_other_scheme(world) -> None:
    assert "Could not parse the URL" in migrate(world.person("teacher"), "file:///etc/passwd").text


def test_reports_import_issues(world) -> None:
    page = migrate(world.person("teacher"), file_item(world, "hostile12.zip")["url"])
    assert "was too long" in page.text
    assert "couldn&#39;t determine the correct answers" in page.text


def test_removes_scripts_from_hostile_questions(world) -> None:
    teacher = world.person("teacher")
    migrate(teacher, file_item(world, "hostile12.zip")["url"])
    page = teacher.get("/canvas/courses/1/quizzes/1")
    questions = lxml_html.fromstring(page.text).xpath("//ol[@id='questions']")[0]
    assert questions.xpath(".//script | .//*[@onclick]") == []
    assert page.headers["Content-Security-Policy"].startswith("script-src 'self'")


def test_records_all_events_for_tests(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, FIND)
    answer(world, teacher, launch, [file_item(world)])
    migrate(teacher, file_item(world)["url"])
    state = world.state()
    assert state["launches"][0]["message_type"] == "LtiDeepLinkingRequest"
    assert state["received"][0]["items"][0]["type"] == "file"
    assert state["canvas"]["quizzes"][0]["quiz"]["questions"][2]["answers"][0]["weight"] == 100
    assert state["canvas"]["quizzes"][0]["quiz"]["total_points"] == 34.5
    assert state["platforms"]["canvas"]["issuer"] == launch["iss"]
