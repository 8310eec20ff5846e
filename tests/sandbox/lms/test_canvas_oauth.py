"""The sandbox's OAuth2 as Canvas has it: consent, codes, tokens, and every way in which they are refused."""

from __future__ import annotations

import pytest
import requests

from sandbox.lms.config import API_KEY_ID
from tests.sandbox.lms.canvas_client import Application, parameters_of
from tests.sandbox.lms.conftest import REDIRECT_URI, SCOPES

QUIZZES = "/courses/1/quizzes"


@pytest.fixture
def application(world):
    return Application(world)


def test_consent_gives_a_code_once_and_a_token_for_the_person(application, world):
    teacher = world.person("teacher")
    page = application.request_consent(teacher)
    assert "Examplary" in page.text
    assert "Tess Teacher" in page.text
    back = application.answer_consent(teacher, page)
    assert back["state"] == "the-state"
    answer = application.exchange(back["code"]).json()
    assert answer["user"] == {
        "id": 104,
        "name": "Tess Teacher",
        "global_id": "10000000000104",
        "effective_locale": "en",
    }
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert "real_user" not in answer
    again = application.exchange(back["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_without_a_login_the_consent_page_logs_in_first(application, world):
    person = world.person("teacher")
    person.post("/logout")
    page = application.request_consent(person)
    assert page.status_code == 401
    assert "/login/oauth2/auth?client_id" in page.text
    assert "force" not in page.text
    assert 'name="answer"' not in page.text


def test_cancel_is_access_denied(application, world):
    teacher = world.person("teacher")
    back = application.answer_consent(teacher, application.request_consent(teacher), "cancel")
    assert (back["error"], back["state"]) == ("access_denied", "the-state")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": "7"}, 401, "invalid_client"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, 400, "invalid_request"),
        ({"redirect_uri": None}, 400, "invalid_request"),
    ],
)
def test_an_unknown_key_or_address_gets_no_redirect(application, world, changes, status, error):
    response = application.request_consent(world.person("teacher"), **changes)
    assert (response.status_code, response.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": f"{SCOPES[0]} url:GET|/api/v1/other url:GET|/api/v1/more"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "none"}, "interaction_required"),
    ],
)
def test_other_errors_go_back_to_the_application(application, world, changes, error):
    back = parameters_of(application.request_consent(world.person("teacher"), **changes))
    assert (back["error"], back["state"]) == (error, "the-state")
    if "other" in str(changes):
        assert back["error_description"].endswith("not granted: url:GET|/api/v1/other, and url:GET|/api/v1/more")


def test_a_key_that_is_off_and_one_without_scopes(application, world):
    key = world.lms.canvas_tokens.keys[API_KEY_ID]
    key.is_on = False
    assert parameters_of(application.request_consent(world.person("teacher")))["error"] == "unauthorized_client"
    key.is_on = True
    key.scopes = None
    application.authorize(scope="url:GET|/whatever")
    assert application.get(QUIZZES).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "error", "description"),
    [
        ({"grant_type": "authorization_code", "code": "none"}, 400, "invalid_grant", "authorization_code not found"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_request", "refresh_token not found"),
        ({"client_secret": "wrong"}, 401, "invalid_client", "invalid client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", None),
    ],
)
def test_the_token_endpoint_refuses_in_canvass_words(application, fields, status, error, description):
    response = application.ask_token(**fields)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert description in (None, response.json()["error_description"])
    assert response.headers.get("WWW-Authenticate") == ("Canvas OAuth 2.0" if status == 401 else None)


def test_a_code_is_for_ten_minutes_and_its_own_address(application, world, clock):
    teacher = world.person("teacher")
    code = application.answer_consent(teacher, application.request_consent(teacher))["code"]
    assert application.exchange(code, redirect_uri="https://else.example/").status_code == 400
    clock.ahead = 601
    assert application.exchange(code).json()["error_description"] == "authorization_code not found"


def test_a_refresh_kills_the_old_access_token_and_keeps_the_refresh_token(application):
    old = application.authorize()["access_token"]
    answer = application.refresh().json()
    assert "refresh_token" not in answer
    refused = application.get(QUIZZES)
    assert refused.json() == {"errors": [{"message": "Invalid access token."}]}
    assert answer["access_token"] != old
    application.access_token = answer["access_token"]
    assert application.get(QUIZZES).ok
    assert application.refresh().ok


def test_about_three_token_requests_at_once_are_too_many(application, clock):
    statuses = [application.ask_token(grant_type="refresh_token", refresh_token="x").status_code for _ in range(4)]
    assert statuses == [400, 400, 400, 403]
    assert "Rate Limit Exceeded" in application.refresh().text
    clock.ahead = 30
    assert application.refresh().status_code == 400


def test_deleting_a_token_deletes_its_refresh_token(application, world):
    application.authorize()
    url = f"{world.base_url}/login/oauth2/token"
    headers = {"Authorization": f"Bearer {application.access_token}"}
    assert requests.delete(url, headers=headers, timeout=60).json() == {}
    assert requests.delete(url, timeout=60).status_code == 400
    assert application.get(QUIZZES).status_code == 401
    assert application.refresh().json()["error_description"] == "refresh_token not found"


@pytest.mark.parametrize(
    ("problem", "message", "names_scheme", "can_refresh"),
    [
        ("expired", "Expired access token.", True, True),
        ("revoked", "Revoked access token.", True, False),
        ("insufficient", "Insufficient scopes on access token.", False, True),
    ],
)
def test_tokens_that_no_longer_work(application, world, problem, message, names_scheme, can_refresh):
    application.authorize()
    requests.post(f"{world.base_url}/_control", json={"canvas_tokens": problem}, timeout=60)
    refused = application.get(QUIZZES)
    assert (refused.status_code, refused.json()) == (401, {"errors": [{"message": message}]})
    assert ("WWW-Authenticate" in refused.headers) is names_scheme
    assert application.refresh().ok is can_refresh


def test_a_token_runs_out_after_an_hour(application, clock):
    application.authorize()
    clock.ahead = 3601
    assert application.get(QUIZZES).json()["errors"][0]["message"] == "Expired access token."


def test_a_token_has_the_scopes_that_were_asked_for(application):
    application.authorize(scope="url:GET|/api/v1/courses/:course_id/quizzes")
    assert application.get(QUIZZES).ok
    assert application.get("/courses/1").json()["errors"][0]["message"] == "Insufficient scopes on access token."


def test_an_administrator_in_the_teachers_place_is_named(application, world):
    world.lms.canvas.behaviour.masquerade = True
    assert application.authorize()["real_user"]["name"] == "Ada Admin"
