"""Rate limits of public addresses: guessing is stopped, while a full lecture hall is not throttled."""

import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests

from lti_tool.errors import SettingsError
from lti_tool.web import limits
from sandbox.serve import serve

LOGIN = {"iss": "https://lms.example.org", "client_id": "client-1", "login_hint": "7"}
OTHER_ADDRESS = {"REMOTE_ADDR": "10.9.8.7"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Stop the clock; a test moves it by ``clock[0] += seconds``."""
    moment = [time.time()]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    return moment


def statuses_of_wrong_links(client, count):
    return [client.get("/packages/a/b.zip").status_code for _ in range(count)]


def test_guessing_is_stopped_and_others_go_on(client, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 3)
    assert statuses_of_wrong_links(client, 4) == [404, 404, 404, 429]
    refused = client.get("/packages/a/b.zip")
    assert refused.headers["Retry-After"] == "60"
    assert "page.too_many" in refused.text
    assert client.get("/packages/a/b.zip", environ_base=OTHER_ADDRESS).status_code == 404
    assert client.get("/register/x").status_code == 404


def test_successful_requests_are_not_counted(lms, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 1)
    assert [lms.launch().status_code for _ in range(3)] == [303] * 3


def test_a_good_launch_is_accepted_despite_bad_ones_from_its_address(app, lms, monkeypatch):
    """Over real HTTP: all of it comes from 127.0.0.1."""
    monkeypatch.setattr(limits, "FAILURES", 3)
    junk = {"state": "x", "id_token": "y"}
    with serve(app, "tool.localhost") as server, requests.Session() as session:
        junk_launches = [session.post(f"{server.local_url}/lti/launch", junk, timeout=60) for _ in range(8)]
        junk_logins = [session.post(f"{server.local_url}/lti/login", {"iss": "x"}, timeout=60) for _ in range(8)]
        login = session.post(f"{server.local_url}/lti/login", LOGIN, timeout=60, allow_redirects=False)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in login.cookies)
        form = lms.form(login_of(login))
        launch = session.post(
            f"{server.local_url}/lti/launch", form, headers={"Cookie": cookies}, timeout=60, allow_redirects=False
        )
    assert [response.status_code for response in junk_launches] == [400] * 3 + [429] * 5
    assert [response.status_code for response in junk_logins] == [400] * 3 + [429] * 5
    assert (login.status_code, launch.status_code) == (302, 303)


def login_of(response):
    """The part of a response that a signing LMS reads."""
    return SimpleNamespace(location=response.headers["Location"])


def test_a_registration_link_works_despite_bad_requests_from_its_address(client, services, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 1)
    assert [client.get("/register/x").status_code for _ in range(3)] == [404, 429, 429]
    path = urlsplit(services.registration.invite()).path
    assert client.get(path).status_code == 200


def test_junk_logins_for_a_school_do_not_lock_it_out(client, platform, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 1)
    assert [client.post("/lti/login", data=LOGIN).status_code for _ in range(5)] == [302] * 5


def test_a_limit_ends_after_a_minute(client, clock, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 1)
    assert statuses_of_wrong_links(client, 2) == [404, 429]
    clock[0] += 59
    assert statuses_of_wrong_links(client, 1) == [429]
    clock[0] += 2
    assert statuses_of_wrong_links(client, 2) == [404, 429]


def test_counting_continues_while_redis_is_unreachable(app, client, monkeypatch):
    limits.init_app(app, "redis://127.0.0.1:1/0", "examplary_lms_test")
    monkeypatch.setattr(limits, "FAILURES", 2)
    assert statuses_of_wrong_links(client, 3) == [404, 404, 429]


def test_an_address_of_no_storage_is_refused(app):
    with pytest.raises(SettingsError):
        limits.init_app(app, "nonsense://x", "examplary_lms_test")
