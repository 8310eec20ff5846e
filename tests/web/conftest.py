"""Fixtures for the pages: a test client, launches, exams, generations, and an LMS that signs."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from lxml import html

from lti_tool import create_app
from lti_tool.exam import parse_exam
from lti_tool.models import Asset, Exam, ExamMedia, Generation, Launch, db, now
from lti_tool.security.encryption import fingerprint
from tests.support.databases import create_tables
from tests.support.launch_settings import CANVAS_SETTINGS, MOODLE_SETTINGS
from tests.support.signing_lms import Browser, signing_lms

COOKIE = "examplary_launch"
"""The cookie of a launch over http."""


@pytest.fixture
def app(settings):
    """The tool with empty tables and without signing keys, which take longer to make than most pages."""
    app = create_app(settings)
    with app.app_context():
        create_tables()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def signing(services):
    """Make the tool's signing keys."""
    services.tool_keys.ensure()


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
    secret: str
    """In the cookie of the launch."""

    def bind(self, client):
        """Give ``client`` the cookie of the launch."""
        client.set_cookie(COOKIE, self.secret, path=self.url())
        return client

    def url(self, path=""):
        return f"/l/{self.token}/{path}"

    def get(self, path="", **options):
        return self.client.get(self.url(path), **options)

    def post(self, path="", **options):
        return self.client.post(self.url(path), **options)


@pytest.fixture
def pages(client, services, make_launch) -> Callable[..., Pages]:
    """Create a launch, bound to the client by its cookie, and return its pages: ``pages(role="student")``."""

    def make(sub="1", **values):
        secret = f"secret of {sub}"
        launch = make_launch(sub, **({"browser_hash": fingerprint(secret)} | values))
        own = Pages(client, launch, services.access.link_to(launch), secret)
        own.bind(client)
        return own

    return make


@pytest.fixture
def canvas(pages):
    """A teacher's launch from Canvas's "Import Course Content"."""
    return pages(family="canvas", message_type="LtiDeepLinkingRequest", deep_linking=CANVAS_SETTINGS)


@pytest.fixture
def moodle(pages):
    """A teacher's launch from Moodle's "Select content"."""
    return pages(family="moodle", message_type="LtiDeepLinkingRequest", deep_linking=MOODLE_SETTINGS)


@pytest.fixture
def student(pages):
    return pages(sub="9", role="student", name="Stu Dent")


@pytest.fixture
def keep_exam(platform, make_launch, fixtures):
    """Store an exam of the teacher "1"; ``media`` are (URL, media type, bytes or None)."""

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
        row.media = [_media(*file) for file in media]
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
    """Store a generation: ``make_generation(launch, state="failed", error_code="…")``."""

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
    """Click "New exam", which opens an embed session at the sandbox's Examplary."""

    def click(own):
        response = own.post("generations")
        assert response.status_code == 303
        return db.session.get(Generation, response.location.rsplit("/", 1)[-1])

    return click


@pytest.fixture
def tree():
    """Parse a page."""
    return lambda response: html.document_fromstring(response.get_data(as_text=True))


@pytest.fixture
def lms(client, platform, lms_key):
    """The LMS of ``platform``, serving its key set on a real port."""
    with signing_lms(client, platform, lms_key) as running:
        yield running
