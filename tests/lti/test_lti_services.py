"""Gradebook and members, at a platform that we did not write (lti1p3platform), over real HTTP."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

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
from lti1p3platform.response import generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService

from lti_tool.lti import LineItem, Role
from lti_tool.lti.grades import Grades, GradesEndpoint, Score
from lti_tool.lti.members import Members
from lti_tool.lti.protocol.claims import AGS_LINE_ITEM_SCOPE, AGS_RESULT_SCOPE, AGS_SCORE_SCOPE
from lti_tool.lti.service_connector import Connector, ServiceParts
from lti_tool.lti.service_errors import (
    ServiceAddressWrong,
    ServiceNotGranted,
    ServiceRefused,
    ServiceUnreachable,
    ServiceUnreadable,
    TokenRefused,
)
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.security.encryption import Vault
from sandbox.serve import serve

INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


class Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs):
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **kwargs):
        return self._registration


class Asked:
    """A Flask request as that library reads it."""

    def __init__(self):
        self.method = flask_request.method
        self.get_data = {
            name: int(value) if value.isdigit() else value for name, value in flask_request.args.items() if name != "Aa"
        }
        self.headers = flask_request.headers
        self.json = flask_request.get_json(silent=True)


class LmsWithServices:
    """A course with a gradebook and two pages of members."""

    def __init__(self, conf):
        self.conf, self.base_url = conf, ""
        self.columns, self.scores, self.results, self.asked, self.tokens = [], [], [], [], 0
        self.members = [
            {"user_id": "1", "roles": [INSTRUCTOR], "name": "Zoë Ünal", "email": "zoe@school.example"},
            {"user_id": "2", "roles": ["Learner"], "status": "Inactive"},
            {"user_id": "3", "roles": [LEARNER], "name": "名前"},
        ]
        self.override = {}
        self.token_answer = {}
        self.next_link = None
        self.app = Flask("lms_with_services")
        self.app.before_request(self._journal)
        self.app.add_url_rule("/token", "token", self._token, methods=["POST"])
        self.app.add_url_rule("/lineitems", "columns", self._columns, methods=["GET", "POST"])
        self.app.add_url_rule("/lineitems/<int:number>/scores", "scores", self._scores, methods=["POST"])
        self.app.add_url_rule("/lineitems/<int:number>/results", "results", self._results)
        self.app.add_url_rule("/members", "members", self._members)

    def _journal(self):
        self.asked.append((flask_request.method, flask_request.path, dict(flask_request.headers)))
        answers = self.override.get(flask_request.path)
        return answers.pop(0) if answers else None

    def _token(self):
        self.tokens += 1
        try:
            return jsonify(self.conf.get_access_token(flask_request.form.to_dict()) | self.token_answer)
        except (LtiException, ValueError) as error:
            return jsonify(error="invalid_client", error_description=str(error)), 400

    def _served(self, answer, page=None):
        try:
            found = answer()
        except LtiServiceException as error:
            return jsonify(error=error.message), error.status_code
        body = page(found.result) if page and found.code == 200 else found.result
        response = FlaskResponse("" if body is None else jsonify(body).data, found.code, content_type=found.media_type)
        link = self.next_link or (isinstance(found.result, dict) and found.result.get("next"))
        if link and page:
            response.headers["Link"] = generate_next_link(link)
        return response

    def _book(self):
        lms = self

        class Book(AssignmentsGradesService):
            def find_lineitems(self, page=1, limit=2, **filters):
                content = lms.columns[(page - 1) * limit : page * limit]
                return {"content": content, "has_next": len(lms.columns) > page * limit, "next": None}

            def create_lineitem(self, creation_data):
                lms.columns.append(creation_data | {"id": f"{lms.base_url}/lineitems/{len(lms.columns)}"})
                return lms.columns[-1]

            def update_score(self, line_item_id, score):
                lms.scores.append((line_item_id, score))
                return UpdateScoreStatus.SUCCESS

            def get_results(self, line_item_id, page=1, limit=2, user_id=None):
                content = lms.results[(page - 1) * limit : page * limit]
                return {"content": content, "has_next": len(lms.results) > page * limit, "next": None}

            find_lineitem = update_lineitem = delete_lineitem = None

        return Book(Asked(), self.conf, f"{self.base_url}/lineitems")

    def _columns(self):
        if flask_request.method == "POST":
            return self._served(self._book().handle_create_lineitem)
        return self._served(self._book().handle_get_lineitems, lambda page: page["content"])

    def _scores(self, number):
        return self._served(lambda: self._book().handle_update_score(number))

    def _results(self, number):
        book = self._book()
        book.ags.lineitem_url = f"{self.base_url}/lineitems/{number}"
        return self._served(lambda: book.handle_get_results(number), lambda page: page["content"])

    def _members(self):
        lms = self

        class People(NamesRoleProvisioningService):
            def get_member_data_page(self, page=1, limit=2, **filters):
                content = [dict(each) for each in lms.members[(page - 1) * limit : page * limit]]
                return {"content": content, "has_next": len(lms.members) > page * limit}

            def get_context_by_id(self):
                return Context("course-1", "B101", "Biology")

        people = People(Asked(), self.conf, f"{self.base_url}/members")
        return self._served(people.handle_get_members, lambda page: page)


class OneKey:
    """The tool's keys without the tenth of a second that making one takes."""

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
    found = LmsWithServices(Conf(registration=registration))
    with serve(found.app, "127.0.0.1") as server:
        found.base_url = server.base_url
        yield found


