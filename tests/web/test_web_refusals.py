"""Every refusal is counted by its code and logged with it, and says nothing of who it was."""

import json

import pytest
import structlog.testing
from prometheus_client.parser import text_string_to_metric_families

from lti_tool.web import limits

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
SECRETS = ("Tess Teacher", "tess@school.example", "teacher-7", "sesskey=s3cr3t", "Biology 101")


@pytest.fixture
def refusals(services):
    """Return how often each (rule, code) was refused since the test began."""

    def counted():
        families = text_string_to_metric_families(services.metrics.text().decode())
        return {
            (sample.labels["rule"], sample.labels["code"]): sample.value
            for family in families
            if family.name == "lti_tool_refusals"
            for sample in family.samples
            if sample.name.endswith("_total")
        }

    before = counted()
    return lambda: {
        name: value - before.get(name, 0) for name, value in counted().items() if value > before.get(name, 0)
    }


@pytest.fixture
def written(app):
    """What was logged as refused since it was last asked."""
    capture = structlog.testing.LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])

    def told():
        found = [each for each in capture.entries if each["event"] == "refused"]
        capture.entries.clear()
        return found

    return told


def by_address(client, pages, lms):
    own = pages()
    page = {"Origin": "https://evil.example"}
    deep = {"deep_link_return_url": "http://lms.example.org/return?sesskey=s3cr3t", "accept_types": ["file"]}
    return {
        ("/lti/login", "lti.login_incomplete"): lambda: client.get("/lti/login"),
        ("/lti/login", "lti.unknown_platform"): lambda: client.get("/lti/login?iss=https://x.example&login_hint=7"),
        ("/lti/launch", "lti.launch_incomplete"): lambda: client.post("/lti/launch"),
        ("/lti/launch", "lti.audience"): lambda: lms.launch(aud="another", email="tess@school.example"),
        ("/lti/launch", "lti.return_address"): lambda: lms.launch(
            **{
                f"{CORE}message_type": "LtiDeepLinkingRequest",
                "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": deep,
            }
        ),
        ("/register/<link_token>", "registration.link_unknown"): lambda: client.get("/register/tess"),
        ("/packages/<capability>/<name>", "package.gone"): lambda: client.get("/packages/tess/exam.zip"),
        ("/l/<token>/", "access.link_invalid"): lambda: client.get("/l/tess/"),
        ("/l/<token>/cancel", "access.foreign_post"): lambda: own.post("cancel", headers=page),
        ("/l/<token>/exams/<exam_id>", "access.not_found"): lambda: own.get("exams/tess"),
        ("", "page.not_found"): lambda: client.get("/tess@school.example"),
        ("", "page.method"): lambda: client.delete("/lti/login"),
        ("/lti/launch", "page.too_large"): lambda: client.post("/lti/launch", data={"state": "x" * 3_000_000}),
    }


def test_every_refusal_is_counted_and_logged_without_a_person(client, platform, pages, lms, refusals, written):
    expected = by_address(client, pages, lms)
    written()
    for (rule, code), ask in expected.items():
        response = ask()
        assert 400 <= response.status_code < 500, (rule, code, response.status_code)
        (told,) = written()
        assert (told["code"], told["rule"]) == (code, rule), told
        assert told["request"]
        assert not any(secret in json.dumps(told) for secret in (*SECRETS, "tess"))
    counted = refusals()
    assert counted == dict.fromkeys(expected, 1)


def test_too_many_requests_are_counted_and_logged_too(client, monkeypatch, refusals, written):
    monkeypatch.setattr(limits, "FAILURES", 0)
    assert client.get("/packages/a/b.zip").status_code == 429
    assert [told["code"] for told in written()] == ["page.too_many"]
    assert [code for _, code in refusals()] == ["page.too_many"]
