"""Addresses that anybody can call: guessing is stopped, a full lecture hall is not."""

import pytest
from limits.storage import storage_from_string

from lti_tool.web import limits

LOGIN = {"iss": "https://lms.example.org", "client_id": "client-1", "login_hint": "7"}


def test_guessing_is_stopped_and_others_go_on(client, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 3)
    assert [client.get("/packages/a/b.zip").status_code for _ in range(4)] == [404, 404, 404, 429]
    refused = client.get("/packages/a/b.zip")
    assert refused.headers["Retry-After"] == "60"
    assert "page.too_many" in refused.text
    assert client.get("/packages/a/b.zip", environ_base={"REMOTE_ADDR": "10.9.8.7"}).status_code == 404
    assert client.get("/register/x").status_code == 404


def test_what_succeeds_is_not_counted(lms, monkeypatch):
    monkeypatch.setattr(limits, "FAILURES", 1)
    assert [lms.launch().status_code for _ in range(3)] == [303] * 3


def test_logins_are_limited_by_address_and_by_platform(client, platform, monkeypatch):
    monkeypatch.setattr(limits, "LOGINS", 2)
    assert [client.post("/lti/login", data=LOGIN).status_code for _ in range(3)] == [302, 302, 429]
    monkeypatch.setattr(limits, "PLATFORM_LOGINS", 3)
    other = {"REMOTE_ADDR": "10.9.8.7"}
    assert client.post("/lti/login", data=LOGIN, environ_base=other).status_code == 302
    assert client.post("/lti/login", data=LOGIN, environ_base=other).status_code == 429
    assert (
        client.post("/lti/login", data=LOGIN | {"client_id": "2"}, environ_base={"REMOTE_ADDR": "10.1.1.1"}).status_code
        == 403
    )


def test_a_minute_later_all_begins_anew():
    moment = [0.0]
    counters = limits.Counters(lambda: moment[0])
    assert [counters.count("a"), counters.count("a"), counters.count("b"), counters.seen("a")] == [1, 2, 1, 2]
    moment[0] = 60.0
    assert counters.seen("a") == 0


def test_counting_goes_on_while_what_is_shared_is_away():
    counters = limits.SharedCounters(storage_from_string("redis://127.0.0.1:1/0", **limits.REDIS_SECONDS))
    assert [counters.count("a"), counters.count("a"), counters.seen("a")] == [1, 2, 2]


def test_an_address_of_no_storage_is_refused():
    with pytest.raises(limits.SettingsError):
        limits._counters("nonsense://x")
