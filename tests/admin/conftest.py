"""Fixtures for the console: accounts, and browsers that are signed in."""

from __future__ import annotations

import pytest

from lti_tool import create_app
from lti_tool.models import AdminRole, db
from tests.support.console import Console, add_account
from tests.support.databases import create_tables
from tests.support.installation import run_installation


@pytest.fixture
def app(settings):
    """The tool with empty tables and without signing keys, which take long to make."""
    app = create_app(settings)
    with app.app_context():
        create_tables()
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The tool and its neighbours as servers, for all tests of a module."""
    with run_installation(tmp_path_factory.mktemp("installation")) as installation:
        yield installation


@pytest.fixture
def tool(running):
    """The same, without the data of earlier tests."""
    running.empty()
    return running


@pytest.fixture
def console(app):
    """A browser without a session."""
    return Console(app.test_client())


@pytest.fixture
def signed_in(app, services):
    """Sign an administrator in: ``signed_in(AdminRole.READER, platforms=[platform])``."""

    def sign_in(role=AdminRole.OWNER, email="", **sees):
        email = email or f"{role}@example.org"
        add_account(services, email, role, **sees)
        console = Console(app.test_client())
        assert console.sign_in(email).status_code == 303
        return console

    return sign_in


@pytest.fixture
def owner(signed_in):
    """A browser in which an owner is signed in."""
    return signed_in()


@pytest.fixture(autouse=True)
def _cheap_hashes(cheap_hashes):
    """Sign in without delay; ``test_accounts`` checks the real parameters."""
