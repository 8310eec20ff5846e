"""1EdTech Security Framework 1.0 §5.1.1 and §5.1.3, and LTI Core 1.3: requirements that tools often miss.

One test for each point of docs/reference/lti.md#requirements-often-missed, in that order.
"""

import base64
import json
import re
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from lti_tool.models import Deployment, Launch, Platform, db
from tests.certification.conftest import CLIENT, CORE, ISSUER


def test_the_signature_is_verified(lms, refused):
    form = lms.form()
    head, body, signature = form["id_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "somebody-else"}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    response = lms.post(form | {"id_token": f"{head}.{forged}.{signature}"})
    refused(response, "lti.signature", "doesn't match your LMS's key")


def test_a_foreign_key_with_a_known_kid_is_refused(lms, refused):
    login = lms.login()
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    token = lms.sign(lms.payload("teacher", login["nonce"]), stranger)
    refused(lms.post({"state": login["state"], "id_token": token}), "lti.signature", "doesn't match your LMS's key")


@pytest.mark.parametrize("issuer", ["https://lms.example.org/", "http://lms.example.org", "https://evil.example"])
def test_the_issuer_is_compared_exactly(lms, refused, issuer):
    refused(lms.launch(iss=issuer), "lti.issuer", "The launch comes from a different LMS than the login.")


@pytest.mark.parametrize("audience", ["another", [], ["another"], [CLIENT, "another"], ["another", CLIENT]])
def test_the_audience_is_this_tool_only(lms, refused, audience):
    refused(lms.launch(aud=audience, azp=CLIENT), "lti.audience", "is meant for another tool or another registration")


@pytest.mark.parametrize("audience", [CLIENT, [CLIENT]])
def test_the_audience_may_be_a_text_or_a_list(lms, audience):
    assert lms.launch(aud=audience).status_code == 303


def test_the_authorized_party_is_this_tool_if_present(lms, refused):
    refused(lms.launch(azp="another"), "lti.audience", "is meant for another tool or another registration")
    assert lms.launch(azp=CLIENT).status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "PS256"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_only_rs256_is_accepted(lms, refused, algorithm):
    login = lms.login()
    key = {"none": None, "HS256": "a shared secret"}.get(algorithm, lms.key)
    claims = lms.payload("teacher", login["nonce"])
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "lms-key-1"})
    refused(lms.post({"state": login["state"], "id_token": token}), "lti.algorithm", "It must use RS256.")


@pytest.mark.parametrize("seconds", [-59, 59])
def test_clocks_may_differ_by_a_minute(lms, seconds):
    moment = int(time.time()) + seconds
    assert lms.launch(iat=moment, exp=moment + 60).status_code == 303


def test_an_expired_token_is_refused_with_a_hint_about_clocks(lms, refused):
    sent_at = int(time.time())
    moment = sent_at - 3600
    response = lms.launch(iat=moment, exp=moment + 60)
    refused(response, "lti.token_expired", "The launch expired ")
    (seconds,) = set(re.findall(r"The launch expired ([\d,]+) s ago", response.text))
    assert moment + 60 + int(seconds.replace(",", "")) in range(sent_at, int(time.time()) + 2)  # rounded up
    assert "the clocks of your LMS and of Examplary" in response.text


def test_a_token_from_the_future_is_refused_with_a_hint_about_clocks(lms, refused):
    moment = int(time.time()) + 3600
    response = lms.launch(iat=moment, exp=moment + 60)
    refused(response, "lti.token_from_future", "By our clock, the launch was signed 3")
    assert "The clocks of your LMS and of Examplary" in response.text


def test_an_old_token_is_refused_even_before_it_expires(lms, refused):
    moment = int(time.time())
    response = lms.launch(iat=moment - 86_400, exp=moment + 86_400)
    refused(response, "lti.token_too_old", "The launch was signed more than an hour ago.")


@pytest.mark.parametrize("claim", ["exp", "iat", "nonce"])
def test_a_token_without_exp_iat_or_nonce_is_refused(lms, refused, claim):
    refused(lms.launch(without=(claim,)), "lti.claim_missing", f"{claim} is missing.")


def test_the_nonce_belongs_to_this_login(lms, refused):
    refused(lms.launch(nonce="made-up"), "lti.nonce", "doesn't match the login that was started")