@pytest.fixture
def parts(tool_keys):
    http = ServiceHttp(requests.Session(), sleep=lambda seconds: None)
    return ServiceParts(http, SimpleCache(), Vault(Fernet.generate_key().decode()), tool_keys)


@pytest.fixture
def platform(lms, make_platform):
    return make_platform("http://lms.localhost", "their-client", token_url=f"{lms.base_url}/token")


@pytest.fixture
def connector(platform, parts):
    return Connector(platform, parts)


def endpoint(lms, **changes):
    claim = {"scope": [AGS_LINE_ITEM_SCOPE, AGS_SCORE_SCOPE], "lineitems": f"{lms.base_url}/lineitems"}
    return GradesEndpoint.from_claim(claim | changes)


def score(**changes):
    moment = datetime(2026, 5, 4, 12, tzinfo=UTC)
    return Score(**({"user_id": "2", "given": Decimal("7.5"), "maximum": Decimal(10), "at": moment} | changes))


def test_a_column_is_made_once_and_found_again(lms, connector):
    grades = Grades(connector, endpoint(lms))
    item = LineItem(score_maximum=Decimal(10), label="Exam", resource_id="exam-1")
    lms.columns += [{"id": f"{lms.base_url}/lineitems/{number}", "tag": "other"} for number in range(3)]
    first = grades.column(item, "examplary")
    assert first == f"{lms.base_url}/lineitems/3"
    assert grades.column(item, "examplary") == first
    assert lms.columns[-1]["scoreMaximum"] == 10
    assert len(lms.columns) == 4


def test_points_arrive(lms, connector):
    grades = Grades(connector, endpoint(lms))
    column = grades.column(LineItem(score_maximum=Decimal(10)), "examplary")
    grades.send(score(comment="Well done", finished=False), column)
    ((number, sent),) = lms.scores
    assert number == 0
    assert (sent["userId"], sent["scoreGiven"], sent["scoreMaximum"]) == ("2", 7.5, 10)
    assert (sent["activityProgress"], sent["gradingProgress"]) == ("Completed", "PendingManual")
    assert sent["timestamp"] == "2026-05-04T12:00:00.000+00:00"
    assert sent["comment"] == "Well done"


def test_points_go_to_the_column_of_the_link(lms, connector):
    lms.columns.append({"id": f"{lms.base_url}/lineitems/0"})
    Grades(connector, endpoint(lms, lineitem=f"{lms.base_url}/lineitems/0")).send(score())
    assert len(lms.scores) == 1


def test_what_stands_in_a_column_comes_page_by_page(lms, connector):
    lms.results = [
        {"userId": "1", "resultScore": 7.5, "resultMaximum": 10, "comment": "Good"},
        {"userId": "2"},
        {"userId": "3", "resultScore": 0, "resultMaximum": 10},
    ]
    grades = Grades(connector, endpoint(lms, scope=[AGS_RESULT_SCOPE], lineitem=f"{lms.base_url}/lineitems/0?limit=2"))
    assert [(each.user_id, each.given, each.maximum, each.comment) for each in grades.results()] == [
        ("1", Decimal("7.5"), Decimal(10), "Good"),
        ("2", None, None, ""),
        ("3", Decimal(0), Decimal(10), ""),
    ]
    asked = [headers["Accept"] for _, path, headers in lms.asked if path == "/lineitems/0/results"]
    assert asked == ["application/vnd.ims.lis.v2.resultcontainer+json"] * 2


