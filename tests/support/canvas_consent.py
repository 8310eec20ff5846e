"""The sandbox's Canvas with an API key for the tool, and teachers' browsers that answer its consent page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from lxml import html

from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET
from tests.support.canvas_sandbox import serve_canvas

REDIRECT_URI = "http://tool.localhost:5000/consent/callback"
TEACHER_ID = "104"
TOKEN = "POST /login/oauth2/token"


class ConsentingCanvas:
    """A running sandbox; ``key`` is the tool's API key there, which tests may change."""

    def __init__(self, lms):
        self.lms = lms
        self.base_url = lms.base_url
        self.key = lms.canvas_tokens.keys[API_KEY_ID]
        self.behaviour = lms.canvas.behaviour

    @property
    def grant(self):
        return {"base_url": self.base_url, "course": "1", "user": TEACHER_ID, "placement": ""}

    @property
    def authorizations(self):
        return self.lms.canvas_tokens.authorizations

    @property
    def token_requests(self):
        return self.lms.faults.count(TOKEN)

    @property
    def revoked(self):
        return self.lms.canvas_tokens.revoked

    def calm(self):
        """Let Canvas's rate limit pass: three requests for tokens reach it."""
        self.lms.canvas_tokens.buckets.clear()

    def set_key(self, services, platform, **changes):
        """Give the tool its API key, as the operator does."""
        values = {"family": "canvas", "base_url": self.base_url, "client_id": API_KEY_ID, "secret": API_KEY_SECRET}
        services.api_keys.set(platform, **values | {"insecure": True} | changes)

    def answer(self, url, *, account="teacher", answer="authorize"):
        """Open the consent page in a browser signed in as ``account``, click a button, return where it leads."""
        with requests.Session() as browser:
            browser.post(f"{self.base_url}/login", data={"account": account}, timeout=60)
            page = browser.get(url, timeout=60, allow_redirects=False)
            if page.is_redirect:
                return page.headers["Location"]
            (form,) = html.fromstring(page.text).xpath("//form[contains(@action, 'confirm')]")
            fields = dict(form.form_values()) | {"answer": answer}
            target = f"{self.base_url}{form.get('action')}"
            response = browser.post(target, data=fields, timeout=60, allow_redirects=False)
            return response.headers["Location"]


@contextmanager
def consenting_canvas() -> Iterator[ConsentingCanvas]:
    with serve_canvas((REDIRECT_URI,)) as lms:
        yield ConsentingCanvas(lms)
