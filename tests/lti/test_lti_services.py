"""The service connector against another implementation of a platform (lti1p3platform), over HTTP."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest
import requests
from cachelib import SimpleCache
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import Flask, jsonify
from flask import Response as FlaskResponse
from flask import request as flask_request
from lti1p3platform.exceptions import LtiException, LtiServiceException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.registration import Registration
from lti1p3platform.service_connector import NamesRoleProvisioningService

from lti_tool.lti.service_connector import PlatformServiceConnector, ServiceParts
from lti_tool.lti.service_errors import (
    ServiceAddressWrong,
    ServiceRefused,
    ServiceUnreachable,
    ServiceUnreadable,
    TokenRefused,
)
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.security.encryption import Vault
from sandbox.serve import serve

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


class Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs):
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **kwargs):
        return self._registration


class FlaskRequestAdapter:
    """A Flask request as lti1p3platform reads it."""

    def __init__(self):
        self.method = flask_request.method
        self.get_data = {
            name: int(value) if value.isdigit() else value for name, value in flask_request.args.items() if name != "Aa"
        }
        self.headers = flask_request.headers
        self.json = flask_request.get_json(silent=True)


class LmsWithServices:
    """A course with three members."""

    def __init__(self, conf):
        self.conf = conf
        self.base_url = ""
        self.requests = []
        self.tokens = 0
        self.members = [{"user_id": str(number), "roles": [INSTRUCTOR], "name": "Zoë Ünal"} for number in range(3)]
        self.override = {}
        self.token_answer = {}
        self.app = Flask("lms_with_services")
        self.app.before_request(self._journal)
        self.app.add_url_rule("/token", "token", self._token, methods=["POST"])
        self.app.add_url_rule("/members", "members", self._members)

    def _journal(self):
        self.requests.append((flask_request.method, flask_request.path, dict(flask_request.headers)))
        answers = self.override.get(flask_request.path)
        return answers.pop(0) if answers else None

    def _token(self):
        self.tokens += 1
        try:
            return jsonify(self.conf.get_access_token(flask_request.form.to_dict()) | self.token_answer)
        except (LtiException, ValueError) as error:
            return jsonify(error="invalid_client", error_description=str(error)), 400

    def _served(self, answer):
        try:
            result = answer()
        except LtiServiceException as error:
            return jsonify(error=error.message), error.status_code
        return FlaskResponse(jsonify(result.result).data, result.code, content_type=result.media_type)

    def _members(self):
        lms = self

        class People(NamesRoleProvisioningService):
            def get_member_data_page(self, page=1, limit=2, **filters):
                content = [dict(member) for member in lms.members[(page - 1) * limit : page * limit]]
                return {"content": content, "has_next": len(lms.members) > page * limit}

            def get_context_by_id(self):
                return Context("course-1", "B101", "Biology")

        people = People(FlaskRequestAdapter(), self.conf, f"{self.base_url}/members")
        return self._served(people.handle_get_members)


class OneKey:
    """Tool keys from the key ring, because generating one takes a tenth of a second."""

    def __init__(self, key):
        self._key = key

    def signing_key(self):
        return self._key.kid, self._key.private

    def jwks(self):
        return {"keys": [self._key.jwk(alg="RS256", use="sig")]}


@pytest.fixture
def tool_keys(keyring):
    return OneKey(keyring["second"])


@pytest.fixture
def lms(keyring, tool_keys):
    private = keyring["first"].private
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    registration = Registration().set_iss("http://lms.localhost").set_client_id("their-client")
    registration.set_platform_public_key(public).set_platform_private_key(pem)
    registration.set_tool_key_set(tool_keys.jwks())
    lms = LmsWithServices(Conf(registration=registration))
    with serve(lms.app, "127.0.0.1") as server:
        lms.base_url = server.base_url
        yield lms


@pytest.fixture
def parts(tool_keys):
    http = ServiceHttp(requests.Session(), sleep=lambda seconds: None)
    return ServiceParts(http, SimpleCache(), Vault(Fernet.generate_key().decode()), tool_keys)


@pytest.fixture
def platform(lms, make_platform):
    return make_platform("http://lms.localhost", "their-client", token_url=f"{lms.base_url}/token")


@pytest.fixture
def connector(platform, parts):
    return PlatformServiceConnector(platform, parts)


def read(connector, url):
    """GET a list of members."""
    return connector.get([SCOPE], url, {"Accept": MEMBERS}).body["members"]


def put(connector, url):
    return connector.put((SCOPE,), url, b"{}", {}, seconds=10.0)


def test_a_list_is_read(lms, connector):
    members = read(connector, f"{lms.base_url}/members?limit=3&Aa=Bb")
    assert [(row["user_id"], row["name"]) for row in members] == [(str(number), "Zoë Ünal") for number in range(3)]
    assert sum(path == "/members" for _, path, _ in lms.requests) == 1


def test_a_request_has_the_headers_that_certification_checks(lms, connector):
    read(connector, f"{lms.base_url}/members")
    (_, token_path, _), (method, path, headers) = lms.requests
    assert (token_path, method, path) == ("/token", "GET", "/members")
    assert headers["Accept"] == MEMBERS
    assert headers["Authorization"].startswith("Bearer ")
    assert headers["User-Agent"].startswith("examplary-lms/")


def test_one_token_serves_many_calls_and_connectors(lms, platform, parts):
    for _ in range(3):
        read(PlatformServiceConnector(platform, parts), f"{lms.base_url}/members")
    assert lms.tokens == 1


def test_tokens_belong_to_one_registration(lms, platform, parts, make_platform):
    """The leak of pylti1p3next: two clients of one issuer shared their tokens (see docs/reference/pylti1p3.md#d-n1)."""
    other = make_platform("http://lms.localhost", "other-client", token_url=f"{lms.base_url}/token")
    for row in (platform, other):
        read(PlatformServiceConnector(row, parts), f"{lms.base_url}/members")
    assert lms.tokens == 2


def test_tokens_are_not_readable_in_the_cache(lms, platform, parts):
    connector = PlatformServiceConnector(platform, parts)
    token = connector.get_access_token([SCOPE])
    assert token not in str(parts.cache._cache)


@pytest.mark.parametrize("seconds", [0, 59, 60, -5, "no", None, True])
def test_a_token_that_is_about_to_expire_is_not_cached(lms, connector, seconds):
    lms.token_answer = {"expires_in": seconds}
    for _ in range(2):
        read(connector, f"{lms.base_url}/members")
    assert lms.tokens == 2


def test_a_rejected_token_is_renewed_once(lms, connector):
    url = f"{lms.base_url}/members"
    read(connector, url)
    lms.override["/members"] = [("", 401)]
    assert read(connector, url)
    assert lms.tokens == 2
    lms.override["/members"] = [("", 401), ("", 401)]
    with pytest.raises(ServiceRefused):
        read(connector, url)


def test_reading_is_retried_while_the_lms_is_down(lms, connector):
    lms.override["/members"] = [("", 503), ("", 429)]
    assert read(connector, f"{lms.base_url}/members")
    lms.override["/members"] = [("", 503)] * 3
    with pytest.raises(ServiceUnreachable):
        read(connector, f"{lms.base_url}/members")


@pytest.mark.parametrize(
    ("retry_after", "slept"), [("3", [3.0, 1.5]), ("0", [0.5, 1.5]), ("soon", [0.5, 1.5]), ("²", [0.5, 1.5])]
)
def test_retry_after_is_respected(lms, platform, parts, retry_after, slept):
    pauses = []
    patient = replace(parts, http=ServiceHttp(requests.Session(), sleep=pauses.append))
    lms.override["/members"] = [("", 429, {"Retry-After": retry_after.encode().decode("latin-1")}), ("", 503)]
    assert read(PlatformServiceConnector(platform, patient), f"{lms.base_url}/members")
    assert pauses == slept


def test_a_long_retry_after_ends_the_attempts(lms, connector):
    lms.override["/members"] = [("", 429, {"Retry-After": "3600"})]
    with pytest.raises(ServiceUnreachable):
        read(connector, f"{lms.base_url}/members")
    assert sum(path == "/members" for _, path, _ in lms.requests) == 1


def test_a_put_is_never_retried(lms, connector):
    lms.override["/scores"] = [("", 503)]
    with pytest.raises(ServiceUnreachable):
        put(connector, f"{lms.base_url}/scores")
    assert sum(path == "/scores" for _, path, _ in lms.requests) == 1


def test_a_token_request_is_never_retried(lms, connector):
    lms.override["/token"] = [("", 503)]
    with pytest.raises(ServiceUnreachable):
        read(connector, f"{lms.base_url}/members")
    assert [path for _, path, _ in lms.requests] == ["/token"]


def test_a_put_carries_its_body_and_media_type(lms, connector):
    lms.app.add_url_rule("/echo", "echo", lambda: jsonify(body=flask_request.get_data(as_text=True)), methods=["PUT"])
    response = connector.put(
        (SCOPE,),
        f"{lms.base_url}/echo",
        '{"a": "é"}'.encode(),
        {"Content-Type": "application/x.own+json"},
        seconds=10.0,
    )
    assert response.body == {"body": '{"a": "é"}'}
    assert lms.requests[-1][2]["Content-Type"] == "application/x.own+json"


def test_a_rejected_token_is_renewed_once_for_a_put(lms, connector):
    lms.override["/scores"] = [("", 401), ("", 204)]
    assert put(connector, f"{lms.base_url}/scores").status == 204
    assert lms.tokens == 2
    lms.override["/scores"] = [("", 401), ("", 401)]
    with pytest.raises(ServiceRefused):
        put(connector, f"{lms.base_url}/scores")


@pytest.mark.parametrize("call", [read, put])
@pytest.mark.parametrize("url", ["/members", "//evil.example/x", "http://[", "ftp://127.0.0.1/members"])
def test_the_token_is_sent_to_web_addresses_only(lms, connector, call, url):
    with pytest.raises(ServiceAddressWrong):
        call(connector, url)
    assert lms.requests == []


@pytest.mark.parametrize("call", [read, put])
def test_a_redirect_is_not_followed(lms, connector, call):
    lms.override["/members"] = [("", 302, {"Location": "http://evil.example/"})]
    with pytest.raises(ServiceRefused):
        call(connector, f"{lms.base_url}/members")


@pytest.mark.parametrize("body", ["<html>", "[" * 9999, b"\xff"])
def test_a_body_that_is_not_json_is_refused(lms, connector, body):
    lms.override["/members"] = [FlaskResponse(body)]
    with pytest.raises(ServiceUnreadable):
        read(connector, f"{lms.base_url}/members")


@pytest.mark.parametrize("body", ["<html>", "{}", "[]", '{"access_token": 5}', '{"access_token": "a\\nb"}'])
def test_invalid_token_responses_are_refused(lms, connector, body):
    lms.override["/token"] = [FlaskResponse(body)]
    with pytest.raises((TokenRefused, ServiceUnreadable)):
        read(connector, f"{lms.base_url}/members")


def test_without_a_token_a_service_is_not_called(lms, platform, parts):
    lms.conf.get_registration().set_tool_key_set({"keys": []})
    with pytest.raises(TokenRefused):
        read(PlatformServiceConnector(platform, parts), f"{lms.base_url}/members")
    platform.token_url = ""
    with pytest.raises(TokenRefused):
        read(PlatformServiceConnector(platform, parts), f"{lms.base_url}/members")


def test_a_platform_with_tls_is_never_called_without_tls(make_platform, parts):
    secure = make_platform("https://secure.example", "1", token_url="https://secure.example/token")
    with pytest.raises(ServiceAddressWrong):
        read(PlatformServiceConnector(secure, parts), "http://secure.example/members")


def test_a_put_has_a_time_limit_of_its_own(lms, platform, parts):
    lms.app.before_request_funcs[None].insert(0, lambda: time.sleep(1) if flask_request.method == "PUT" else None)
    with pytest.raises(ServiceUnreachable):
        PlatformServiceConnector(platform, parts).put((SCOPE,), f"{lms.base_url}/members", b"{}", {}, seconds=0.2)
    assert [method for method, path, _ in lms.requests if path == "/members"].count("PUT") <= 1


def test_a_put_goes_to_https_only_where_the_lms_does(platform, parts):
    platform.issuer = "https://secure.example"
    with pytest.raises(ServiceAddressWrong):
        PlatformServiceConnector(platform, parts).put((SCOPE,), "http://secure.example/x", b"{}", {}, seconds=1.0)


def test_a_silent_lms_times_out(lms, platform, tool_keys, monkeypatch):
    from lti_tool.lti import service_http

    monkeypatch.setattr(service_http, "READ_SECONDS", 0.2)
    lms.app.before_request_funcs[None].insert(0, lambda: time.sleep(1))
    parts = ServiceParts(
        ServiceHttp(requests.Session(), sleep=lambda seconds: None),
        SimpleCache(),
        Vault(Fernet.generate_key().decode()),
        tool_keys,
    )
    # Without the time limit, the answer would come after a second.
    with pytest.raises(ServiceUnreachable):
        read(PlatformServiceConnector(platform, parts), f"{lms.base_url}/members")


def test_no_token_is_logged(lms, connector, caplog):
    caplog.set_level(logging.DEBUG)
    lms.override["/members"] = [("", 401), ("", 401)]
    with pytest.raises(ServiceRefused) as refused:
        read(connector, f"{lms.base_url}/members?secret=1")
    tokens = [headers["Authorization"].split()[1] for _, path, headers in lms.requests if path == "/members"]
    output = caplog.text + str(refused.value) + refused.value.detail
    assert tokens
    assert not any(token in output for token in tokens)
