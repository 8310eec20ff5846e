"""Single sign-on with oidc-provider-mock, a provider that we did not write, over HTTP."""

import socket
import subprocess
import sys
import time

import pytest
import requests

from config.settings import Settings
from lti_tool.models import AdminAccount, AdminRole, db
from lti_tool.services.administration.accounts import AccountChange
from tests.support.addresses import query_of
from tests.support.console import Console, add_account

ANSWER = "http://tool.localhost:5000/admin/sign-on/answer"


@pytest.fixture(scope="module")
def provider():
    """The running provider's issuer. A process of its own: it imports what is deprecated."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://localhost:{port}"
    try:
        wait_until_it_answers(issuer, process)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


def wait_until_it_answers(issuer, process):
    for _ in range(300):
        assert process.poll() is None
        try:
            requests.get(issuer, timeout=30)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the provider does not start")


@pytest.fixture
def claim():
    return ""


@pytest.fixture
def settings(settings, provider, claim):
    return Settings.model_validate(
        settings.model_dump()
        | {
            "admin_sso_issuer": provider,
            "admin_sso_client_id": "tool",
            "admin_sso_client_secret": "a secret",
            "admin_sso_claim": claim,
        }
    )


def person(provider, subject, **claims):
    """Put a person into the provider."""
    assert requests.put(f"{provider}/users/{subject}", json=claims, timeout=30).ok


def go_to_provider(console):
    """Click the button; return the provider's address."""
    response = console.get("/admin/sign-on?next=/admin/accounts")
    assert response.status_code == 303, response.text
    return response.location


def come_back(console, url, subject):
    """Sign in at the provider as ``subject``; return the tool's answer."""
    answer = requests.post(url, data={"sub": subject}, allow_redirects=False, timeout=30)
    assert answer.headers["Location"].startswith(ANSWER), answer.text
    return console.get(answer.headers["Location"].removeprefix("http://tool.localhost:5000"))


def sign_on(console, subject):
    return come_back(console, go_to_provider(console), subject)


def test_an_account_with_the_verified_address_gets_in(console, services, provider):
    row = add_account(services)
    person(provider, "s-1", email="Owner@example.org", email_verified=True)
    assert "Single sign-on" in console.get("/admin/sign-in").text
    response = sign_on(console, "s-1")
    assert (response.status_code, response.location) == (303, "/admin/accounts")
    assert console.get().status_code == 200
    assert db.session.get(AdminAccount, row.id).sso_subject == "s-1"


@pytest.mark.parametrize(
    ("subject", "claims"),
    [
        ("s-2", {"email": "stranger@example.org", "email_verified": True}),
        ("s-3", {"email": "owner@example.org", "email_verified": False}),
        ("s-4", {"email": "owner@example.org"}),
        ("s-5", {"email": "owner@example.org", "email_verified": "true"}),
        ("s-6", {}),
        ("s-7", {"email": ["owner@example.org"], "email_verified": True}),
    ],
)
def test_other_identities_cannot_sign_in(console, services, provider, subject, claims):
    add_account(services)
    person(provider, subject, **claims)
    response = sign_on(console, subject)
    assert response.status_code == 403
    assert "admin.sign_on_refused" in response.text
    assert console.get().status_code == 303
    assert db.session.query(AdminAccount).count() == 1


def test_an_address_that_changed_hands_does_not_sign_in(console, app, services, provider):
    add_account(services)
    person(provider, "first", email="owner@example.org", email_verified=True)
    person(provider, "second", email="owner@example.org", email_verified=True)
    assert sign_on(console, "first").status_code == 303
    assert sign_on(Console(app.test_client()), "second").status_code == 403


def test_an_account_that_is_off_stays_out(console, services, provider):
    add_account(services, "second@example.org")
    services.admin_accounts.change(add_account(services), AccountChange(active=False))
    person(provider, "s-1", email="owner@example.org", email_verified=True)
    assert sign_on(console, "s-1").status_code == 403


@pytest.mark.parametrize("claim", ["groups=lti-support"])
def test_the_allowed_claim_lets_people_look(console, services, provider):
    person(provider, "g-1", email="new@example.org", name="New", groups=["staff", "lti-support"])
    person(provider, "g-2", email="other@example.org", groups=["staff"])
    assert sign_on(console, "g-1").status_code == 303
    row = services.admin_accounts.find("new@example.org")
    assert (row.role, row.all_platforms, row.name) == (AdminRole.READER, True, "New")
    console.post("/admin/sign-out")
    assert sign_on(console, "g-2").status_code == 403
    assert sign_on(console, "g-1").status_code == 303
    assert db.session.query(AdminAccount).count() == 1


@pytest.mark.parametrize("claim", ["groups=lti-support"])
def test_the_allowed_claim_takes_no_existing_account(console, services, provider):
    add_account(services)
    person(provider, "g-3", email="owner@example.org", groups=["lti-support"])
    assert sign_on(console, "g-3").status_code == 403


class TestForgedAnswers:
    @pytest.fixture
    def sign_in_url(self, console, services, provider):
        add_account(services)
        person(provider, "s-1", email="owner@example.org", email_verified=True)
        return go_to_provider(console)

    def test_an_answer_to_another_browser_opens_nothing(self, app, sign_in_url):
        response = come_back(Console(app.test_client()), sign_in_url, "s-1")
        assert response.status_code == 403

    def test_another_state_or_code_opens_nothing(self, console, sign_in_url):
        state = query_of(sign_in_url)["state"]
        for query in (
            f"state={state}x&code=1",
            f"state={state}&code=made-up",
            f"state={state}&error=access_denied",
            "",
        ):
            response = console.get(f"/admin/sign-on/answer?{query}")
            assert response.status_code == 403
            assert console.get().status_code == 303

    def test_an_answer_works_once(self, console, sign_in_url):
        answer = requests.post(sign_in_url, data={"sub": "s-1"}, allow_redirects=False, timeout=30).headers["Location"]
        path = answer.removeprefix("http://tool.localhost:5000")
        assert console.get(path).status_code == 303
        console.post("/admin/sign-out")
        assert console.get(path).status_code == 403

    def test_a_token_for_another_client_nonce_or_issuer_is_refused(self, console, services, sign_in_url, monkeypatch):
        for name, value in (("client_id", "another"), ("issuer", "http://localhost:1")):
            changed = {**{field: getattr(services.single_sign_on._settings, field) for field in SETTINGS}, name: value}
            with monkeypatch.context() as patch:
                url = go_to_provider(console)
                patch.setattr(services.single_sign_on, "_settings", type(services.single_sign_on._settings)(**changed))
                assert come_back(console, url, "s-1").status_code in (403, 502)
                assert console.get().status_code == 303


SETTINGS = ("issuer", "client_id", "client_secret", "claim", "redirect_uri")


@pytest.mark.parametrize("provider", ["http://127.0.0.1:1"])
def test_a_provider_that_is_down_is_no_way_in_and_passwords_still_work(console, services):
    add_account(services)
    response = console.get("/admin/sign-on")
    assert response.status_code == 502
    assert "admin.sign_on_unavailable" in response.text
    assert console.get().status_code == 303
    assert console.sign_in().status_code == 303


@pytest.mark.parametrize("provider", [""])
def test_without_a_provider_there_is_no_single_sign_on(console):
    assert "Single sign-on" not in console.get("/admin/sign-in").text
    for path in ("/admin/sign-on", "/admin/sign-on/answer?state=x&code=y"):
        assert console.get(path).status_code == 404
