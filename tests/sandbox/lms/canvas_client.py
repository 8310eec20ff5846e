"""An application of the sandbox's Canvas API: consent, tokens, requests."""

from __future__ import annotations

import requests
from lxml import html as lxml_html

from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET
from tests.sandbox.lms.conftest import ACCEPTED, REDIRECT_URI, SCOPES
from tests.support.addresses import query_of

PACKAGE = (ACCEPTED / "canvas12-both.zip").read_bytes()
AUTH, TOKEN = "/login/oauth2/auth", "/login/oauth2/token"
MIGRATIONS = "/courses/1/content_migrations"


class Application:
    """One application with the API key of the tests."""

    def __init__(self, world):
        self.world = world
        self.access_token = self.refresh_token = ""

    def request_consent(self, person, **changes):
        """Open the consent page; return it or the redirect."""
        parameters = {
            "client_id": API_KEY_ID,
            "response_type": "code",
            "redirect_uri": REDIRECT_URI,
            "state": "the-state",
            "scope": " ".join(SCOPES),
            **changes,
        }
        url = f"{self.world.base_url}{AUTH}"
        present = {name: value for name, value in parameters.items() if value is not None}
        return person.session.get(url, params=present, timeout=60, allow_redirects=False)

    def answer_consent(self, person, page, answer="authorize"):
        """Press a button of the consent page; return the parameters that the application gets."""
        form = lxml_html.fromstring(page.text).xpath("//form[contains(@action, 'confirm')]")[0]
        fields = dict(form.form_values()) | {"answer": answer}
        response = person.session.post(
            f"{self.world.base_url}{form.get('action')}", data=fields, timeout=60, allow_redirects=False
        )
        return parameters_of(response)

    def ask_token(self, **fields):
        form = {"client_id": API_KEY_ID, "client_secret": API_KEY_SECRET, **fields}
        return requests.post(f"{self.world.base_url}{TOKEN}", data=form, timeout=60)

    def exchange(self, code, **changes):
        fields = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "code": code}
        return self.ask_token(**fields | changes)

    def refresh(self):
        return self.ask_token(grant_type="refresh_token", refresh_token=self.refresh_token)

    def authorize(self, account="teacher", scope=None):
        """Do all of it; return the token endpoint's answer."""
        person = self.world.person(account)
        scopes = " ".join(SCOPES) if scope is None else scope
        code = self.answer_consent(person, self.request_consent(person, scope=scopes))["code"]
        answer = self.exchange(code).json()
        self.access_token = answer["access_token"]
        self.refresh_token = answer["refresh_token"]
        return answer

    def request(self, method, path, **more):
        url = path if path.startswith("http") else f"{self.world.base_url}/api/v1{path}"
        headers = {"Authorization": f"Bearer {self.access_token}", **more.pop("headers", {})}
        return requests.request(method, url, headers=headers, timeout=60, allow_redirects=False, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def begin(self, **settings):
        """Ask for a migration of a file to come."""
        attachment = {"name": "exam.zip", "size": len(PACKAGE), "content_type": "application/zip"}
        body = {"migration_type": "qti_converter", "pre_attachment": attachment, "settings": settings}
        return self.request("POST", MIGRATIONS, json=body)

    def upload(self, migration, data=PACKAGE, **more):
        """Upload the file of a migration as Canvas wants it."""
        target = migration["pre_attachment"]
        return requests.post(
            target["upload_url"],
            data=target["upload_params"],
            files={target["file_param"]: ("exam.zip", data, "application/zip")},
            timeout=60,
            allow_redirects=False,
            **more,
        )

    def send(self, data=PACKAGE, **settings):
        """Send a package and follow it to its end; return the migration."""
        migration = self.begin(**settings).json()
        assert self.upload(migration, data).status_code == 201
        return self.follow(migration)

    def follow(self, migration):
        for _ in range(20):
            migration = self.get(f"{MIGRATIONS}/{migration['id']}").json()
            if migration["workflow_state"] in ("completed", "failed"):
                break
        return migration

    def issues(self, migration):
        return [issue["description"] for issue in self.get(migration["migration_issues_url"]).json()]


def parameters_of(redirect):
    """Return the parameters of a redirect to the application."""
    assert redirect.headers["Location"].startswith(REDIRECT_URI)
    return query_of(redirect.headers["Location"])
