"""LTI Advantage Conformance Certification Guide §6, "Known bad payloads": each by a teacher and by a student.

http://www.imsglobal.org/spec/lti/v1p3/cert/#known-bad-payloads (see docs/reference/lti.md#certification). Each is
rejected with a code, a sentence and a next step.
"""

import pytest

from lti_tool.models import Launch, db


@pytest.fixture(params=["teacher", "student"])
def person(request):
    return request.param


@pytest.fixture(autouse=True)
def _nothing_was_launched(app):
    yield
    assert db.session.query(Launch).count() == 0


def test_01_no_kid_sent_in_jwt_header(lms, person, refused):
    response = lms.launch(person, header={"kid": None})
    refused(response, "lti.kid_missing", "Your LMS doesn't say which key signed the launch (kid).")


def test_02_incorrect_kid_in_jwt_header(lms, person, refused):
    response = lms.launch(person, header={"kid": "imstester_66067"})
    refused(response, "lti.kid_unknown", "is not among your LMS's public keys")


def test_03_wrong_lti_version(lms, person, refused):
    response = lms.launch(person, version="11.3")
    refused(response, "lti.version", "Your LMS opened Examplary with another version of LTI.")


def test_04_no_lti_version(lms, person, refused):
    response = lms.launch(person, without=("version",))
    refused(response, "lti.version_missing", "Your LMS doesn't say which version of LTI it uses")


def test_05_invalid_lti_message(lms, refused):
    state = lms.login()["state"]
    response = lms.post({"state": state, "id_token": lms.sign({"name": "badltilaunch"})})
    refused(response, "lti.token_unreadable", "Your LMS's launch is not a signed LTI 1.3 message.")


def test_06_missing_lti_claims(lms, person, refused):
    response = lms.launch(person, without=("iss", "aud", "sub", "deployment_id", "roles"))
    refused(response, "lti.claim_missing", "Your LMS's launch is incomplete: iss is missing.")


def test_06_no_lti_claim_at_all(lms, refused):
    """A valid token of OpenID Connect, which payload 5 is not."""
    login = lms.login()
    claims = {name: value for name, value in lms.payload("teacher", login["nonce"]).items() if "/lti/" not in name}
    response = lms.post({"state": login["state"], "id_token": lms.sign(claims)})
    refused(
        response, "lti.claim_missing", "Your LMS's launch is incomplete: https://purl.imsglobal.org/spec/lti/claim/"
    )


def test_07_timestamps_incorrect(lms, person, refused):
    response = lms.launch(person, iat=11111, exp=22222)
    refused(response, "lti.token_expired", "The launch expired")


def test_08_message_type_claim_missing(lms, person, refused):
    response = lms.launch(person, without=("message_type",))
    refused(response, "lti.message_type_missing", "Your LMS doesn't say why it opened Examplary (message_type).")


def test_09_role_claim_missing(lms, person, refused):
    response = lms.launch(person, without=("roles",))
    refused(response, "lti.roles_missing", "Your LMS doesn't say whether you teach in this course (roles).")


def test_10_deployment_id_claim_missing(lms, person, refused):
    response = lms.launch(person, without=("deployment_id",))
    refused(response, "lti.deployment_missing", "where Examplary is installed (deployment_id).")


def test_11_resource_link_id_claim_missing(lms, person, refused):
    response = lms.launch(person, without=("resource_link",))
    refused(response, "lti.resource_link_missing", "which link opened Examplary (resource_link.id).")


def test_11_resource_link_without_an_id(lms, person, refused):
    response = lms.launch(person, resource_link={"title": "Exam"})
    refused(response, "lti.resource_link_missing", "which link opened Examplary (resource_link.id).")


def test_12_user_claim_missing(lms, person, refused):
    response = lms.launch(person, without=("sub",))
    refused(response, "lti.user_missing", "Your LMS doesn't say who you are (sub).")


def test_an_lti_1p1_launch_gets_its_own_message(lms, refused):
    """Not in the guide, but a common mistake of administrators (see docs/reference/lti.md#common-complaints)."""
    form = {"lti_version": "LTI-1p0", "lti_message_type": "basic-lti-launch-request", "oauth_consumer_key": "key"}
    refused(lms.post(form), "lti.version", "Examplary needs LTI 1.3.")
    refused(lms.browser.post("/lti/login", data=form), "lti.version", "Examplary needs LTI 1.3.")
