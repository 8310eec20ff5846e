"""The client: what Canvas's answers mean, where the token goes, and how much is read."""

from __future__ import annotations

import json
from dataclasses import replace

import jwt
import pytest
from flask import Flask, Response, jsonify, request

from lti_tool.lms.account_access import LmsAccess
from lti_tool.lms.canvas import api_errors
from lti_tool.lms.canvas.api import BUSY_SECONDS, MAX_PAGES, CanvasApi, check
from lti_tool.lms.canvas.launch_grant import canvas_grant
from lti_tool.lms.canvas.quiz_import import CanvasQuizzes
from lti_tool.lms.canvas.upload import UploadPlace, read_place, upload
from lti_tool.lms.direct_import import AccountRefused, Availability
from lti_tool.lti import DeepLinkingSettings, MessageType, Role, VerifiedLaunch
from lti_tool.net.reader import HttpReader, HttpResponse
from sandbox.serve import serve
from tests.lms.canvas.conftest import LOCAL

BEARER = {"www-authenticate": 'Bearer realm="canvas-lms"'}


def errors(message):
    return json.dumps({"errors": [{"message": message}]}).encode()


@pytest.mark.parametrize(
    ("status", "headers", "body", "error"),
    [
        (401, BEARER, errors("Invalid access token."), AccountRefused),
        (401, BEARER, errors("Ongeldig toegangstoken."), AccountRefused),
        (401, {}, errors("Expired access token."), AccountRefused),
        (401, {}, errors("Insufficient scopes on access token."), api_errors.ScopeMissing),
        (401, {}, errors("user not authorized to perform that action"), api_errors.CanvasPermissionMissing),
        (
            401,
            {},
            b'{"status":"unauthorized","errors":[{"message":"niet gemachtigd"}]}',
            api_errors.CanvasPermissionMissing,
        ),
        (403, {}, errors("gebruiker is niet gemachtigd"), api_errors.CanvasPermissionMissing),
        (403, {}, b'{"status":"unauthorized"}', api_errors.CanvasPermissionMissing),
        (403, {}, b"403 Forbidden (Rate Limit Exceeded)\n", api_errors.CanvasBusy),
        (429, {}, b"", api_errors.CanvasBusy),
        (403, {}, b"<html>WAF</html>", api_errors.CanvasRequestRefused),
        (403, {}, b"[]", api_errors.CanvasRequestRefused),
        (404, {}, errors("The specified resource does not exist."), api_errors.CourseGone),
        (400, {}, b'{"message":"Invalid migration_type"}', api_errors.CanvasRequestRefused),
        (302, {"location": "https://school.example/login"}, b"", api_errors.CanvasRequestRefused),
        (502, {}, b"<html>", api_errors.CanvasUnreachable),
        (503, BEARER, errors("Invalid access token."), api_errors.CanvasUnreachable),
    ],
)
def test_each_refusal_has_its_own_meaning(status, headers, body, error):
    with pytest.raises(error) as refusal:
        check(HttpResponse(status, headers, body, "https://school.example/api/v1/courses/1"))
    assert type(refusal.value) is error
    assert "errors" not in refusal.value.detail


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("9999", 120.0), ("soon", BUSY_SECONDS), ("", BUSY_SECONDS)]
)
def test_the_pause_that_canvas_asks_for(value, seconds):
    with pytest.raises(api_errors.CanvasBusy) as refusal:
        check(HttpResponse(429, {"retry-after": value}))
    assert refusal.value.retry_after == seconds


class Server:
    """Answers as a test says, and remembers the requests."""

    def __init__(self):
        self.app = Flask(__name__)
        self.answers = []
        self.requests = []
        self.url = ""

        @self.app.route("/<path:path>", methods=["GET", "POST"])
        def any_path(path):
            self.requests.append((request.full_path, dict(request.headers), request.get_data()))
            return self.answers.pop(0)


