"""Teachers who walk the whole road over HTTP, and do what people do when a page does not come: try again."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urljoin, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask, jsonify
from jwt.algorithms import RSAAlgorithm
from lxml import html

from tests.support.launch_settings import CANVAS_SETTINGS

CORE = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
ISSUER, CLIENT_ID = "https://lms.example.org", "client-1"


class Platform:
    """An LMS: it signs launches, and shows its key."""

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
"""Steps at which the page waits by itself."""


class NotYet(Exception):
    """The page did not come as it should: a person would try again."""


@dataclass
class Teacher:
    """One person. ``patience`` is for how many seconds they try a step again; 0: never."""

    tool: str
    platform: Platform
    name: str
    patience: float = 0.0
    times: dict[str, float] = field(default_factory=dict)
    troubles: int = 0
    package: str = ""
    answer: str = ""
    secrets: set[str] = field(default_factory=set)
    """What must never stand in a log."""

    def walk(self, think=lambda: None):
        """From the course to the course; return the address of the package."""
        self._http = requests.Session()
        try:
            page = self._patiently("launch", self._launch)
            think()
            begun = self._patiently("new exam", lambda: self._press(page, "/generations"))
            page = self._patiently("embed", lambda: self._embed(begun))
            think()
            self._patiently("generating", lambda: self._generate(page))
            self._patiently("finished", lambda: self._press(page, "/hint", expect=None))
            page = self._patiently("ready", lambda: self._review(page))
            think()
            self._patiently("add to course", lambda: self._add(page))
            self._patiently("package", self._fetch)
        finally:
            self._http.close()
        return self.package

    def _patiently(self, step, do):
        """Time the last attempt; what the page itself waits for is timed with all its waiting."""
        began = first = time.monotonic()
        while True:
            try:
                done = do()
            except (requests.RequestException, NotYet) as trouble:
                if time.monotonic() - first > (self.patience or 60 * (step in WAITS)):
                    raise AssertionError(f"{self.name} gave up at “{step}”: {trouble}") from trouble
                self.troubles += step not in WAITS
                time.sleep(0.25)
                began = first if step in WAITS else time.monotonic()
                continue
            self.times[step] = time.monotonic() - began
            return done

    def _launch(self):
        asked = self._get("/lti/login", params={"iss": ISSUER, "client_id": CLIENT_ID, "login_hint": "h"})
        query = {key: values[0] for key, values in parse_qs(urlsplit(asked.headers["Location"]).query).items()}
        # Browsers send Secure cookies to this machine over http, requests does not.
        cookie = asked.headers["Set-Cookie"].split(";")[0]
        token = self.platform.sign(self.name, query["nonce"], f"{self.tool}/lti/launch")
        form = {"state": query["state"], "id_token": token}
        page = self._page(self._post("/lti/launch", form, headers={"Cookie": cookie}))
        self.secrets |= {token, query["nonce"], cookie.split("=")[1], urlsplit(page.url).path.split("/")[2]}
        return page

    def _press(self, page, action, expect=200):
        for form in page.tree.iterfind(".//form"):
            if action in (form.get("action") or "") and form.get("method") == "post":
                fields = [(name, value or "") for name, value in form.form_values()]
                return self._page(self._post(form.get("action"), fields), expect)
        raise NotYet(f"no form {action}")

    def _embed(self, page):
        """Wait, as the page does by itself, until Examplary is there; press "Try again" where that is offered."""
        if page.tree.find(".//iframe") is not None:
            return page
        found = self._page(self._get(page.url))
        if found.tree.find(".//iframe") is None:
            with suppress(NotYet):
                self._press(found, "/retry", expect=None)
            raise NotYet(f"Examplary is not there yet: {found.text[:200]}")
        return found

    def _generate(self, page):
        """Examplary's part: it is not what is measured or killed."""
        embed = page.tree.find(".//iframe").get("src").replace("examplary.localhost", "127.0.0.1")
        self.secrets.add(urlsplit(embed).path.rsplit("/", 1)[1])
        quiet = {"allow_redirects": False, "timeout": 20}
        requests.post(f"{embed}/details", data={"title": f"Exam of {self.name}"}, **quiet)
        requests.post(f"{embed}/generate", **quiet)
        if requests.get(f"{embed}/done", **quiet).status_code >= 400:
            raise NotYet("the stand-in does not answer")

    def _review(self, page):
        found = self._page(self._get(page.url), expect=None)
        if "/exams/" not in found.url:
            raise NotYet(f"the exam is not here yet: {found.text[:200]}")
        return found

    def _add(self, page):
        answer = self._press(page, "/add")
        claims = jwt.decode(answer.tree.find(".//input[@name='JWT']").get("value"), options={"verify_signature": False})
        items = claims[DEEP_LINKING + "content_items"]
        self.answer, self.package = items[0]["title"], items[0]["url"]
        self.secrets.add(urlsplit(self.package).path.split("/")[2])

    def _fetch(self):
        got = self._http.get(self.package, timeout=30)
        if not got.ok or not got.content.startswith(b"PK"):
            raise NotYet(f"the package answered {got.status_code}")

    def _get(self, address, **options):
        return self._answered(self._http.get(urljoin(self.tool, address), timeout=40, allow_redirects=False, **options))

    def _post(self, address, form, **options):
        address = urljoin(self.tool, address)
        return self._answered(self._http.post(address, data=form, timeout=40, allow_redirects=False, **options))

    @staticmethod
    def _answered(answer):
        if answer.status_code >= 400:
            raise NotYet(f"{answer.status_code} {json.dumps(answer.text[-600:])}")
        return answer

    def _page(self, answer, expect=200):
        while answer.is_redirect:
            answer = self._get(urljoin(answer.url, answer.headers["Location"]))
        if expect is not None and answer.status_code != expect:
            raise NotYet(str(answer.status_code))
        return Page(answer.url, html.document_fromstring(answer.text))


@dataclass
class Page:
    url: str
    tree: html.HtmlElement

    @property
    def text(self):
        return " ".join(self.tree.text_content().split())


@contextmanager
def registered(database_url, jwks_url):
    """Register the platform; yield SQLAlchemy's engine on the tool's database."""
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
