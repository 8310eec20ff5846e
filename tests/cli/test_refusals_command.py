"""Refused launches by command: read under the number of the error page, and corrected where that is safe."""

import pytest

from lti_tool import create_app
from lti_tool.models import Deployment, Platform, Refusal, db
from tests.support.cli import run

ISSUER = "https://lms.example.org"


@pytest.fixture
def keep_refusal(environment):
    """Keep a refused launch of a registered LMS, and return its number."""
    app = create_app()
    with app.app_context():
        platform = Platform(
            issuer=ISSUER,
            client_id="client-1",
            authorization_url=f"{ISSUER}/auth",
            jwks_url=f"{ISSUER}/jwks",
            deployments=[Deployment(deployment_id="1")],
        )
        db.session.add(platform)
        db.session.commit()
        platform_id = platform.id

    def keep(number, code, *, verified=True, **arrived):
        with app.app_context():
            row = Refusal(number=number, code=code, platform_id=platform_id, source_hash="x", verified=verified)
            row.arrived = {"issuer": ISSUER} | arrived
            db.session.add(row)
            db.session.commit()
            db.engine.dispose()
        return number

    return keep


def test_an_unknown_deployment_is_shown_and_added(keep_refusal):
    number = keep_refusal("a1b2c3d4e5f6", "lti.deployment_unknown", deployment_id="campus-2")
    assert number in run("refusals", "list").stdout
    shown_text = run("refusals", "show", number).stdout
    assert "Signed with this LMS's keys." in shown_text
    assert "campus-2" in shown_text
    assert "Likely cause:" in shown_text
    assert f"refusals add-deployment {number}" in shown_text
    assert "campus-2 is registered" in run("refusals", "add-deployment", number).stdout
    assert "campus-2" in run("platforms", "list").stdout


def test_a_host_of_a_signed_return_address_is_taken(keep_refusal):
    number = keep_refusal("0123456789ab", "lti.return_address", return_host="http://courses.example.org")
    assert f"refusals add-host {number}" in run("refusals", "show", number).stdout
    assert "courses.example.org" in run("refusals", "add-host", number).stdout
    assert "courses.example.org" in run("platforms", "show", "--issuer", ISSUER).stdout


def test_unverified_values_are_marked_and_never_used(keep_refusal):
    number = keep_refusal("ffffffffffff", "lti.deployment_unknown", verified=False, deployment_id="evil")
    shown_text = run("refusals", "show", number).stdout
    assert "Not verified" in shown_text
    assert "add-deployment" not in shown_text
    assert run("refusals", "add-deployment", number).exit_code == 1
    assert run("refusals", "add-host", number).exit_code == 1
    assert run("refusals", "show", "nothing-of-ours").exit_code == 1