@pytest.fixture
def server():
    server = Server()
    with serve(server.app, "127.0.0.1") as running:
        server.url = running.base_url
        yield server


@pytest.fixture
def api(server):
    http = HttpReader(user_agent="examplary-lms/1")
    return CanvasApi(LmsAccess(base_url=server.url, user_id="1", access_token=lambda: "secret", http=http))


def page(entries, following=""):
    response = jsonify(entries)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next", <https://x.example>; rel="last"'
    return response


def test_all_pages_are_read_by_name_and_token(server, api):
    with server.app.app_context():
        server.answers = [page([{"id": 1}], f"{server.url}/api/v1/x?page=2"), page([{"id": "2"}, 3])]
    listing = api.list("/api/v1/x", [("search_term", "a b")])
    assert (listing.entries, listing.complete) == (({"id": 1}, {"id": "2"}), True)
    path, headers, _ = server.requests[0]
    assert path == "/api/v1/x?search_term=a+b&per_page=100"
    assert headers["Authorization"] == "Bearer secret"
    assert headers["User-Agent"] == "examplary-lms/1"
    assert headers["Accept"] == "application/json+canvas-string-ids"


def test_a_next_page_elsewhere_is_not_followed(server, api):
    with server.app.app_context():
        server.answers = [page([], server.url.replace("127.0.0.1", "localhost") + "/api/v1/x?page=2")]
    assert api.list("/api/v1/x").complete
    assert len(server.requests) == 1


def test_endless_pagination_is_cut_off(server, api):
    with server.app.app_context():
        server.answers = [page([{"id": n}], f"{server.url}/api/v1/x?page={n + 2}") for n in range(MAX_PAGES + 1)]
    listing = api.list("/api/v1/x")
    assert (len(listing.entries), listing.complete) == (MAX_PAGES, False)


@pytest.mark.parametrize("body", ["<html>Maintenance</html>", "", "[", "null", '"x"'])
def test_responses_without_json_are_tried_again(server, api, body):
    server.answers = [Response(body, 200)] * 2
    with pytest.raises(api_errors.CanvasUnreachable):
        api.get("/api/v1/x")
    with pytest.raises(api_errors.CanvasUnreachable):
        api.list("/api/v1/x")


def test_requests_are_spread_before_the_limit_is_reached(server, api):
    server.answers = [Response("{}", 200, {"X-Rate-Limit-Remaining": value}) for value in ("600.0", "40.123456", "x")]
    pauses = []
    for _ in range(3):
        api.get("/api/v1/x")
        pauses.append(round(api.pause))
    assert pauses == [0, 6, 6]


class TestUpload:
    def test_the_fields_come_in_order_and_the_file_last_without_the_token(self, server, api):
        server.answers = [Response("{}", 201)]
        place = UploadPlace(f"{server.url}/up", (("key", "a/b"), ("x-policy", "p")))
        upload(api, LOCAL, place, "Ängste.zip", b"PK\x03\x04")
        _, headers, body = server.requests[0]
        assert "Authorization" not in headers
        assert body.index(b'name="key"') < body.index(b'name="x-policy"') < body.index(b'name="file"')

    def test_a_private_address_is_refused(self, server, api):
        place = UploadPlace(server.url.replace("127.0.0.1", "localhost") + "/up", ())
        with pytest.raises(api_errors.UploadRefused):
            upload(api, HttpReader(replace(LOCAL.connector, rules=type(LOCAL.connector.rules)())), place, "a.zip", b"")
        assert server.requests == []

    @pytest.mark.parametrize("location", ["https://elsewhere.example/done", "//elsewhere.example/done", ""])
    def test_the_token_is_not_taken_elsewhere(self, server, api, location):
        server.answers = [Response("", 303, {"Location": location} if location else {})]
        with pytest.raises(api_errors.UploadRefused):
            upload(api, LOCAL, UploadPlace(f"{server.url}/up", ()), "a.zip", b"")
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ({"message": "file size exceeds quota", "error": True}, api_errors.QuotaExceeded),
            ({"message": "no", "error": True}, api_errors.UploadRefused),
            ({}, api_errors.UploadRefused),
            ({"upload_url": 5, "upload_params": []}, api_errors.UploadRefused),
        ],
    )
    def test_an_answer_without_a_place(self, answer, error):
        with pytest.raises(error):
            read_place(answer)

    def test_values_are_sent_as_texts(self):
        place = read_place({"upload_url": "https://x.example", "upload_params": {"a": None, "b": True, "c": 3}})
        assert place.fields == (("a", ""), ("b", "true"), ("c", "3"))
        assert "x.example" not in repr(place)


