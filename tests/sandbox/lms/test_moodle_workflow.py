"""The Moodle-like course over real HTTP: select content, activity, question bank."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import html as lxml_html

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LTI_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = LTI_DL + "deep_linking_settings"
SELECT = "/moodle/mod/lti/contentitem.php?id=2&course=2"
EDIT = "/moodle/course/modedit.php?add=lti&typeid=2&course=2"
IMPORT = "/moodle/question/bank/importquestions/import.php?courseid=2"
BANK = "/moodle/question/edit.php?courseid=2"
ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
FIELDS = {
    "name": "name",
    "intro": "introeditor[text]",
    "toolurl": "toolurl",
    "instructorcustomparameters": "instructorcustomparameters",
    "grade": "grade[modgrade_point]",
}


def answer(world, client, launch: dict, items: list[dict], sign: dict | None = None, **changes: object):
    token = world.tool.sign(world.tool.claims(launch, items, **changes), **(sign or {}))
    return client.post(launch[SETTINGS]["deep_link_return_url"], data={"JWT": token})


def returned(page) -> dict:
    return json.loads(lxml_html.fromstring(page.text).xpath("//@data-moodle-return")[0])


def save(client, form: dict):
    return client.post(EDIT, data={FIELDS[key]: value for key, value in form.items() if key in FIELDS})


def upload(client, data: bytes):
    return client.post(IMPORT, data={"format": "xml"}, files={"newfile": ("exam.xml", data)})


def link(**more: object) -> dict:
    return {"type": "ltiResourceLink", "title": "Exam", "text": "By Examplary", "custom": {"Exam_Id": "42"}} | more


def test_asks_for_links_only(world) -> None:
    launch = world.claims(world.person("teacher"), SELECT)
    settings = launch[SETTINGS]
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_multiple"] is True
    assert not {"data", "accept_media_types", "accept_lineitem"} & set(settings)
    assert launch["exp"] - launch["iat"] == 60
    assert launch[LTI + "deployment_id"] == "2"
    assert "lti_deployment_id" in world.tool.logins[-1]
    assert "lti_storage_target" not in world.tool.logins[-1]


def test_creates_an_activity_for_students(world) -> None:
    teacher, student = world.person("teacher"), world.person("student")
    target = f"{world.tool.base_url}/launch?exam=42"
    page = answer(world, teacher, world.claims(teacher, SELECT), [link(url=target)])
    form = returned(page)
    assert (form["name"], form["intro"]) == ("Exam", "By Examplary")
    assert world.lms.moodle.activities == []
    save(teacher, form)
    assert "Exam" in student.get("/moodle/course/view.php?id=2").text
    frame = lxml_html.fromstring(student.get("/moodle/mod/lti/view.php?id=1").text).xpath("//iframe/@src")[0]
    launch = world.claims(student, frame)
    assert launch[LTI + "message_type"] == "LtiResourceLinkRequest"
    assert launch[LTI + "custom"] == {"exam_id": "42", "Exam_Id": "42"}
    assert launch[LTI + "resource_link"]["id"] == "1"
    assert launch[LTI + "target_link_uri"] == target
    assert launch[LTI + "roles"][0].endswith("#Learner")


def test_creates_an_external_tool_from_a_file_too(world) -> None:
    teacher = world.person("teacher")
    item = {"type": "file", "url": "https://tool.example/exam.zip", "title": "Exam"}
    save(teacher, returned(answer(world, teacher, world.claims(teacher, SELECT), [item])))
    assert world.lms.moodle.activities[0].url == "https://tool.example/exam.zip"


def test_adds_several_items_at_once(world) -> None:
    teacher = world.person("teacher")
    items = [link(title="One"), link(title="Two", lineItem={"scoreMaximum": 200})]
    form = returned(answer(world, teacher, world.claims(teacher, SELECT), items))
    teacher.post(EDIT, data={"items": json.dumps(form["multiple"])})
    assert [(activity.name, activity.points) for activity in world.lms.moodle.activities] == [
        ("One", None),
        ("Two", None),
    ]


@pytest.mark.parametrize("items", [[], [{"title": "no type"}]])
def test_an_empty_selection_shows_no_message(world, items: list[dict]) -> None:
    teacher = world.person("teacher")
    page = answer(world, teacher, world.claims(teacher, SELECT), items, **{LTI_DL + "errormsg": "Sorry about this"})
    assert returned(page) == {}
    assert "Sorry about this" not in page.text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (link(lineItem={"scoreMaximum": 101}), "Invalid grade value. This must be an integer between 1 and 100"),
        (link(lineItem={"scoreMaximum": 7.5}), "Invalid grade value. This must be an integer between 1 and 100"),
        (link(title="x" * 256), "Maximum of 255 characters"),
    ],
)
def test_refuses_a_form_with_messages_of_moodle(world, item: dict, text: str) -> None:
    teacher = world.person("teacher")
    page = save(teacher, returned(answer(world, teacher, world.claims(teacher, SELECT), [item])))
    assert text in page.text
    assert world.lms.moodle.activities == []


def test_strips_tags_from_a_title_and_names_the_tool_if_there_is_none(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, SELECT)
    assert returned(answer(world, teacher, launch, [link(title="<b>Exam</b>")]))["name"] == "Exam"
    assert returned(answer(world, teacher, launch, [{"type": "ltiResourceLink"}]))["name"] == "Examplary"


@pytest.mark.parametrize(
    ("changes", "sign", "text"),
    [
        ({"exp": -10}, {}, "Exception - Expired token"),
        ({"iat": 20}, {}, "Exception - Cannot handle token with iat prior to"),
        ({"iss": "somebody"}, {}, "Consumer key is incorrect."),
        ({}, {"kid": None}, "error/Error: kid must be provided in JWT header."),
        ({}, {"kid": "unknown"}, "invalid, unable to lookup correct key"),
    ],
)
def test_refuses_a_response_with_messages_of_moodle(world, changes: dict, sign: dict, text: str) -> None:
    teacher = world.person("teacher")
    refused = answer(world, teacher, world.claims(teacher, SELECT), [link()], sign=sign, **changes)
    assert refused.status_code == 404
    assert text in lxml_html.fromstring(refused.text).text_content()


def test_refuses_a_foreign_signature(world) -> None:
    teacher = world.person("teacher")
    other = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    refused = answer(world, teacher, world.claims(teacher, SELECT), [link()], sign={"key": other})
    assert "Exception - Signature verification failed" in refused.text


def test_shows_the_error_of_moodle_when_the_tool_is_unreachable(world) -> None:
    teacher = world.person("teacher")
    world.tool.jwks_status = 500
    refused = answer(world, teacher, world.claims(teacher, SELECT), [link()])
    assert "fix_jwks_alg(): Argument #1 ($jwks) must be of type array, null given" in refused.text


def test_caches_the_keys_of_the_tool(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, SELECT)
    assert answer(world, teacher, launch, [link()]).ok
    world.tool.jwks_status = 500
    assert answer(world, teacher, launch, [link()]).ok


@pytest.mark.parametrize("changes", [{"aud": "https://other.example"}, {"nonce": None}, {LTI + "deployment_id": "999"}])
def test_ignores_audience_nonce_and_deployment(world, changes: dict) -> None:
    teacher = world.person("teacher")
    assert answer(world, teacher, world.claims(teacher, SELECT), [link()], **changes).ok


def test_requires_the_session_key_of_the_teacher(world) -> None:
    teacher, other = world.person("teacher"), world.person("teacher2")
    refused = answer(world, other, world.claims(teacher, SELECT), [link()])
    assert "Your session has most likely timed out" in refused.text


def test_posts_the_response_again_once_without_a_cookie(world) -> None:
    teacher = world.person("teacher")
    launch = world.claims(teacher, SELECT)
    token = world.tool.sign(world.tool.claims(launch, [link()]))
    page = requests.post(launch[SETTINGS]["deep_link_return_url"], data={"JWT": token}, timeout=30)
    assert "data-autosubmit" in page.text
    assert returned(teacher.submit(page))["name"] == "Exam"
    without = requests.Session()
    form = lxml_html.fromstring(page.text).forms[0]
    again = without.post(page.url, data=dict(form.fields), timeout=30)
    without.close()
    assert again.status_code == 401


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"redirect_uri": "https://elsewhere.example/launch"}, "Invalid request"),
        ({"lti_message_hint": "{}"}, "Invalid request"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"client_id": "other"}, "unauthorized_client"),
        ({"login_hint": "99"}, "access_denied"),
        ({"response_mode": None}, "Missing response_mode"),
        ({"prompt": "login"}, "Invalid prompt"),
        ({"nonce": None}, "invalid_request"),
    ],
)
def test_checks_the_authentication_request(world, changes: dict, text: str) -> None:
    world.tool.auth_changes = changes
    page = world.person("teacher").launch(SELECT)
    assert text in page.text
    assert 'name="id_token"' not in page.text


def test_requires_the_exact_redirect_uri(world) -> None:
    world.tool.auth_changes = {"redirect_uri": f"{world.tool.base_url}/launch?exam=1"}
    assert "Invalid request" in world.person("teacher").launch(SELECT).text


def test_omits_name_and_address_when_privacy_is_on(world) -> None:
    requests.post(f"{world.base_url}/_control", json={"share_personal_data": False}, timeout=30)
    launch = world.claims(world.person("teacher"), SELECT)
    assert not {"name", "given_name", "family_name", "email"} & set(launch)
    assert launch["sub"] == "3"
    assert "user_username" not in launch[LTI + "ext"]


def test_imports_questions_into_the_bank(world) -> None:
    teacher = world.person("teacher")
    page = upload(teacher, (ACCEPTED / "moodle-all.xml").read_bytes())
    assert "Importing 14 questions from file" in page.text
    bank = lxml_html.fromstring(teacher.get(BANK).text)
    types = bank.xpath("//li[@class='question']/@data-type")
    assert types == [question.qtype for question in world.lms.moodle.imports[0].questions]
    assert "Lab exam (14)" in bank.xpath("string(//section)")
    picture = teacher.get(bank.xpath("//section//img/@src")[0])
    assert picture.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            b'fraction="-33.33333"',
            b'fraction="-37"',
            "Grades (-0.37) do not match grade options - question 'MC' skipped.",
        ),
        (b"Sky is blue</p>]]>", b"Sky is blue</p>]]> & more", "Invalid XML file - string expected (use CDATA?)"),
        (b'type="essay"', b'type="wombat"', "Question type wombat is not supported by XML import"),
    ],
)
def test_refuses_the_whole_file_with_messages_of_moodle(world, old: bytes, new: bytes, text: str) -> None:
    teacher = world.person("teacher")
    page = upload(teacher, (ACCEPTED / "moodle-all.xml").read_bytes().replace(old, new))
    assert text in lxml_html.fromstring(page.text).text_content()
    assert "No questions" in teacher.get(BANK).text


def test_requires_a_file(world) -> None:
    page = world.person("teacher").post(IMPORT, data={"format": "xml"})
    assert "Required" in page.text


def restore(client, name: str):
    data = (ACCEPTED / name).read_bytes()
    return client.post("/moodle/backup/restorefile.php?contextid=2", files={"backupfile": (name, data)})


def test_restores_only_cartridges(world) -> None:
    teacher = world.person("teacher")
    assert "unable_to_find_conversion_path" in restore(teacher, "canvas21-plain.zip").text
    assert "Lab Quiz (5 questions)" in restore(teacher, "dual-canvas.imscc").text
    assert world.state()["moodle"]["restores"][0]["quizzes"][0]["sum_grades"] == 4
    assert restore(world.person("student"), "dual-canvas.imscc").status_code == 403


def test_a_student_sees_no_question_of_the_bank(world) -> None:
    teacher, student = world.person("teacher"), world.person("student")
    upload(teacher, (ACCEPTED / "moodle-all.xml").read_bytes())
    for path in (BANK, IMPORT, EDIT, SELECT, "/moodle/pluginfile.php/0/0/cat%20one.png"):
        refused = student.get(path)
        assert refused.status_code == 403, path
        assert "Jupiter" not in refused.text
    assert upload(student, b"<quiz/>").status_code == 403
