"""Fixtures of the pages: a browser without a window, launches, exams, generations, and an LMS that signs."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask, jsonify
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from lxml import html

from lti_tool import create_app
from lti_tool.exam import parse_exam
from lti_tool.models import Asset, Exam, ExamMedia, Generation, Launch, db, now
from sandbox.serve import serve
from tests.settings_of_launches import CANVAS_SETTINGS, MOODLE_SETTINGS

CORE = "https://purl.imsglobal.org/spec/lti/claim/"


@pytest.fixture
def app(settings):
    """The tool with empty tables, without keys of its own: making them takes longer than most pages."""
    app = create_app(settings)
    with app.app_context():
        db.create_all()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def signing(services):
    """For tests in which the tool signs."""
    services.tool_keys.ensure()


class Browser(FlaskClient):
    """Every request has a context of its own, as on a server, and what it opened is closed at its end."""

    def open(self, *arguments, **options):
        with self.application.app_context():
            return super().open(*arguments, buffered=True, **options)


@pytest.fixture
def client(app):
    app.test_client_class = Browser
    return app.test_client()


@dataclass
class Pages:
    """The pages of one launch."""

    client: FlaskClient
    launch: Launch
    token: str

    def url(self, path=""):
        return f"/l/{self.token}/{path}"

    def get(self, path="", **options):
        return self.client.get(self.url(path), **options)

    def post(self, path="", **options):
        return self.client.post(self.url(path), **options)


@pytest.fixture
def pages(client, services, make_launch) -> Callable[..., Pages]:
    """Open the pages of a launch: ``pages(role="student")``."""

    def make(sub="1", **values):
        launch = make_launch(sub, **values)
        return Pages(client, launch, services.access.link_to(launch))

    return make


@pytest.fixture
def canvas(pages):
    """A teacher who imports course content in Canvas."""
    return pages(family="canvas", message_type="LtiDeepLinkingRequest", deep_linking=CANVAS_SETTINGS)


@pytest.fixture
def moodle(pages):
    """A teacher at Moodle's "Select content"."""
    return pages(family="moodle", message_type="LtiDeepLinkingRequest", deep_linking=MOODLE_SETTINGS)


@pytest.fixture
def student(pages):
    return pages(sub="9", role="student", name="Stu Dent")


@pytest.fixture
def keep_exam(platform, make_launch, fixtures):
    """Put an exam of the teacher "1" into the library; ``media`` are (address, media type, bytes or None)."""

    def keep(name="mixed-12", *, sub="1", media=(), document=None, **values):
        data = document or json.loads((fixtures / "exams" / f"{name}.json").read_text())
        value = parse_exam(data)
        defaults = {
            "examplary_exam_id": "exam_1",
            "platform_id": platform.id,
            "owner_id": make_launch(sub).lms_user_id,
            "context_id": "course-1",
            "title": value.title,
            "language": value.language or "",
            "points": value.points,
            "question_count": len(value.questions),
            "snapshot": json.dumps(data),
        }
        row = Exam(**(defaults | values))
        row.media = [_media(*each) for each in media]
        db.session.add(row)
        db.session.commit()
        return row

    return keep


def _media(url, media_type, content):
    if content is None:
        return ExamMedia(url=url, problem="fetch.not_found")
    digest = hashlib.sha256(content).hexdigest()
    return ExamMedia(url=url, asset=Asset(sha256=digest, media_type=media_type, size=len(content), data=content))


@pytest.fixture
def make_generation(services):
    """Put a generation into a state: ``make_generation(launch, state="failed", error_code="…")``."""

    def make(launch, **values):
        defaults = {
            "launch_id": launch.id,
            "platform_id": launch.platform_id,
            "lms_user_id": launch.lms_user_id,
            "context_id": launch.context_id,
            "state": "open",
            "session_id_encrypted": services.vault.encrypt("embed_session_secret"),
            "embed_url_encrypted": services.vault.encrypt("https://app.examplary.test/embeds/secret"),
            "session_expires_at": now() + timedelta(days=7),
            "checked_at": now(),
        }
        row = Generation(**(defaults | values))
        db.session.add(row)
        db.session.commit()
        return row

    return make


@pytest.fixture
def begin():
    """Press "New exam": an embed session at the stand-in Examplary that nobody has finished yet."""

    def press(own):
        response = own.post("generations")
        assert response.status_code == 303
        return db.session.get(Generation, response.location.rsplit("/", 1)[-1])

    return press


@pytest.fixture
def tree():
    """Read a page."""
    return lambda response: html.document_fromstring(response.get_data(as_text=True))


class SigningLms:
    """An LMS that signs what a test wants."""

    def __init__(self, client: FlaskClient, key: object) -> None:
        self.client, self._key = client, key

    def request(self, **changes):
        """Return what this LMS sends to begin a login."""
        return {"iss": "https://lms.example.org", "client_id": "client-1", "login_hint": "7"} | changes

    def login(self, **changes):
        return self.client.post("/lti/login", data=self.request(**changes))

    def form(self, response, **claims):
        """Return the form that this LMS posts after the login that ``response`` began."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}
        return {"state": asked["state"], "id_token": self._sign(asked["nonce"], claims)}

    def launch(self, **claims):
        return self.client.post("/lti/launch", data=self.form(self.login(), **claims))

    def _sign(self, nonce, changes):
        moment = int(time.time())
        claims = {
            "iss": "https://lms.example.org",
            "aud": "client-1",
            "sub": "teacher-7",
            "iat": moment,
            "exp": moment + 60,
            "nonce": nonce,
            "name": "Tess Teacher",
            f"{CORE}deployment_id": "1",
            f"{CORE}message_type": "LtiResourceLinkRequest",
            f"{CORE}version": "1.3.0",
            f"{CORE}target_link_uri": "http://tool.localhost:5000/lti/launch",
            f"{CORE}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
            f"{CORE}resource_link": {"id": "link-1"},
            f"{CORE}context": {"id": "course-1", "title": "Biology 101"},
        }
        return jwt.encode(claims | changes, self._key, algorithm="RS256", headers={"kid": "1"})


@pytest.fixture(scope="session")
def lms_key():
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def lms(client, platform, lms_key):
    """The LMS of ``platform``, whose key set stands on a real port."""
    keys = Flask("lms_keys")
    jwk = RSAAlgorithm.to_jwk(lms_key.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256", "use": "sig"}
    keys.add_url_rule("/jwks", view_func=lambda: jsonify(keys=[jwk]))
    with serve(keys, "lms.localhost") as server:
        platform.jwks_url = f"{server.base_url}/jwks"
        db.session.commit()
        yield SigningLms(client, lms_key)