VARIABLES = {
    "canvas_api_base_url": "https://School.instructure.com/",
    "canvas_course_id": "42",
    "canvas_user_id": "7",
}


def launch(custom=VARIABLES, data=None, media_types=""):
    settings = None
    if data is not None:
        url = f"https://s.example/courses/42/deep_linking_response?modal=true&data={data}"
        settings = DeepLinkingSettings.from_json({"deep_link_return_url": url, "accept_media_types": media_types})
    return VerifiedLaunch(
        platform_id="p",
        issuer="https://canvas.instructure.com",
        client_id="c",
        deployment_id="1",
        sub="3",
        message_type=MessageType.DEEP_LINKING if settings else MessageType.RESOURCE_LINK,
        role=Role.INSTRUCTOR,
        custom=custom,
        deep_linking=settings,
    )


class TestGrant:
    def test_host_course_and_person(self):
        grant = canvas_grant(launch())
        assert grant == {"base_url": "https://school.instructure.com", "course": "42", "user": "7", "placement": ""}

    def test_the_domain_alone_is_enough(self):
        custom = {name: value for name, value in VARIABLES.items() if "base" not in name}
        grant = canvas_grant(launch(custom | {"canvas_api_domain": "school.example"}))
        assert grant["base_url"] == "https://school.example"

    @pytest.mark.parametrize("name", VARIABLES)
    @pytest.mark.parametrize("value", ["", "$Canvas.course.id", "https://a.example/b", "ftp://x", "1;2", "٤"])
    def test_without_one_of_them_there_is_no_direct_import(self, name, value):
        grant = canvas_grant(launch(VARIABLES | {name: value}))
        assert grant is None
        direct = CanvasQuizzes()
        availability = direct.availability(grant, has_token_url=True, now=None)
        assert (availability.available, bool(availability.reason)) == (False, True)

    def test_canvas_writes_placement_and_module_into_its_return_address(self):
        data = jwt.encode({"placement": "module_menu_modal", "context_module_id": 12}, "x" * 32)
        grant = canvas_grant(launch(data=data))
        assert (grant["placement"], grant["module"]) == ("module_menu_modal", "12")

    @pytest.mark.parametrize("data", ["", "a", "a.b", "a.bm9.c", "a..c", "%FF.%FF", "a.WzFd.c"])
    def test_a_return_address_that_says_nothing(self, data):
        assert canvas_grant(launch(data=data))["placement"] == ""

    @pytest.mark.parametrize("data", ["", jwt.encode({"placement": "migration_selection"}, "x" * 32)])
    def test_from_the_import_page_the_file_stays(self, data):
        grant = canvas_grant(launch(data=data, media_types="application/zip,application/xml"))
        availability = CanvasQuizzes().availability(grant, has_token_url=True, now=None)
        assert availability == Availability(False, "", takes_link=True)

    @pytest.mark.parametrize(
        ("kind", "place"), [("module", {"module": "5"}), ("assignment_group", {"group": "5"}), ("page", {}), ("", {})]
    )
    def test_the_place_that_the_teacher_came_from(self, kind, place):
        grant = canvas_grant(launch(VARIABLES | {"canvas_resource_type": kind, "canvas_resource_id": "5"}))
        assert {name: grant[name] for name in ("module", "group") if name in grant} == place
