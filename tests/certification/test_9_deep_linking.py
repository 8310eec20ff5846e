"""Deep linking, as the certification guide checks it (§6: request, response, format, times, signature, claims)."""

import json
import time
from pathlib import Path

import jwt
import pytest
from lxml import html

from lti_tool.exam import parse_exam
from lti_tool.models import Exam, LmsUser, db
from tests.certification.conftest import CLIENT, CORE, ISSUER, KID

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RETURN = "https://lms.example.org/deep_links/7?a=1&b=%22%3E"
SETTINGS = {
    "deep_link_return_url": RETURN,
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe", "window"],
    "accept_multiple": True,
    "data": "csrf:7 <&>",
}
EXAM = Path(__file__).parents[1] / "fixtures" / "exams" / "mixed-12.json"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def request_form(lms, settings):
    """Return the form of a deep linking launch by the teacher."""
    login = lms.login()
    claims = lms.payload("teacher", login["nonce"])
    del claims[f"{CORE}resource_link"]
    claims |= {f"{CORE}message_type": "LtiDeepLinkingRequest", f"{DL}deep_linking_settings": settings}
    return {"state": login["state"], "id_token": lms.sign(claims)}


@pytest.fixture
def launch(lms):
    """The address of the pages of a deep linking launch: ``launch(data=None)``."""

    def open_it(**changes):
        settings = {name: value for name, value in (SETTINGS | changes).items() if value is not None}
        response = lms.post(request_form(lms, settings))
        assert response.status_code == 303, response.text
        return response.location

    return open_it


@pytest.fixture
def exam_id(launch):
    """An exam of a teacher who launched before."""
    launch()
    document = json.loads(EXAM.read_text())
    exam, teacher = parse_exam(document), db.session.query(LmsUser).one()
    row = Exam(
        examplary_exam_id="exam_1",
        platform_id=teacher.platform_id,
        owner_id=teacher.id,
        title="Forces and water",
        points=exam.points,
        question_count=len(exam.questions),
        snapshot=json.dumps(document),
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def answer(lms, address):
    """Press the button; return the message's header and claims, its signature checked with the published keys."""
    page = lms.browser.post(address, headers=SAME_SITE)
    assert page.status_code == 200, page.text
    (form,) = [form for form in html.fromstring(page.text).forms if form.action.startswith("https://lms.example.org")]
    assert (form.method, form.action, list(form.fields)) == ("POST", RETURN, ["JWT"])
    message = form.fields["JWT"]
    header = jwt.get_unverified_header(message)
    keys = {key["kid"]: key for key in lms.browser.get("/lti/jwks.json").json["keys"]}
    claims = jwt.decode(message, jwt.PyJWK(keys[header["kid"]]), algorithms=["RS256"], audience=ISSUER)
    return header, claims


def test_the_teacher_can_create_an_exam_or_cancel(lms, launch):
    page = lms.browser.get(launch()).text
    assert "New exam" in page
    assert "Cancel" in page


def test_the_response_is_signed_and_has_all_required_claims(lms, launch, exam_id):
    header, claims = answer(lms, f"{launch()}exams/{exam_id}/add")
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert header["kid"] != KID
    assert claims["iss"] == CLIENT
    assert claims["aud"] == ISSUER
    assert claims[f"{CORE}deployment_id"] == "1"
    assert claims[f"{CORE}message_type"] == "LtiDeepLinkingResponse"
    assert claims[f"{CORE}version"] == "1.3.0"
    assert claims[f"{DL}data"] == SETTINGS["data"]
    (item,) = claims[f"{DL}content_items"]
    assert item["type"] == "ltiResourceLink"
    assert item["url"] == lms.target
    assert all(isinstance(value, str) for value in item["custom"].values())


def test_the_response_is_fresh_and_short_lived(lms, launch, exam_id):
    _, claims = answer(lms, f"{launch()}exams/{exam_id}/add")
    assert abs(time.time() - claims["iat"]) < 60
    assert claims["iat"] <= time.time() < claims["exp"]
    assert claims["exp"] - time.time() <= 600


def test_every_response_has_its_own_nonce(lms, launch, exam_id):
    nonces = {answer(lms, f"{launch()}exams/{exam_id}/add")[1]["nonce"] for _ in range(3)}
    assert len(nonces) == 3
    assert all(len(nonce) >= 20 for nonce in nonces)


def test_cancelling_sends_an_empty_response(lms, launch):
    _, claims = answer(lms, f"{launch()}cancel")
    assert claims.get(f"{DL}content_items", []) == []
    assert claims[f"{DL}data"] == SETTINGS["data"]


def test_the_response_has_no_data_if_the_request_had_none(lms, launch):
    _, claims = answer(lms, f"{launch(data=None)}cancel")
    assert f"{DL}data" not in claims


def test_the_added_link_opens_the_exam(lms, launch, exam_id):
    """Launching the added link shows the teacher the exam and the student their own page."""
    _, claims = answer(lms, f"{launch()}exams/{exam_id}/add")
    (item,) = claims[f"{DL}content_items"]
    opened = lms.launch(custom=item["custom"], target_link_uri=item["url"])
    page = lms.browser.get(opened.location, follow_redirects=True).text
    assert "Forces and water" in page
    assert "Download" in page
    student = lms.launch("student", custom=item["custom"])
    page_text = lms.browser.get(student.location, follow_redirects=True).text
    assert "Your teacher prepares this exam here." in page_text
    assert "Amsterdam" not in page_text
