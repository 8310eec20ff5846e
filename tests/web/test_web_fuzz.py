"""Arbitrary input to public URLs gives a page, a redirect or a refusal, never a 500."""

import time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

many = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
ODD = [
    "",
    "\x00",
    "\ud800",
    "é" * 300,
    "http://[",
    "javascript:alert(1)",
    "'\"><script>",
    "🎓",
    "../..",
    "%00",
    "[]",
    "a" * 5000,
]
texts = st.text(max_size=30) | st.sampled_from([*ODD, "https://lms.example.org", "client-1", "_parent", "7"])
LOGIN = (
    "iss",
    "login_hint",
    "client_id",
    "target_link_uri",
    "lti_message_hint",
    "lti_deployment_id",
    "lti_storage_target",
)
LAUNCH = ("state", "id_token", "error", "error_description", "stored_proof")
CONSENT = ("state", "code", "error", "error_description")
REGISTER = ("openid_configuration", "registration_token")
headers = st.dictionaries(
    st.sampled_from(["Accept", "Accept-Language", "Origin", "Sec-Fetch-Dest", "Cookie", "If-None-Match", "Range"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    max_size=2,
)


def some(names):
    return st.dictionaries(st.sampled_from(names), texts, max_size=len(names))


def encoded(values):
    """Encode form fields, including lone surrogates."""
    return "&".join(f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in values.items())


def assert_no_crash(response):
    assert 200 <= response.status_code < 500, response.text[:500]
    assert "Content-Security-Policy" in response.headers
    response.close()


FORM = "application/x-www-form-urlencoded"


@given(values=some(LOGIN), headers=headers)
@example(values={"iss": "https://lms.example.org", "client_id": "client-1", "login_hint": "\ud800"}, headers={})
@many
def test_any_login_is_answered(client, platform, values, headers):
    assert_no_crash(client.post("/lti/login", data=encoded(values), content_type=FORM, headers=headers))
    assert_no_crash(client.get("/lti/login", query_string=encoded(values), headers=headers))
    assert_no_crash(client.post("/lti/login/check?begun=x", data=encoded(values), content_type=FORM, headers=headers))
    assert_no_crash(client.get("/lti/login/check", query_string=encoded(values), headers=headers))


@given(values=some(LOGIN), code=texts)
@many
def test_any_handover_is_answered(client, platform, settings, values, code):
    own = {"Origin": settings.origin}
    for valid_or_not in (code, client.application.extensions["services"].handovers.code()):
        body = encoded(values | {"handover": valid_or_not})
        assert_no_crash(client.post("/lti/login/window", data=body, content_type=FORM, headers=own))
        assert_no_crash(client.post("/lti/handover", data=body, content_type=FORM, headers=own))


@given(values=some(LAUNCH), headers=headers)
@many
def test_any_launch_is_answered(client, platform, values, headers):
    assert_no_crash(client.post("/lti/launch", data=encoded(values), content_type=FORM, headers=headers))
    assert_no_crash(client.get("/lti/launch", query_string=encoded(values), headers=headers))


@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from([FORM, "application/json", "multipart/form-data; boundary=x", "x/y"]),
)
@many
def test_any_body_is_answered(client, body, kind):
    for path in ("/lti/login", "/lti/launch", "/embed/return/x", "/packages/a/b", "/register/x", "/l/x/"):
        assert_no_crash(client.post(path, data=body, content_type=kind))


@given(values=some(REGISTER), token=texts)
@many
def test_any_registration_is_answered(client, values, token):
    assert_no_crash(client.get(f"/register/{quote(token, errors='surrogatepass')}", query_string=encoded(values)))


@pytest.fixture
def link(services):
    return services.registration.invite().rsplit("/", 1)[-1]


@given(url=st.sampled_from(ODD) | st.text(max_size=20).map(lambda text: f"http://{text}"))
@many
def test_any_configuration_of_a_good_link_is_answered(client, link, url):
    """One link serves all examples, because none of them registers anything."""
    assert_no_crash(client.get(f"/register/{link}", query_string=encoded({"openid_configuration": url})))


@given(first=texts, second=texts, headers=headers)
@many
def test_any_package_link_return_and_launch_token_is_answered(client, first, second, headers):
    first_part, second_part = (quote(text, safe="", errors="surrogatepass") for text in (first, second))
    for path in (
        f"/packages/{first_part}/{second_part}",
        f"/embed/return/{first_part}?status={second_part}",
        f"/l/{first_part}/",
        f"/l/{first_part}/exams/{second_part}",
    ):
        assert_no_crash(client.get(path, headers=headers))


NAMES = ["Ünal Öz", "王小明", "محمد العربي", "Владимир", "นักเรียน", "👩‍🏫 Tess", "O’Brien <b>", "\u202eevil", "x" * 400]


@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script_launch(lms, client, name):
    response = lms.launch(name=name, given_name=name, family_name=name)
    assert response.status_code == 303
    assert client.get(response.location).status_code == 200


def test_two_hundred_roles_launch(lms, client):
    core = "https://purl.imsglobal.org/spec/lti/claim/"
    roles = [f"http://purl.imsglobal.org/vocab/lis/v2/membership#Odd{number}" for number in range(199)]
    response = lms.launch(**{f"{core}roles": [*roles, "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]})
    assert "New exam" in client.get(response.location).text


@pytest.mark.parametrize(("seconds", "status"), [(55, 303), (-55, 303), (3600, 400), (-3600, 400)])
def test_clocks_may_differ_by_less_than_a_minute(lms, seconds, status):
    moment = int(time.time()) + seconds
    response = lms.launch(iat=moment, exp=moment + 60)
    assert response.status_code == status
    if status == 400:
        assert "clock" in response.text


def launch_with_return_url(lms, address):
    core = "https://purl.imsglobal.org/spec/lti/claim/"
    deep = "https://purl.imsglobal.org/spec/lti-dl/claim/"
    settings = {"deep_link_return_url": address, "accept_types": ["ltiResourceLink"]}
    return lms.launch(**{f"{core}message_type": "LtiDeepLinkingRequest", f"{deep}deep_linking_settings": settings})


def test_a_return_address_with_quotes_and_markup_is_escaped(lms, client, signing):
    response = launch_with_return_url(lms, "https://lms.example.org/r?a='\"><script>alert(1)</script>")
    assert response.status_code == 303
    page = client.post(f"{response.location}cancel").text
    assert "<script>alert" not in page
    assert 'action="https://lms.example.org/r?a=' in page


def test_a_script_as_return_address_is_refused(lms):
    assert launch_with_return_url(lms, "javascript:alert(1)").status_code == 400


@given(values=some(CONSENT), code=texts, headers=headers)
@example(values={"state": "\ud800", "code": "c"}, code="\ud800", headers={"Cookie": "examplary_consent=\x7e"})
@many
def test_any_consent_is_answered_and_none_is_stored(client, platform, values, code, headers):
    """Nobody asked for a consent: whatever comes, nothing is stored, and nothing is sent to an LMS."""
    response = client.get(f"/consent/callback?{encoded(values)}", headers=headers)
    assert_no_crash(response)
    assert response.status_code == 404
    assert_no_crash(client.get(f"/consent/open/{quote(code, errors='surrogatepass', safe='')}", headers=headers))
