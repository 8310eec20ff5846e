"""Every page of the console: who gets in, what others get, and forms of strangers."""

import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.models import (
    AdminRole,
    AuditEntry,
    Chore,
    ChoreKind,
    Exam,
    Import,
    LmsUser,
    Platform,
    Refusal,
    db,
)
from lti_tool.web.admin.blueprint import FOR_READERS, OWNERS, PUBLIC_ENDPOINTS

CHANGES_NOTHING = FOR_READERS | PUBLIC_ENDPOINTS


@pytest.fixture
def rules(app):
    """All routes of the console."""
    return sorted(
        (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin.")), key=lambda rule: rule.rule
    )


def address(rule, **values):
    """Return a URL of ``rule``; arguments without a value are "x", or 1."""

    def value(match):
        options = re.search(r"any\(([a-z_]+)", match[0])
        return options[1] if options else quote(values.get(match[1], "1" if "<int:" in match[0] else "x"), safe="")

    return re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_]+)>", value, rule.rule)


def test_the_console_has_routes_of_each_kind(rules):
    endpoints = {rule.endpoint for rule in rules}
    assert endpoints >= CHANGES_NOTHING
    assert any(endpoint.startswith(OWNERS) for endpoint in endpoints)


def test_strangers_get_the_sign_in_page(console, rules, platform):
    for rule in rules:
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            response = console.client.open(address(rule, platform_id=platform.id), method=method)
            assert response.status_code == 303, (rule, method)
            assert response.location.startswith("/admin/sign-in"), (rule, method)


@pytest.fixture
def theirs(other_platform):
    """The values with which a route's arguments name something of the other platform."""
    person = LmsUser(platform_id=other_platform.id, sub="7", name="Other Teacher")
    db.session.add(person)
    db.session.flush()
    shared = {"platform_id": other_platform.id}
    exam = Exam(**shared, owner_id=person.id, title="Other exam", examplary_exam_id="e", points=1, question_count=1)
    exam.snapshot = "{}"
    chore = Chore(**shared, kind=ChoreKind.DELETE_EXAM, fingerprint="x", target_encrypted="")
    refusal = Refusal(**shared, number="a1b2c3d4e5f6", code="lti.audience", source_hash="x")
    db.session.add_all((exam, chore, refusal))
    db.session.flush()
    exam_import = Import(
        **shared, exam_id=exam.id, lms_user_id=person.id, deployment_id="1", family="moodle", state="failed"
    )
    db.session.add(exam_import)
    db.session.commit()
    return {
        "platform_id": other_platform.id,
        "exam_id": exam.id,
        "import_id": exam_import.id,
        "person_id": person.id,
        "chore_id": str(chore.id),
        "number": refusal.number,
    }


NOT_OF_A_PLATFORM = {"account_id", "family", "invitation_id", "secret", "state"}
"""Arguments of routes that name nothing of a platform."""


@pytest.mark.parametrize("sees", ["none", "one"])
@pytest.mark.parametrize("role", [AdminRole.ADMINISTRATOR, AdminRole.READER])
def test_accounts_get_404_for_other_platforms(signed_in, rules, platform, theirs, role, sees):
    console = signed_in(role, platforms=[platform] if sees == "one" else [])
    before, token = snapshot(), console.token()
    for rule in rules:
        is_of_platform = bool(rule.arguments & theirs.keys())
        is_of_owners = rule.endpoint.startswith(OWNERS)
        assert is_of_platform or rule.arguments <= NOT_OF_A_PLATFORM, f"{rule}: add its argument to one of the two"
        if not (is_of_platform or is_of_owners):
            continue
        unknown = [dict.fromkeys(theirs, value) | {"chore_id": "999"} for value in ("unknown", "\x00")]
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            for values in (theirs, *unknown):
                data = {"csrf_token": token} if method == "POST" else None
                response = console.client.open(address(rule, **values), method=method, data=data)
                is_change = method == "POST" and role is AdminRole.READER and "platform_id" not in rule.arguments
                assert response.status_code in ((403, 404) if is_change else (404,)), (rule, method, values)
                assert re.search("admin.(not_found|refusal_not_found|read_only)", response.text)
                assert not re.search("Other (University|Teacher|exam)", response.text)
    for path in ("/admin/", "/admin/exams", "/admin/exams?q=other", "/admin/chores", "/admin/diagnosis"):
        assert not re.search("Other (University|Teacher|exam)|a1b2c3|Delete the exam", console.get(path).text), path
    assert snapshot() == before


