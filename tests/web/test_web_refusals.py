"""Refusals are counted and logged by code, without personal data."""

import json

import pytest
import structlog.testing
from prometheus_client.parser import text_string_to_metric_families

from lti_tool.web import limits

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
SECRETS = ("Tess Teacher", "tess@school.example", "teacher-7", "sesskey=s3cr3t", "Biology 101")


@pytest.fixture
def refusals(services):
    """Return the number of refusals by (rule, code) since the start of the test."""

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
def logged_refusals(app):
    """Return the refusals logged since the last call."""
    capture = structlog.testing.LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])

    def new_entries():
        entries = [entry for entry in capture.entries if entry["event"] == "refused"]
        capture.entries.clear()
        return entries

    return new_entries


def refused_requests(client, pages, lms):
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


def test_every_refusal_is_counted_and_logged_without_a_person(client, platform, pages, lms, refusals, logged_refusals):
    expected = refused_requests(client, pages, lms)
    logged_refusals()
    for (rule, code), send in expected.items():
        response = send()
        assert 400 <= response.status_code < 500, (rule, code, response.status_code)
        (entry,) = logged_refusals()
        assert (entry["code"], entry["rule"]) == (code, rule), entry
        assert entry["request"]
        assert not any(secret in json.dumps(entry) for secret in (*SECRETS, "tess"))
    counted = refusals()
    assert counted == dict.fromkeys(expected, 1)


def test_too_many_requests_are_counted_and_logged_too(client, monkeypatch, refusals, logged_refusals):
    monkeypatch.setattr(limits, "FAILURES", 0)
    assert client.get("/packages/a/b.zip").status_code == 429
    assert [entry["code"] for entry in logged_refusals()] == ["page.too_many"]
    assert [code for _, code in refusals()] == ["page.too_many"]
