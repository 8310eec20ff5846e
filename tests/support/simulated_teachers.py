"""Simulated teachers: they run the whole workflow over HTTP, and retry a step when a page fails."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask, jsonify
from jwt.algorithms import RSAAlgorithm
from lxml import html

from tests.support.addresses import query_of
from tests.support.launch_settings import CANVAS_SETTINGS

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
ISSUER, CLIENT_ID = "https://lms.example.org", "client-1"


class Platform:
    """An LMS that signs launches and publishes its key."""

    def __init__(self):
        self._private = generate_private_key(public_exponent=65537, key_size=2048)

    def app(self):
        app = Flask("platform")
        jwk = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True) | {"kid": "k", "alg": "RS256", "use": "sig"}

        @app.get("/jwks")
        def jwks():
            return jsonify(keys=[jwk])

        return app

    def sign(self, teacher, nonce, target):
        moment = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": teacher,
            "name": f"Name of {teacher}",
            "email": f"{teacher}@school.example",
            "iat": moment,
            "exp": moment + 300,
            "nonce": nonce,
            CORE + "message_type": "LtiDeepLinkingRequest",
            CORE + "version": "1.3.0",
            CORE + "deployment_id": "1",
            CORE + "target_link_uri": target,
            CORE + "roles": [INSTRUCTOR],
            CORE + "context": {"id": "course-1", "title": "Biology"},
            CORE + "tool_platform": {"product_family_code": "canvas", "guid": "g"},
            DEEP_LINKING + "deep_linking_settings": CANVAS_SETTINGS,
        }
        return jwt.encode(claims, self._private, algorithm="RS256", headers={"kid": "k"})


WAITS = ("embed", "ready")
"""Steps during which the page polls."""


class StepFailed(Exception):
    """The page is not as expected; a person would retry."""


@dataclass
class Teacher:
    """One person; ``patience`` is how many seconds they retry a step."""

    tool: str
    platform: Platform
    name: str
    patience: float = 0.0
    times: dict[str, float] = field(default_factory=dict)
    failures: int = 0
    package: str = ""
    exam_title: str = ""
    secrets: set[str] = field(default_factory=set)
    """Values that must not appear in a log."""

    def walk(self, think=lambda: None):
        """Run the workflow and return the package's URL."""
        self._http = requests.Session()
        try:
            page = self._retry("launch", self._launch)
            think()
            embed_page = self._retry("new exam", lambda: self._press(page, "/generations"))
            page = self._retry("embed", lambda: self._embed(embed_page))
            think()
            self._retry("generating", lambda: self._generate(page))
            self._retry("finished", lambda: self._press(page, "/hint", expect=None))
            page = self._retry("ready", lambda: self._review(page))
            think()
            self._retry("add to course", lambda: self._add(page))
            self._retry("package", self._fetch)
        finally:
            self._http.close()
        return self.package

    def _retry(self, step, do):
        """Run a step until it succeeds, and record the time of the last attempt, or of all for a step that polls."""
        start = first_start = time.monotonic()
        while True:
            try:
                result = do()
            except (requests.RequestException, StepFailed) as error:
                if time.monotonic() - first_start > (self.patience or 60 * (step in WAITS)):
                    raise AssertionError(f"{self.name} gave up at “{step}”: {error}") from error
                self.failures += step not in WAITS
                time.sleep(0.25)
                start = first_start if step in WAITS else time.monotonic()
                continue
            self.times[step] = time.monotonic() - start
            return result

    def _launch(self):
        login = self._get("/lti/login", params={"iss": ISSUER, "client_id": CLIENT_ID, "login_hint": "h"})
        query = query_of(login.headers["Location"])
        # Unlike requests, browsers send Secure cookies to this machine over http.
        login_cookie = login.headers["Set-Cookie"].split(";")[0]
        token = self.platform.sign(self.name, query["nonce"], f"{self.tool}/lti/launch")
        form = {"state": query["state"], "id_token": token}
        launch = self._post("/lti/launch", form, headers={"Cookie": login_cookie})
        headers = launch.raw.headers.getlist("Set-Cookie")
        launch_cookie = next(header.split(";")[0] for header in headers if header.startswith("examplary_launch="))
        self._http.headers["Cookie"] = launch_cookie
        page = self._page(launch)
        self.secrets |= {token, query["nonce"], urlsplit(page.url).path.split("/")[2]}
        self.secrets |= {cookie.split("=")[1] for cookie in (login_cookie, launch_cookie)}
        return page

    def _press(self, page, action, expect=200):
        for form in page.tree.iterfind(".//form"):
            if action in (form.get("action") or "") and form.get("method") == "post":
                fields = [(name, value or "") for name, value in form.form_values()]
                return self._page(self._post(form.get("action"), fields), expect)
        raise StepFailed(f"no form {action}")

    def _embed(self, page):
        """Wait for the embed like the page's script; press "Try again" if it is offered."""
        if page.tree.find(".//iframe") is not None:
            return page
        reloaded = self._page(self._get(page.url))
        if reloaded.tree.find(".//iframe") is None:
            with suppress(StepFailed):
                self._press(reloaded, "/retry", expect=None)
            raise StepFailed(f"the embed is not there yet: {reloaded.text[:200]}")
        return reloaded

    def _generate(self, page):
        """Generate the exam at Examplary; not measured."""
        embed = page.tree.find(".//iframe").get("src").replace("examplary.localhost", "127.0.0.1")
        self.secrets.add(urlsplit(embed).path.rsplit("/", 1)[1])
        options = {"allow_redirects": False, "timeout": 20}
        requests.post(f"{embed}/details", data={"title": f"Exam of {self.name}"}, **options)
        requests.post(f"{embed}/generate", **options)
        if requests.get(f"{embed}/done", **options).status_code >= 400:
            raise StepFailed("Examplary does not answer")

    def _review(self, page):
        review = self._page(self._get(page.url), expect=None)
        if "/exams/" not in review.url:
            raise StepFailed(f"the exam is not collected yet: {review.text[:200]}")
        return review

    def _add(self, page):
        response = self._press(page, "/add")
        claims = jwt.decode(
            response.tree.find(".//input[@name='JWT']").get("value"), options={"verify_signature": False}
        )
        items = claims[DEEP_LINKING + "content_items"]
        self.exam_title = items[0]["title"]
        self.package = items[0]["url"]
        self.secrets.add(urlsplit(self.package).path.split("/")[2])

    def _fetch(self):
        response = self._http.get(self.package, timeout=30)
        if not response.ok or not response.content.startswith(b"PK"):
            raise StepFailed(f"the package download failed with status {response.status_code}")

    def _get(self, address, **options):
        return self._checked(self._http.get(urljoin(self.tool, address), timeout=40, allow_redirects=False, **options))

    def _post(self, address, form, **options):
        address = urljoin(self.tool, address)
        return self._checked(self._http.post(address, data=form, timeout=40, allow_redirects=False, **options))

    @staticmethod
    def _checked(response):
        if response.status_code >= 400:
            raise StepFailed(f"{response.status_code} {json.dumps(response.text[-600:])}")
        return response

    def _page(self, response, expect=200):
        while response.is_redirect:
            response = self._get(urljoin(response.url, response.headers["Location"]))
        if expect is not None and response.status_code != expect:
            raise StepFailed(str(response.status_code))
        return Page(response.url, html.document_fromstring(response.text))


@dataclass
class Page:
    url: str
    tree: html.HtmlElement

    @property
    def text(self):
        return " ".join(self.tree.text_content().split())


@contextmanager
def registered(database_url, jwks_url):
    """Register the platform; yield an engine for the tool's database."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    from lti_tool.models import Deployment
    from lti_tool.models import Platform as Row

    engine = create_engine(database_url, pool_pre_ping=True)
    with Session(engine) as session:
        row = Row(
            issuer=ISSUER,
            client_id=CLIENT_ID,
            authorization_url="https://lms.example.org/auth",
            jwks_url=jwks_url,
            deployments=[Deployment(deployment_id="1")],
        )
        session.add(row)
        session.commit()
    try:
        yield engine
    finally:
        engine.dispose()
