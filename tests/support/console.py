"""A browser in the console: signs in, and sends forms with the token of the page."""

from __future__ import annotations

from lxml import html

from lti_tool.models import AdminRole
from lti_tool.services.administration.accounts import AccountChange

PASSWORD = "four words of a test"
COOKIE = "examplary_admin"


def add_account(services, email="owner@example.org", role=AdminRole.OWNER, *, platforms=(), all_platforms=False):
    """Add an account with :data:`PASSWORD`."""
    change = AccountChange(platforms=platforms, all_platforms=all_platforms)
    account = services.admin_accounts.add(email, role, change)
    services.admin_accounts.set_password(account, PASSWORD)
    return account


class Console:
    """The console in one browser."""

    def __init__(self, client):
        self.client = client

    def get(self, path="/admin/", **options):
        return self.client.get(path, **options)

    def page(self, path="/admin/"):
        response = self.get(path)
        assert response.status_code == 200, (response.status_code, response.text[:500])
        return html.document_fromstring(response.text)

    def token(self):
        """Return the token of this browser's forms, as any page has it."""
        return self.token_of(
            self.get("/admin/password") if self.client.get_cookie(COOKIE, path="/admin") else self.get("/admin/sign-in")
        )

    @staticmethod
    def token_of(response):
        return html.document_fromstring(response.text).xpath("//input[@name='csrf_token']/@value")[0]

    def post(self, path, **fields):
        return self.client.post(path, data={"csrf_token": self.token()} | fields)

    def sign_in(self, email="owner@example.org", password=PASSWORD, **fields):
        return self.post("/admin/sign-in", email=email, password=password, **fields)