@pytest.mark.parametrize(
    "result", [{}, {"userId": 5}, {"userId": "1", "resultScore": "7"}, {"userId": "1", "resultScore": True}]
)
def test_results_that_make_no_sense(lms, connector, result):
    lms.results = [result]
    grades = Grades(connector, endpoint(lms, scope=[AGS_RESULT_SCOPE], lineitem=f"{lms.base_url}/lineitems/0"))
    with pytest.raises(ServiceUnreadable):
        grades.results()


def test_everybody_of_a_course_comes_page_by_page(lms, connector):
    people = Members(connector, f"{lms.base_url}/members?limit=2&Aa=Bb").all()
    assert [(each.user_id, each.role, each.active, each.name) for each in people] == [
        ("1", Role.INSTRUCTOR, True, "Zoë Ünal"),
        ("2", Role.STUDENT, False, ""),
        ("3", Role.STUDENT, True, "名前"),
    ]
    assert sum(path == "/members" for _, path, _ in lms.asked) == 2


def test_what_certification_looks_at(lms, connector):
    Members(connector, f"{lms.base_url}/members").all()
    (_, token_path, _), (method, path, headers) = lms.asked
    assert (token_path, method, path) == ("/token", "GET", "/members")
    assert headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert headers["Authorization"].startswith("Bearer ")
    assert "Examplary" in headers["User-Agent"]


def test_one_token_serves_many_calls_and_connectors(lms, platform, parts):
    for _ in range(3):
        Members(Connector(platform, parts), f"{lms.base_url}/members").all()
    assert lms.tokens == 1


def test_tokens_belong_to_one_registration(lms, platform, parts, make_platform):
    """The leak of pylti1p3next: two clients of one issuer shared their tokens (facts: pylti1p3 D-N1)."""
    other = make_platform("http://lms.localhost", "other-client", token_url=f"{lms.base_url}/token")
    for each in (platform, other):
        Members(Connector(each, parts), f"{lms.base_url}/members").all()
    assert lms.tokens == 2


def test_tokens_are_not_readable_in_the_cache(lms, platform, parts):
    connector = Connector(platform, parts)
    token = connector.get_access_token(["https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"])
    assert token not in str(parts.cache._cache)


@pytest.mark.parametrize("seconds", [0, 59, 60, -5, "no", None, True])
def test_a_token_that_is_about_to_run_out_is_not_kept(lms, connector, seconds):
    lms.token_answer = {"expires_in": seconds}
    for _ in range(2):
        Members(connector, f"{lms.base_url}/members").all()
    assert lms.tokens == 2


def test_a_token_that_is_no_longer_taken_is_renewed_once(lms, connector):
    members = Members(connector, f"{lms.base_url}/members")
    members.all()
    lms.override["/members"] = [("", 401)]
    assert members.all()
    assert lms.tokens == 2
    lms.override["/members"] = [("", 401), ("", 401)]
    with pytest.raises(ServiceRefused):
        members.all()


def test_reading_is_repeated_while_the_lms_is_away(lms, connector):
    lms.override["/members"] = [("", 503), ("", 429)]
    assert Members(connector, f"{lms.base_url}/members").all()
    lms.override["/members"] = [("", 503)] * 3
    with pytest.raises(ServiceUnreachable):
        Members(connector, f"{lms.base_url}/members").all()


@pytest.mark.parametrize(
    ("given", "slept"), [("3", [3.0, 1.5]), ("0", [0.5, 1.5]), ("soon", [0.5, 1.5]), ("²", [0.5, 1.5])]
)
def test_an_lms_that_has_too_many_calls_is_left_alone_as_long_as_it_says(lms, platform, parts, given, slept):
    pauses = []
    patient = replace(parts, http=ServiceHttp(requests.Session(), sleep=pauses.append))
    lms.override["/members"] = [("", 429, {"Retry-After": given.encode().decode("latin-1")}), ("", 503)]
    assert Members(Connector(platform, patient), f"{lms.base_url}/members").all()
    assert pauses == slept


def test_an_lms_that_wants_to_be_left_alone_for_long_is_not_asked_again(lms, connector):
    lms.override["/members"] = [("", 429, {"Retry-After": "3600"})]
    with pytest.raises(ServiceUnreachable):
        Members(connector, f"{lms.base_url}/members").all()
    assert sum(path == "/members" for _, path, _ in lms.asked) == 1


def test_points_are_sent_once_whatever_happens(lms, connector):
    lms.override["/lineitems/0/scores"] = [("", 503)]
    with pytest.raises(ServiceUnreachable):
        Grades(connector, endpoint(lms)).send(score(), f"{lms.base_url}/lineitems/0")
    assert sum(path.endswith("/scores") for _, path, _ in lms.asked) == 1


