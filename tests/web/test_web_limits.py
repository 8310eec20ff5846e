"""Rate limits of public addresses: guessing is stopped, while a full lecture hall is not throttled."""

import time

import pytest

from lti_tool.errors import SettingsError
from lti_tool.web import limits

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


def test_logins_are_limited_by_address_and_by_platform(client, platform, monkeypatch):
    monkeypatch.setattr(limits, "LOGINS", 2)
    monkeypatch.setattr(limits, "PLATFORM_LOGINS", 3)
    assert [client.post("/lti/login", data=LOGIN).status_code for _ in range(3)] == [302, 302, 429]
    assert client.post("/lti/login", data=LOGIN, environ_base=OTHER_ADDRESS).status_code == 302
    assert client.post("/lti/login", data=LOGIN, environ_base=OTHER_ADDRESS).status_code == 429
    other_platform = client.post(
        "/lti/login", data=LOGIN | {"client_id": "2"}, environ_base={"REMOTE_ADDR": "10.1.1.1"}
    )
    assert other_platform.status_code == 403


def test_a_limit_ends_after_a_minute(client, clock, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 1)
    assert statuses_of_wrong_links(client, 2) == [404, 429]
    clock[0] += 59
    assert statuses_of_wrong_links(client, 1) == [429]
    clock[0] += 2
    assert statuses_of_wrong_links(client, 2) == [404, 429]


def test_counting_goes_on_while_redis_is_away(app, client, monkeypatch):
    limits.init_app(app, "redis://127.0.0.1:1/0", "examplary_lms_test")
    monkeypatch.setattr(limits, "FAILURES", 2)
    assert statuses_of_wrong_links(client, 3) == [404, 404, 429]


def test_an_address_of_no_storage_is_refused(app):
    with pytest.raises(SettingsError):
        limits.init_app(app, "nonsense://x", "examplary_lms_test")
