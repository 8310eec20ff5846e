"""Refused launches are kept under the number that the person saw, compared with the registration, and corrected."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import true

from lti_tool.models import AuditEntry, Deployment, Platform, Refusal, db, now
from lti_tool.services.launches.refusals import KEPT_PER_SOURCE
from lti_tool.services.platforms.refusal_corrections import NotCorrectable, compare, platform_of
from tests.certification.conftest import CLIENT, ISSUER
from tests.certification.test_9_deep_linking import SETTINGS, request_form
from tests.support.console import Console, add_account


@pytest.fixture
def refusals(app):
    return app.extensions["services"].refusals


@pytest.fixture
def corrections(app):
    return app.extensions["services"].refusal_corrections


def number_on(response):
    return re.search(r"Reference: <code>([0-9a-f]+)</code>", unescape(response.text))[1]


def name_a_deployment():
    """Name a deployment, after which no unknown one is trusted."""
    db.session.query(Deployment).update({"named": True})
    db.session.commit()


def differences(row):
    return {line.name: (line.arrived, line.expected) for line in compare(row, platform_of(row)) if line.differs}


def test_an_unknown_deployment_is_added_from_the_refused_launch(lms, refusals, corrections):
    name_a_deployment()
    row = refusals.find(number_on(lms.launch(deployment_id="campus-2")), true())
    assert (row.code, row.verified) == ("lti.deployment_unknown", True)
    assert differences(row) == {"Deployment ID": ("campus-2", "1")}
    corrections.add_deployment(row)
    assert lms.launch(deployment_id="campus-2").status_code == 303


@pytest.mark.parametrize(
    ("claims", "code", "difference"),
    [
        (
            {"iss": "https://other.example.org"},
            "lti.issuer",
            {"Platform ID (issuer)": ("https://other.example.org", ISSUER)},
        ),
        ({"aud": "client-2"}, "lti.audience", {"Client ID": ("client-2", CLIENT)}),
        ({"message_type": "LtiSubmissionReviewRequest"}, "lti.message_type", None),
        ({"version": "1.1"}, "lti.version", {"LTI version": ("1.1", "1.3.0")}),
    ],
)
def test_refusals_compare_received_and_expected_values(lms, refusals, claims, code, difference):
    row = refusals.find(number_on(lms.launch(**claims)), true())
    assert row.code == code
    assert difference is None or differences(row) == difference


def test_clocks_are_compared(lms, refusals):
    row = refusals.find(number_on(lms.launch(iat=1_000_000_000, exp=1_000_000_300)), true())
    assert differences(row)["Token expires"][0] == "2001-09-09 01:51:40 UTC"


def test_nothing_of_a_token_that_is_not_verified_is_offered(lms, refusals, corrections):
    name_a_deployment()
    form = lms.form(deployment_id="evil")
    claims = jwt.decode(form["id_token"], options={"verify_signature": False})
    form["id_token"] = lms.sign(claims, key=rsa.generate_private_key(65537, 2048))
    row = refusals.find(number_on(lms.post(form)), true())
    assert (row.verified, row.arrived["deployment_id"]) == (False, "evil")
    with pytest.raises(NotCorrectable):
        corrections.add_deployment(row)
    assert db.session.query(Deployment).count() == 1


@pytest.fixture
def owner(app):
    """The console in a browser in which an owner is signed in."""
    add_account(app.extensions["services"])
    console = Console(app.test_client())
    assert console.sign_in().status_code == 303
    return console


def test_the_host_of_a_refused_return_address_is_taken(lms, owner):
    form = request_form(lms, SETTINGS | {"deep_link_return_url": "http://courses.example.org/answer?user=7"})
    path = f"/admin/diagnosis/{number_on(lms.post(form))}"
    text = owner.page(path).text_content()
    assert "may return exams to that host" in text
    assert "isn't encrypted" in text
    for _ in range(2):
        assert owner.post(f"{path}/host").status_code == 303
    db.session.expire_all()
    assert db.session.query(Platform).one().frame_hosts == ["http://courses.example.org"]
    (entry,) = db.session.query(AuditEntry).filter_by(action="platform.changed")
    assert entry.actor.startswith("admin:")
    assert "http://courses.example.org" in entry.detail
    assert "Accept this host" not in owner.page(path).text_content()
    again = request_form(lms, SETTINGS | {"deep_link_return_url": "http://courses.example.org/answer?user=7"})
    page = lms.browser.get(lms.post(again).location)
    assert page.status_code == 200
    assert "http://courses.example.org" in page.headers["Content-Security-Policy"]
    other = request_form(lms, SETTINGS | {"deep_link_return_url": "http://evil.example.org/answer"})
    assert "lti.return_address" in lms.post(other).text


def test_the_host_of_a_forged_token_is_never_offered(lms, owner):
    form = request_form(lms, SETTINGS | {"deep_link_return_url": "http://evil.example.org/answer"})
    claims = jwt.decode(form["id_token"], options={"verify_signature": False})
    form["id_token"] = lms.sign(claims, key=rsa.generate_private_key(65537, 2048))
    number = number_on(lms.post(form))
    db.session.add(Refusal(number="f" * 12, code="lti.return_address", source_hash="x", verified=False))
    unverified = db.session.query(Refusal).filter_by(number="f" * 12).one()
    unverified.platform_id = db.session.query(Platform).one().id
    unverified.arrived = {"return_host": "http://evil.example.org"}
    db.session.commit()
    for path in (f"/admin/diagnosis/{number}", f"/admin/diagnosis/{'f' * 12}"):
        page = owner.page(path).text_content()
        assert "http://evil.example.org" in page
        assert "Accept this host" not in page
        assert owner.post(f"{path}/host").status_code == 409
    db.session.expire_all()
    assert db.session.query(Platform).one().frame_hosts == []


def test_nothing_about_the_person_is_kept(lms, refusals):
    refusals.find(number_on(lms.launch(version="1.1")), true())
    lms.browser.post("/lti/login", data={"iss": "https://x.example", "login_hint": "tess@school.example"})
    rows = json.dumps([[row.arrived, row.error_facts, row.source_hash] for row in db.session.query(Refusal)])
    for secret in ("teacher-7", "Tess", "Teacher", "school.example", "127.0.0.1", "course-1"):
        assert secret not in rows


def test_a_login_of_an_unknown_lms_is_kept_without_a_platform(lms, refusals):
    response = lms.browser.post("/lti/login", data={"iss": f"{ISSUER}/", "client_id": CLIENT, "login_hint": "7"})
    row = refusals.find(number_on(response), true())
    assert (row.code, row.platform_id, row.arrived["issuer"]) == ("lti.unknown_platform", None, f"{ISSUER}/")


def test_few_are_kept_for_one_address_and_none_for_ever(lms, refusals):
    for _ in range(KEPT_PER_SOURCE + 3):
        latest = number_on(lms.browser.post("/lti/login", data={}))
    assert db.session.query(Refusal).count() == KEPT_PER_SOURCE
    assert refusals.find(latest, true())
    db.session.query(Refusal).update({"at": now() - timedelta(days=15)})
    db.session.commit()
    assert refusals.delete_old() == KEPT_PER_SOURCE


def test_a_launch_that_is_accepted_is_not_kept(lms):
    assert lms.launch().status_code == 303
    assert db.session.query(Refusal).count() == 0
