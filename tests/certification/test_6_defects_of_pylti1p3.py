"""Regression tests for the defects of PyLTI1p3 2.0.0, numbered as in docs/reference/pylti1p3.md#defects."""

import ast
import json
import re
import time
from pathlib import Path

import jwt
import pytest
import requests
from cachelib import SimpleCache
from flask import Flask, request
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool import ROOT
from lti_tool.lti import FileItem, PlatformKeys, ResourceLinkItem, Role, role_of, sign_deep_linking_response
from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.protocol.errors import KeysUnreachable, LaunchError
from lti_tool.lti.service_connector import PlatformServiceConnector, ServiceParts
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.models import Launch, Platform, db
from sandbox.serve import serve
from tests.certification.conftest import CLIENT, CORE, ISSUER, KID
from tests.support.calls import count_calls

DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = {
    "deep_link_return_url": "https://lms.example.org/courses/1/deep_linking_response?data=a.b.c&x=%26",
    "accept_types": ["file"],
    "accept_media_types": "application/zip,application/xml",
}
LIS = "http://purl.imsglobal.org/vocab/lis/v2/"


def deep_link(lms, **settings):
    """Launch the tool for deep linking; return its response."""
    login = lms.login()
    claims = lms.payload("teacher", login["nonce"])
    claims |= {f"{CORE}message_type": "LtiDeepLinkingRequest", f"{DEEP}deep_linking_settings": SETTINGS | settings}
    return lms.post({"state": login["state"], "id_token": lms.sign(claims)})


@pytest.fixture
def odd_server():
    """A server at the address of a key set that responds with ``odd_server.answer()``."""

    class Odd:
        def __init__(self):
            self.app = Flask("odd")
            self.request_count = 0
            self.answer = lambda: ("", 404)
            self.app.add_url_rule("/", "any", self._any, methods=["GET", "POST"])

        def _any(self):
            self.request_count += 1
            return self.answer()

    odd = Odd()
    with serve(odd.app, "127.0.0.1") as server:
        odd.url = f"{server.base_url}/"
        yield odd


def key_of(lms, kid=KID):
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(lms.key.public_key(), as_dict=True)
    return {"keys": [jwk | {"kid": kid, "alg": "RS256", "use": "sig"}]}


def test_d01_a_token_is_not_replayed(lms, refused):
    form = lms.form()
    assert lms.post(form).status_code == 303
    refused(lms.post(form), "lti.launch_used", "already used")


def test_d02_canvas_migration_selection_launches(lms):
    assert deep_link(lms).status_code == 303


def test_d03_a_state_accepts_one_token(lms, refused):
    login = lms.login()
    claims = lms.payload("teacher", login["nonce"])
    assert lms.post({"state": login["state"], "id_token": lms.sign(claims)}).status_code == 303
    other = {"state": login["state"], "id_token": lms.sign(claims | {"sub": "other"})}
    refused(lms.post(other), "lti.launch_used", "already used")


def test_d04_a_nonce_belongs_to_one_login(lms, refused):
    mine, other = lms.login(), lms.login()
    token = lms.sign(lms.payload("teacher", other["nonce"]))
    refused(lms.post({"state": mine["state"], "id_token": token}), "lti.nonce", "doesn't match the login")


def test_d05_tokens_must_expire_and_be_recent(lms, refused):
    refused(lms.launch(without=("exp",)), "lti.claim_missing", "exp is missing")
    old = int(time.time()) - 86_400
    refused(lms.launch(iat=old, exp=old + 172_800), "lti.token_too_old", "more than an hour ago")


def test_d06_clocks_may_differ_a_little(lms):
    moment = int(time.time())
    assert lms.launch(iat=moment + 30, exp=moment + 90).status_code == 303
    assert lms.launch(iat=moment - 65, exp=moment - 5).status_code == 303


def test_d07_audiences_and_parties(lms, refused):
    refused(lms.launch(aud=[CLIENT, "other"], azp="other"), "lti.audience", "meant for another tool")
    refused(lms.launch(aud=["other", CLIENT], azp=CLIENT), "lti.audience", "meant for another tool")


def test_d08_cookies_do_not_depend_on_proxy_headers(lms, app, refused):
    """Cookies are the same if the request looks like plain HTTP, as behind a proxy that sets no headers."""
    form = lms.form()
    assert not app.test_client().get("/").request.is_secure
    refused(lms.post(form, app.test_client()), "lti.cookie_missing", "didn't keep the cookie")


def test_d09_no_claims_in_cookies_however_many_launches(lms):
    """A launch leaves one random value, which is sent to the pages of this launch only."""
    for _ in range(5):
        response = lms.launch()
        cookies = [cookie.split("; ") for cookie in response.headers.getlist("Set-Cookie")]
        (own,) = [cookie for cookie in cookies if cookie[0].partition("=")[2]]
        assert re.fullmatch(r"examplary_launch=[\w-]{43}", own[0])
        assert f"Path={response.location}" in own
        assert response.location.startswith("/l/")
        assert lms.browser.get(response.location).request.headers["Cookie"] == own[0]


