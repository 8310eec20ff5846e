"""The LMS of the certification tests: starts logins, signs any claims, and posts launches to the tool."""

from __future__ import annotations

import json
import time
from html import unescape

import jwt
import pytest
from flask import Flask, jsonify
from jwt.algorithms import RSAAlgorithm

from lti_tool import create_app
from lti_tool.models import Deployment, Platform, db
from sandbox.serve import serve
from tests.support.addresses import query_of
from tests.support.databases import create_tables

ISSUER, CLIENT, KID = "https://lms.example.org", "client-1", "lms-key-1"
CORE = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
OPTIONAL = ("azp", "nbf")
"""Claims of OpenID Connect that an ordinary launch omits."""
PEOPLE = {
    "teacher": {"sub": "teacher-7", "given_name": "Tess", "family_name": "Teacher", "role": "Instructor"},
    "student": {"sub": "student-9", "given_name": "Stu", "family_name": "Dent", "role": "Learner"},
}


@pytest.fixture
def app(settings):
    """The tool with empty tables."""
    app = create_app(settings)
    with app.app_context():
        create_tables()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def key_set(lms_key):
    """The LMS's public keys on a real port."""
    keys = Flask("lms_keys")
    jwk = RSAAlgorithm.to_jwk(lms_key.public_key(), as_dict=True) | {"kid": KID, "alg": "RS256", "use": "sig"}
    keys.add_url_rule("/jwks", view_func=lambda: jsonify(keys=[jwk]))
    with serve(keys, "lms.localhost") as server:
        yield f"{server.base_url}/jwks"


@pytest.fixture
def lms(app, key_set, lms_key):
    """An LMS that registered the tool, with the deployment "1"."""
    row = Platform(
        issuer=ISSUER,
        client_id=CLIENT,
        authorization_url=f"{ISSUER}/auth",
        jwks_url=key_set,
        deployments=[Deployment(deployment_id="1")],
    )
    db.session.add(row)
    db.session.commit()
    return Certifier(app, lms_key)


class Certifier:
    """An LMS and the browser in which it opens the tool."""

    def __init__(self, app, key):
        self.app = app
        self.key = key
        self.browser = app.test_client()
        self.cookie = ""
        """Cookie header from the last login."""

    def login(self, **changes):
        """Start a login; return the parameters of the authentication request: state, nonce, and so on."""
        params = {"iss": ISSUER, "client_id": CLIENT, "login_hint": "7", "target_link_uri": self.target}
        response = self.browser.post("/lti/login", data=params | changes)
        assert response.status_code == 302, response.text
        self.cookie = "; ".join(cookie.partition(";")[0] for cookie in response.headers.getlist("Set-Cookie"))
        return query_of(response.location)

    @property
    def target(self):
        return f"{self.app.extensions['services'].settings.base_url}/lti/launch"

    def payload(self, person, nonce=""):
        """Return the claims of an ordinary launch by the teacher or the student."""
        user, moment = PEOPLE[person], int(time.time())
        return {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": user["sub"],
            "iat": moment,
            "exp": moment + 300,
            "nonce": nonce,
            "name": f"{user['given_name']} {user['family_name']}",
            "given_name": user["given_name"],
            "family_name": user["family_name"],
            "email": f"{person}@school.example",
            f"{CORE}deployment_id": "1",
            f"{CORE}message_type": "LtiResourceLinkRequest",
            f"{CORE}version": "1.3.0",
            f"{CORE}target_link_uri": self.target,
            f"{CORE}roles": [MEMBERSHIP + user["role"]],
            f"{CORE}resource_link": {"id": "link-1", "title": "Exam"},
            f"{CORE}context": {"id": "course-1", "label": "BIO101", "title": "Biology 101", "type": ["CourseSection"]},
        }

    def sign(self, claims, key=None, **header):
        """Sign any claims. Headers that are ``None`` are left out."""
        headers = {name: value for name, value in ({"kid": KID} | header).items() if value is not None}
        return jwt.PyJWS().encode(json.dumps(claims).encode(), key or self.key, algorithm="RS256", headers=headers)

    def form(self, person="teacher", without=(), header=None, **changes):
        """Log in, and return the form of a launch. LTI claims are named by their last part."""
        login = self.login()
        claims = self.payload(person, login["nonce"])
        claims |= {name if name in (*claims, *OPTIONAL) else f"{CORE}{name}": value for name, value in changes.items()}
        remaining = {name: value for name, value in claims.items() if name.rsplit("/", 1)[-1] not in without}
        return {"state": login["state"], "id_token": self.sign(remaining, **(header or {}))}

    def post(self, form, browser=None):
        return (browser or self.browser).post("/lti/launch", data=form)

    def launch(self, person="teacher", **options):
        return self.post(self.form(person, **options))

    def opened(self, person="teacher", **options):
        """Launch, and return the first page."""
        response = self.launch(person, **options)
        assert response.status_code == 303, response.text
        page = self.browser.get(response.location)
        assert page.status_code == 200
        return unescape(page.text)


@pytest.fixture
def refused():
    """Check that the launch is rejected with this code and sentence, and with a next step."""

    def check(response, code, sentence):
        assert 400 <= response.status_code < 500, response.status_code
        page = unescape(response.text)
        assert f"<code>{code}</code>" in page, page
        assert sentence in page
        assert "Open Examplary again" in page or "administrator" in page or "Sign in" in page, "what to do next"

    return check
