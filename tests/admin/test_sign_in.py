"""Signing in and out of the console."""

import logging

import pytest
import structlog

from lti_tool.models import AdminRole, AuditEntry, db
from lti_tool.services.administration.accounts import AccountChange
from tests.support.console import COOKIE, PASSWORD, add_account


@pytest.fixture
def account(services):
    return add_account(services)


def test_the_right_password_opens_the_console(console, account):
    response = console.sign_in()
    assert (response.status_code, response.location) == (303, "/admin/")
    assert "Overview" in console.page().text_content()


def test_the_cookie_is_for_the_console_only(console, account):
    (cookie,) = [
        header for header in console.sign_in().headers.getlist("Set-Cookie") if header.startswith(f"{COOKIE}=")
    ]
    for attribute in ("Path=/admin", "HttpOnly", "SameSite=Lax"):
        assert attribute in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("owner@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("owner@example.org\x00", PASSWORD),
        ("x" * 5000, "y" * 5000),
        ("owner@example.org", "\ud83d"),
    ],
)
def test_anything_else_is_refused_in_the_same_words(console, account, email, password):
    response = console.post("/admin/sign-in", email=email, password=password.encode("utf-8", "surrogatepass"))
    assert response.status_code == 403
    assert "The e-mail address or the password is wrong." in response.text
    assert console.get().status_code == 303


def test_an_account_that_is_off_or_without_password_cannot_sign_in(console, services, account):
    second = add_account(services, "second@example.org", AdminRole.READER)
    services.admin_accounts.change(second, AccountChange(active=False))
    services.admin_accounts.add("third@example.org", AdminRole.READER, AccountChange())
    for email in ("second@example.org", "third@example.org"):
        assert console.sign_in(email).status_code == 403
        assert console.sign_in(email, password="").status_code == 403


def test_guessing_is_stopped_for_the_account_and_the_address(console, services, account):
    for _ in range(10):
        assert console.sign_in(password="wrong").status_code == 403
    response = console.sign_in()
    assert response.status_code == 429
    assert "Too many attempts" in response.text
    for number in range(40):
        status = console.sign_in(f"{number}@example.org").status_code
    assert status == 429


def test_a_link_lets_a_locked_out_owner_in(console, services, account):
    for _ in range(11):
        console.sign_in(password="wrong")
    path = services.admin_accounts.recover(account).removeprefix(services.settings.base_url)
    assert console.get(path).status_code == 200
    assert console.post(path, password="short").status_code == 422
    response = console.post(path, password="another long password")
    assert (response.status_code, response.location) == (303, "/admin/")
    assert console.get().status_code == 200
    assert console.get(path).status_code == 410


def test_signing_out_ends_the_session_on_the_server(console, account):
    console.sign_in()
    secret = console.client.get_cookie(COOKIE, path="/admin").value
    assert console.post("/admin/sign-out").status_code == 303
    console.client.set_cookie(COOKIE, secret, path="/admin")
    assert console.get().status_code == 303


def test_a_new_password_needs_the_current_one(console, account):
    console.sign_in()
    assert console.post("/admin/password", current="wrong", password="another long password").status_code == 422
    assert console.post("/admin/password", current=PASSWORD, password="another long password").status_code == 303
    assert console.get().status_code == 200
    console.post("/admin/sign-out")
    assert console.sign_in(password="another long password").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/admin\\@evil.example", "/lti/login", "x\r\ny"],
)
def test_signing_in_leads_to_no_other_place(console, account, wanted):
    assert console.sign_in(next=wanted).location == "/admin/"


def test_signing_in_leads_to_the_page_that_was_asked_for(console, account):
    target = console.get("/admin/accounts?x=1")
    assert (target.status_code, target.location) == (303, "/admin/sign-in?next=/admin/accounts?x%3D1")
    assert 'value="/admin/accounts?x=1"' in console.get(target.location).text
    assert console.sign_in(next="/admin/accounts?x=1").location == "/admin/accounts?x=1"


def test_a_script_of_a_page_that_waits_hears_that_it_is_signed_out(console):
    response = console.get("/admin/accounts", headers={"Accept": "application/json"})
    assert (response.status_code, response.json["error"]["code"]) == (401, "admin.signed_out")


def test_the_log_and_the_audit_log_hold_no_password_and_no_address(console, account, services, caplog):
    caplog.set_level(logging.DEBUG)
    path = services.admin_accounts.make_link(account).removeprefix(services.settings.base_url)
    with structlog.testing.capture_logs() as lines:
        console.sign_in(password="a wrong password")
        console.get(path)
        console.sign_in()
        secret = console.client.get_cookie(COOKIE, path="/admin").value
    log_text = f"{lines} {caplog.text} {[vars(row) for row in db.session.query(AuditEntry)]}"
    for hidden in ("a wrong password", PASSWORD, "owner@example.org", secret, path.rsplit("/", 1)[1]):
        assert hidden not in log_text
    assert "admin.sign_in_refused" in log_text