def test_d10_a_rotated_key_is_fetched_at_once(lms, odd_server):
    moment = [1_000_000.0]
    keys = PlatformKeys(requests.Session(), SimpleCache(), clock=lambda: moment[0])
    odd_server.answer = lambda: key_of(lms, "old")
    assert keys.find(odd_server.url, "old")
    odd_server.answer = lambda: key_of(lms, "new")
    moment[0] += 60
    assert keys.find(odd_server.url, "new")
    assert odd_server.request_count == 2


def test_d11_error_responses_are_not_cached_as_keys(lms, odd_server, monkeypatch):
    monkeypatch.setattr("lti_tool.lti.store.platform_keys.PAUSE_SECONDS", 1)
    keys = PlatformKeys(requests.Session(), SimpleCache())
    odd_server.answer = lambda: ({"error": "down"}, 500)
    with pytest.raises(KeysUnreachable):
        keys.find(odd_server.url, KID)
    odd_server.answer = lambda: key_of(lms)
    time.sleep(1.1)
    assert [keys.find(odd_server.url, KID) for _ in range(2)]
    assert odd_server.request_count == 2


def test_d12_a_silent_platform_does_not_hold_a_worker(odd_server, monkeypatch):
    monkeypatch.setattr("lti_tool.lti.jwks_fetch.READ_SECONDS", 0.2)
    odd_server.answer = lambda: time.sleep(60) or ""
    began = time.monotonic()
    with pytest.raises(KeysUnreachable):
        PlatformKeys(requests.Session(), SimpleCache()).find(odd_server.url, KID)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("token", ["e30.e30.e30", "W10.W10.x", "a.b", "bnVsbA.bnVsbA.x", "eyJraWQiOjF9.e30.x"])
def test_d13_odd_tokens_are_refused_without_a_crash(lms, token):
    response = lms.post({"state": lms.login()["state"], "id_token": token})
    assert 400 <= response.status_code < 500


def test_d13_an_unknown_issuer_is_refused_with_an_explanation(lms, refused):
    response = lms.browser.post("/lti/login", data={"iss": "https://nobody.example", "login_hint": "1"})
    refused(response, "lti.unknown_platform", "This LMS isn't registered with Examplary yet.")


def test_d14_remote_bodies_are_neither_shown_nor_logged(lms, odd_server, capfd):
    odd_server.answer = lambda: ("<html>name: Ada Lovelace</html>", 200)
    db.session.query(Platform).one().jwks_url = odd_server.url
    db.session.commit()
    response = lms.launch()
    assert response.status_code == 502
    output = capfd.readouterr()
    assert "Lovelace" not in response.text + output.out + output.err


@pytest.mark.parametrize("evil", ["x?a='\"><script>alert(1)</script>", "x?a=%22%3E%3Cscript%3Ealert(1)"])
def test_d15_a_hostile_return_address_runs_no_script(lms, app, evil):
    app.extensions["services"].tool_keys.ensure()
    opened = deep_link(lms, deep_link_return_url=f"https://lms.example.org/{evil}")
    if opened.status_code == 303:
        page = lms.browser.post(f"{opened.location}cancel")
        assert "<script>alert" not in page.text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "<button" in page.text
    else:
        assert opened.status_code == 400


@pytest.mark.parametrize("address", [None, "", "javascript:alert(1)", "http://lms.example.org/return"])
def test_d16_a_deep_link_without_a_good_return_address_is_refused_at_once(lms, address):
    response = deep_link(lms, deep_link_return_url=address)
    assert response.status_code == 400
    assert db.session.query(Launch).count() == 0


def signed(app, *items, **settings):
    keys = app.extensions["services"].tool_keys
    token = sign_deep_linking_response(
        issuer=ISSUER,
        client_id=CLIENT,
        deployment_id="1",
        settings=DeepLinkingSettings.from_claim(SETTINGS | settings),
        items=items,
        keys=keys,
    )
    return jwt.decode(token, options={"verify_signature": False})


def test_d17_responses_have_no_null_or_empty_values(app):
    link = ResourceLinkItem(url="https://tool.example/lti/launch", title="Exam")
    text = json.dumps(signed(app, link))
    assert "null" not in text
    assert "{}" not in text
    assert f"{DEEP}data" not in text
    assert signed(app, link, data="opaque")[f"{DEEP}data"] == "opaque"


def test_d18_a_file_has_a_media_type(app):
    file = FileItem(url="https://tool.example/packages/t/exam.zip", title="Exam", text="Exam for Canvas")
    (item,) = signed(app, file)[f"{DEEP}content_items"]
    assert (item["type"], item["mediaType"], item["text"]) == ("file", "application/zip", "Exam for Canvas")


def test_d18_a_link_has_a_title(app):
    link = ResourceLinkItem(url="https://tool.example/lti/launch", title="Exam", custom={"examplary_exam": "e1"})
    (item,) = signed(app, link)[f"{DEEP}content_items"]
    assert item == {
        "type": "ltiResourceLink",
        "url": "https://tool.example/lti/launch",
        "title": "Exam",
        "custom": {"examplary_exam": "e1"},
    }


