"""The deep linking response."""

from functools import partial

import jwt
import pytest

from lti_tool.errors import ExamError
from lti_tool.models import Exam, Generation, GenerationState, Launch, db
from lti_tool.security.encryption import fingerprint
from lti_tool.services.delivery.deep_linking_response import AlreadyResponded, DeepLinkingNotAccepted
from tests.support.launch_settings import CANVAS_SETTINGS, MOODLE_SETTINGS
from tests.support.threads import run_at_once

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def claims(services, answer):
    header = jwt.get_unverified_header(answer.jwt)
    keys = jwt.PyJWKSet.from_dict(services.tool_keys.jwks())
    return jwt.decode(answer.jwt, keys[header["kid"]], algorithms=["RS256"], audience="https://lms.example.org")


@pytest.fixture
def canvas(make_launch):
    return make_launch(family="canvas", deep_linking=CANVAS_SETTINGS, message_type="LtiDeepLinkingRequest")


@pytest.fixture
def moodle(make_launch):
    return make_launch(family="moodle", deep_linking=MOODLE_SETTINGS, message_type="LtiDeepLinkingRequest")


def test_canvas_gets_a_file_with_the_exams_title(services, exam, canvas):
    answer = services.deep_linking.add(canvas, exam)
    assert answer.return_url == CANVAS_SETTINGS["deep_link_return_url"]
    (item,) = claims(services, answer)[DL + "content_items"]
    assert (item["type"], item["text"]) == ("file", "Cells")
    link_token = item["url"].split("/packages/")[1].split("/")[0]
    assert services.packages.fetch(link_token, count=False).path.exists()


def test_moodle_gets_a_link_to_the_exams_page(services, exam, moodle):
    (item,) = claims(services, services.deep_linking.add(moodle, exam))[DL + "content_items"]
    assert item["type"] == "ltiResourceLink"
    assert item["url"] == "http://tool.localhost:5000/lti/launch"
    assert item["custom"] == {"examplary_exam": exam.id}
    assert "lineItem" not in item


@pytest.mark.one_database
@pytest.mark.parametrize("snapshot", ["not JSON", '{"questions": []}', "[" * 5000])
@pytest.mark.parametrize("family", ["canvas", "moodle"])
def test_an_exam_that_cannot_be_read_is_not_added(request, services, exam, family, snapshot):
    launch = request.getfixturevalue(family)
    exam.snapshot = snapshot
    exam.snapshot_sha256 = fingerprint(snapshot)
    db.session.commit()
    with pytest.raises(ExamError):
        services.deep_linking.add(launch, exam)
    db.session.expire_all()
    assert db.session.get(Launch, launch.id).answered_with == ""


def test_the_generation_becomes_returned(services, exam, canvas):
    services.deep_linking.add(canvas, exam)
    assert db.session.query(Generation).one().state == GenerationState.RETURNED


def test_a_reload_repeats_the_response_but_another_is_rejected(services, exam, canvas, make_exam):
    other = make_exam(name="Another")
    services.deep_linking.add(canvas, exam)
    services.deep_linking.add(canvas, exam)
    with pytest.raises(AlreadyResponded):
        services.deep_linking.add(canvas, other)
    with pytest.raises(AlreadyResponded):
        services.deep_linking.cancel(canvas, "Never mind.")


def test_one_of_two_concurrent_responses_wins(app, services, exam, canvas, make_exam):
    ids = [exam.id, make_exam(name="Another").id]
    launch_id = canvas.id

    def add(exam_id):
        with app.app_context():
            try:
                services.deep_linking.add(db.session.get(Launch, launch_id), db.session.get(Exam, exam_id))
            except AlreadyResponded:
                return "refused"
        return "sent"

    assert sorted(run_at_once([partial(add, exam_id) for exam_id in ids])) == ["refused", "sent"]


def test_cancelling_returns_an_empty_list_with_a_message(services, canvas):
    response_claims = claims(services, services.deep_linking.cancel(canvas, "No exam was chosen."))
    assert response_claims[DL + "content_items"] == []
    assert response_claims[DL + "msg"] == "No exam was chosen."


def test_a_launch_that_accepts_no_content_gets_no_response(services, exam, make_launch):
    with pytest.raises(DeepLinkingNotAccepted):
        services.deep_linking.add(make_launch(), exam)
    html_only = {"deep_link_return_url": "https://lms.example.org/back", "accept_types": ["html"]}
    launch = make_launch(deep_linking=html_only)
    with pytest.raises(DeepLinkingNotAccepted):
        services.deep_linking.add(launch, exam)
    assert launch.answered_with == ""
