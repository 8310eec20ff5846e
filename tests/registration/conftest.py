"""An LMS on a real port that registers tools, and registration links."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from lti_tool import create_app
from lti_tool.models import db
from sandbox.lms import LmsConfig, create_lms, lms_of
from sandbox.lms.registration import link_parameters
from sandbox.serve import serve
from tests.support.databases import create_tables


@pytest.fixture
def lms():
    """The sandbox's LMS on a real port."""
    app = create_lms(LmsConfig(control=True))
    with serve(app, "lms.localhost") as server:
        lms = lms_of(app)
        lms.base_url = server.base_url
        yield lms


@pytest.fixture
def invite(services):
    """A new link's path: ``invite(name="LabU")``."""
    return lambda **values: urlsplit(services.registration.invite(**values)).path


@pytest.fixture
def open_link(app, invite, lms):
    """Open a registration link like an LMS."""

    def open_it(flavour="moodle", path=None, **changes):
        parameters = link_parameters(lms, flavour) | changes
        return app.test_client().get(path or invite(), query_string=parameters)

    return open_it


class ScriptedLms:
    """An LMS whose configuration and registration responses a test can replace."""

    def __init__(self):
        self.app = Flask("scripted_lms")
        self.app.add_url_rule("/configuration", "configuration", lambda: self.on_configuration())  # noqa: PLW0108 -- tests replace it
        self.app.add_url_rule("/register", "register", lambda: self.on_register(), methods=["POST"])  # noqa: PLW0108 -- tests replace it
        self.base_url = ""
        self.registered = 0

    def configuration(self, **changes):
        entries = {
            "issuer": self.base_url,
            "authorization_endpoint": f"{self.base_url}/auth",
            "jwks_uri": f"{self.base_url}/jwks",
            "token_endpoint": f"{self.base_url}/token",
            "registration_endpoint": f"{self.base_url}/register",
        }
        return {name: value for name, value in (entries | changes).items() if value is not None}

    def on_configuration(self):
        return self.configuration()

    def on_register(self):
        self.registered += 1
        return {"client_id": f"client-{self.registered}"}


@pytest.fixture
def scripted_lms():
    lms = ScriptedLms()
    with serve(lms.app, "scripted.localhost") as server:
        lms.base_url = server.base_url
        yield lms


@pytest.fixture
def app(settings):
    """The tool with empty tables and no keys: a registration signs nothing."""
    app = create_app(settings)
    with app.app_context():
        create_tables()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()