def test_readers_get_403_for_each_change(signed_in, rules, platform):
    console = signed_in(AdminRole.READER, platforms=[platform])
    before = snapshot()
    tried = 0
    for rule in rules:
        if "POST" not in rule.methods or rule.endpoint in CHANGES_NOTHING or rule.endpoint.startswith(OWNERS):
            continue
        response = console.post(address(rule, platform_id=platform.id))
        assert response.status_code == 403, rule
        assert "admin.read_only" in response.text
        tried += 1
    assert snapshot() == before
    assert tried > 0


def test_no_form_is_taken_without_its_token(owner, rules, platform):
    before = snapshot()
    for rule in rules:
        if "POST" not in rule.methods:
            continue
        path = address(rule, platform_id=platform.id)
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}, {"csrf_token": "é"}):
            response = owner.client.post(path, data=data)
            assert response.status_code == 403, rule
            assert "admin.form_expired" in response.text, rule
    assert snapshot() == before


def test_no_form_of_another_site_is_taken_even_with_its_token(owner, rules, platform):
    token = owner.token()
    for rule in rules:
        if "POST" in rule.methods:
            for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
                path = address(rule, platform_id=platform.id)
                response = owner.client.post(path, data={"csrf_token": token}, headers=headers)
                assert response.status_code == 403, rule
                assert "access.foreign_post" in response.text


def test_a_token_of_another_browser_is_refused(owner, signed_in):
    other = signed_in(email="second@example.org")
    response = owner.client.post("/admin/sign-out", data={"csrf_token": other.token()})
    assert response.status_code == 403
    assert owner.get().status_code == 200


def test_no_page_may_be_framed_cached_or_run_inline_code(owner, console, rules, platform):
    for rule in rules:
        if "GET" not in rule.methods:
            continue
        for browser in (owner, console):
            response = browser.get(address(rule, platform_id=platform.id))
            policy = response.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, rule
            assert response.headers["X-Frame-Options"] == "DENY"
            assert response.headers["Cache-Control"] == "no-store"
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script[^>]*>[^<]", response.text), rule


texts = st.text(max_size=20) | st.sampled_from(["\x00", "é" * 200, "../..", "'\"><script>", "\ud800", "a" * 3000, "{}"])


def test_arbitrary_requests_never_give_a_500(owner, rules, platform):
    fields = ["email", "name", "role", "platforms", "password", "issuer", "client_id", "theme_color", "next", "text"]
    token = owner.token()

    @given(
        st.sampled_from(rules),
        st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
        st.dictionaries(st.sampled_from(fields), texts, max_size=5),
        texts,
        st.booleans(),
    )
    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    def send_random_request(rule, method, values, argument, real):
        if rule.endpoint in ("admin.sign_out", "admin.owners_switch_account") or "danger" in rule.rule:
            return
        encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
        path = address(rule, platform_id=platform.id if real else argument.encode("utf-8", "surrogatepass"))
        response = owner.client.open(path, method=method, data={"csrf_token": token} | encoded)
        assert response.status_code < 500, (path, method, values)

    send_random_request()


def snapshot():
    """Return what no refused request may change."""
    db.session.expire_all()
    rows = [
        {name: value for name, value in vars(row).items() if not name.startswith("_")}
        for row in db.session.query(Platform)
    ]
    others = [(table, row.id) for table in (Exam, LmsUser, Import, Chore) for row in db.session.query(table)]
    states = [row.state for row in db.session.query(Import)]
    return rows, others, states, db.session.query(AuditEntry).count()