@pytest.mark.parametrize(
    "link", ["http://evil.example/members?page=2", "https://127.0.0.1/members", "//evil.example/x", "http://["]
)
def test_the_token_follows_no_page_to_another_server(lms, connector, link):
    lms.next_link = link
    with pytest.raises(ServiceAddressWrong):
        Members(connector, f"{lms.base_url}/members").all()


def test_a_redirect_is_not_followed(lms, connector):
    lms.override["/members"] = [("", 302, {"Location": "http://evil.example/"})]
    with pytest.raises(ServiceRefused):
        Members(connector, f"{lms.base_url}/members").all()


@pytest.mark.parametrize(
    "body", ["<html>", "[]", "{}", '{"members": {}}', '{"members": ["x"]}', '{"members": [{"roles": []}]}', "[" * 9999]
)
def test_members_that_make_no_sense(lms, connector, body):
    lms.override["/members"] = [FlaskResponse(body)]
    with pytest.raises(ServiceUnreadable):
        Members(connector, f"{lms.base_url}/members").all()


@pytest.mark.parametrize("body", ["<html>", "{}", "[]", '{"access_token": 5}', '{"access_token": "a\\nb"}'])
def test_token_answers_that_make_no_sense(lms, connector, body):
    lms.override["/token"] = [FlaskResponse(body)]
    with pytest.raises((TokenRefused, ServiceUnreadable)):
        Members(connector, f"{lms.base_url}/members").all()


def test_a_platform_that_gives_no_token(lms, platform, parts):
    lms.conf.get_registration().set_tool_key_set({"keys": []})
    with pytest.raises(TokenRefused):
        Members(Connector(platform, parts), f"{lms.base_url}/members").all()
    platform.token_url = ""
    with pytest.raises(TokenRefused):
        Members(Connector(platform, parts), f"{lms.base_url}/members").all()


def test_what_was_not_granted_is_not_asked(lms, connector):
    with pytest.raises(ServiceNotGranted):
        Grades(connector, endpoint(lms, scope=[AGS_SCORE_SCOPE])).column(LineItem(score_maximum=Decimal(1)), "t")
    with pytest.raises(ServiceNotGranted):
        Grades(connector, endpoint(lms, scope=[])).send(score(), "x")
    with pytest.raises(ServiceNotGranted):
        Grades(connector, endpoint(lms)).send(score())
    with pytest.raises(ServiceNotGranted):
        Grades(connector, endpoint(lms)).results("x")
    with pytest.raises(ServiceNotGranted):
        Members(connector, "").all()
    assert not lms.asked


@pytest.mark.parametrize("claim", [None, [], "x", {"scope": "a b"}, {"scope": [1]}, {"lineitems": 5}])
def test_an_endpoint_claim_of_wrong_types_offers_nothing(claim):
    assert GradesEndpoint.from_claim(claim) == GradesEndpoint()


def test_a_platform_with_tls_is_not_called_without(make_platform, parts):
    secure = make_platform("https://secure.example", "1", token_url="https://secure.example/token")
    with pytest.raises(ServiceAddressWrong):
        Members(Connector(secure, parts), "http://secure.example/members").all()


def test_a_silent_lms_is_not_waited_for(lms, platform, tool_keys, monkeypatch):
    from lti_tool.lti import service_http

    monkeypatch.setattr(service_http, "READ_SECONDS", 0.2)
    lms.app.before_request_funcs[None].insert(0, lambda: __import__("time").sleep(1))
    parts = ServiceParts(
        ServiceHttp(requests.Session(), sleep=lambda seconds: None),
        SimpleCache(),
        Vault(Fernet.generate_key().decode()),
        tool_keys,
    )
    began = datetime.now(UTC)
    with pytest.raises(ServiceUnreachable):
        Members(Connector(platform, parts), f"{lms.base_url}/members").all()
    assert datetime.now(UTC) - began < timedelta(seconds=3)


def test_no_token_is_logged(lms, connector, caplog):
    caplog.set_level(logging.DEBUG)
    lms.override["/members"] = [("", 401), ("", 401)]
    with pytest.raises(ServiceRefused) as refused:
        Members(connector, f"{lms.base_url}/members?secret=1").all()
    sent = [headers["Authorization"].split()[1] for _, path, headers in lms.asked if path == "/members"]
    written = caplog.text + str(refused.value) + refused.value.detail
    assert not any(token in written for token in sent)