def test_d19_an_authorization_address_may_have_a_query(lms):
    db.session.query(Platform).one().authorization_url = f"{ISSUER}/auth?tenant=7"
    db.session.commit()
    response = lms.browser.post("/lti/login", data={"iss": ISSUER, "client_id": CLIENT, "login_hint": "1"})
    assert response.location.startswith(f"{ISSUER}/auth?tenant=7&scope=openid&")


@pytest.mark.parametrize(
    ("uris", "role"),
    [
        ([f"{LIS}membership#TeachingAssistant"], Role.INSTRUCTOR),
        ([f"{LIS}institution/person#Administrator"], Role.INSTRUCTOR),
        ([f"{LIS}person#Administrator"], Role.OTHER),
        (["http://foo/bar#Instructor"], Role.OTHER),
        ([f"{LIS}membership#Instructor", f"{LIS}system/person#User"], Role.INSTRUCTOR),
        ([f"{LIS}membership#Learner", f"{LIS}institution/person#Instructor"], Role.STUDENT),
    ],
)
def test_d20_roles_by_vocabulary(uris, role):
    assert role_of(uris) is role


def test_d21_the_cookie_survives_in_frames(lms):
    response = lms.browser.post("/lti/login", data={"iss": ISSUER, "client_id": CLIENT, "login_hint": "1"})
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti/"):
        assert part in response.headers["Set-Cookie"]


def test_d22_registrations_share_nothing_in_classes(lms):
    """The library's class-level table stays unchanged: our registrations are rows."""
    before = dict(ToolConfAbstract.issuers_relation_types)
    assert lms.launch().status_code == 303
    assert dict(ToolConfAbstract.issuers_relation_types) == before


@pytest.fixture
def connector(app, lms, odd_server):
    row = db.session.query(Platform).one()
    row.issuer = "http://lms.localhost"
    row.token_url = odd_server.url
    services = app.extensions["services"]
    http = ServiceHttp(requests.Session(), sleep=lambda seconds: None)
    return PlatformServiceConnector(row, ServiceParts(http, SimpleCache(), services.vault, services.tool_keys))


def test_d23_addresses_in_headers_keep_their_case(connector, odd_server):
    following = f"{odd_server.url}?Page=2&Token=AbC"
    odd_server.answer = lambda: (
        {"access_token": "t", "expires_in": 3600}
        if request.method == "POST"
        else ({}, {"link": f'<{following}>; rel="next"'})
    )
    assert connector.get(["s"], odd_server.url, {}).headers["Link"] == f'<{following}>; rel="next"'


def test_d23_requests_by_the_library_are_not_possible(connector, odd_server):
    with pytest.raises(NotImplementedError):
        connector.make_service_request(["s"], odd_server.url)
    assert odd_server.request_count == 0


def test_d24_a_token_is_reused_until_it_expires(connector, odd_server):
    odd_server.answer = lambda: {"access_token": f"t{odd_server.request_count}", "expires_in": 3600}
    assert [connector.get_access_token(["s"]) for _ in range(3)] == ["t1"] * 3
    odd_server.answer = lambda: {"access_token": f"t{odd_server.request_count}", "expires_in": 30}
    assert [connector.get_access_token(["other"]) for _ in range(2)] == ["t2", "t3"]


def test_d25_signing_does_not_parse_the_key_again(app):
    """The library takes 59 ms, because it parses the PEM every time."""
    keys = app.extensions["services"].tool_keys
    keys.rotate(at_once=True)  # so that no key is cached
    assert count_calls(signed, app)["load_pem_private_key"] == 1
    assert count_calls(signed, app)["load_pem_private_key"] == 0


def test_d26_the_key_set_includes_the_next_key_with_a_random_id(app):
    keys = app.extensions["services"].tool_keys
    before = [key["kid"] for key in keys.jwks()["keys"]]
    assert len(before) == 2
    assert keys.rotate(at_once=True) in before
    assert len(keys.jwks()["keys"]) == 3


def test_d27_without_cookies_the_browser_gets_our_page(lms, app):
    """The library's page for browsers without cookies has an inline script and no title."""
    page = lms.post(lms.form(), app.test_client())
    assert "<script>" not in page.text
    assert "<title>" in page.text
    assert "<title></title>" not in page.text
    assert 'lang="en"' in page.text


def test_d28_no_check_relies_on_assert():
    """``python -O`` removes asserts."""
    asserts = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for floor in ("lti", "lms", "services", "web", "security", "models", "examplary")
        for path in Path(ROOT / "lti_tool" / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert)
    ]
    assert not asserts


def test_d29_no_sentence_has_a_placeholder():
    """The library shows "Missing %s cookie session-id"."""
    kinds = [LaunchError]
    while kinds:
        kind = kinds.pop()
        assert "%s" not in kind.sentence + kind.advice
        kinds += kind.__subclasses__()