def test_an_unknown_state_is_refused(lms, refused):
    refused(lms.post(lms.form() | {"state": "x" * 43}), "lti.launch_used", "already used, or it took too long")


def test_the_state_belongs_to_one_browser(lms, app, refused):
    refused(lms.post(lms.form(), app.test_client()), "lti.cookie_missing", "didn't keep the cookie")


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        ("login_required", "lti.not_signed_in", "Your LMS says you're not signed in."),
        ("launch_no_longer_valid", "lti.launch_outdated", "this launch has expired or was already used"),
        ("unauthorized_client", "lti.platform_refused", "Your LMS refused to open Examplary for you."),
        ("<script>alert(1)</script>", "lti.platform_refused", "Your LMS refused to open Examplary for you."),
    ],
)
def test_platform_errors_are_explained(lms, refused, error, code, sentence):
    form = {"state": lms.login()["state"], "error": error, "error_description": "<b>x</b>"}
    response = lms.post(form)
    refused(response, code, sentence)
    assert "<b>x</b>" not in response.text
    assert "<script>alert" not in response.text


def test_only_the_signed_target_counts(lms):
    login = lms.login(target_link_uri="https://evil.example/")
    token = lms.sign(lms.payload("teacher", login["nonce"]))
    response = lms.post({"state": login["state"], "id_token": token})
    assert response.status_code == 303
    assert response.location.startswith("/l/")
    assert login["redirect_uri"] == lms.target


@pytest.mark.parametrize("hint", ["7", '{"cmid":3,"launchid":"ltilaunch3_1"}', "é & = ? # + %20", "x" * 3000])
def test_hints_are_returned_unchanged(lms, hint):
    login = lms.login(login_hint=hint, lti_message_hint=hint)
    assert (login["login_hint"], login["lti_message_hint"]) == (hint, hint)


def test_the_authentication_request_follows_openid_connect(lms):
    login = lms.login(lti_message_hint="m")
    assert {name: login[name] for name in ("scope", "response_type", "response_mode", "prompt", "client_id")} == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": CLIENT,
    }
    assert len(login["state"]) >= 43
    assert len(login["nonce"]) >= 43


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_starts_with_get_or_post(lms, method):
    values = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "7", "target_link_uri": lms.target}
    place = {"query_string": values} if method == "GET" else {"data": values}
    assert lms.browser.open("/lti/login", method=method, **place).status_code == 302


@pytest.mark.parametrize("missing", ["iss", "login_hint"])
def test_an_incomplete_login_is_refused(lms, refused, missing):
    values = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "7"}
    response = lms.browser.post("/lti/login", data={name: value for name, value in values.items() if name != missing})
    refused(response, "lti.login_incomplete", f"({missing} is missing)")


def test_a_deployment_belongs_to_one_issuer_and_client(lms, key_set, settings, refused):
    """Without trust in first deployments, the deployment of another client is unknown."""
    db.session.add(
        Platform(
            issuer=ISSUER,
            client_id="client-2",
            authorization_url=f"{ISSUER}/auth",
            jwks_url=key_set,
            deployments=[Deployment(deployment_id="of-client-2")],
        )
    )
    db.session.commit()
    strict = settings.model_copy(update={"trust_first_deployment": False})
    object.__setattr__(lms.app.extensions["services"], "settings", strict)
    response = lms.launch(deployment_id="of-client-2")
    refused(response, "lti.deployment_unknown", "don't recognise this installation")
    assert lms.launch(deployment_id="1").status_code == 303


def test_a_first_deployment_is_recorded_only_for_a_valid_token(lms):
    login = lms.login()
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    claims = lms.payload("teacher", login["nonce"]) | {f"{CORE}deployment_id": "evil"}
    assert lms.post({"state": login["state"], "id_token": lms.sign(claims, stranger)}).status_code == 400
    assert {row.deployment_id for row in db.session.query(Deployment)} == {"1"}
    assert lms.launch(deployment_id="2").status_code == 303
    assert {row.deployment_id for row in db.session.query(Deployment)} == {"1", "2"}


def test_only_resource_links_and_deep_linking_are_supported(lms, refused):
    response = lms.launch(message_type="LtiSubmissionReviewRequest")
    refused(response, "lti.message_type", "for a purpose that Examplary doesn't support")
    assert db.session.query(Launch).count() == 0
