"""The tool's address is that of the settings, whatever a request says; it may have a path."""

import pytest

from config.checks import OWN_PATHS
from lti_tool import create_app
from lti_tool.models import db
from tests.support.databases import create_tables

EVIL = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}


@pytest.fixture
def under_a_path(settings):
    """A client of the tool at ``https://tools.university.edu/examplary``."""
    base_url = "https://tools.university.edu/examplary"
    app = create_app(settings.model_copy(update={"base_url": base_url, "trusted_proxies": 1}))
    with app.app_context():
        create_tables()
        yield app.test_client()
        db.session.remove()


@pytest.mark.parametrize("path", ["/l/x", "/lti//login", "/register//x", "/"])
@pytest.mark.parametrize("trusted_proxies", [0, 1])
def test_a_made_up_host_comes_back_nowhere(settings, path, trusted_proxies):
    app = create_app(settings.model_copy(update={"trusted_proxies": trusted_proxies}))
    response = app.test_client().get(path, headers=EVIL)
    assert "evil" not in response.headers.get("Location", "") + response.text


def test_the_redirect_of_a_missing_slash_leads_to_the_public_address(client, settings):
    response = client.get("/l/x", headers=EVIL)
    assert (response.status_code, response.location) == (308, f"{settings.base_url}/l/x/")


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        ("/lti/canvas.json", {}),
        ("/examplary/lti/canvas.json", {}),
        ("/lti/canvas.json", {"HTTP_X_FORWARDED_PREFIX": "/examplary"}),
        ("/examplary/lti/canvas.json", {"HTTP_X_FORWARDED_PREFIX": "/examplary"}),
        ("/lti/canvas.json", {"SCRIPT_NAME": "/examplary"}),
    ],
)
def test_the_path_may_be_removed_by_the_proxy_or_the_server_or_not_at_all(under_a_path, path, environment):
    response = under_a_path.get(path, environ_overrides=environment)
    assert response.get_json()["target_link_uri"] == "https://tools.university.edu/examplary/lti/launch"


@pytest.mark.parametrize("path", ["/examplary", "/examplary/", "/"])
def test_the_start_page_has_links_below_the_path(under_a_path, path):
    page = under_a_path.get(path)
    assert page.status_code == 200
    assert 'href="/examplary/static/css/base.css' in page.text
    assert "https://tools.university.edu/examplary/lti/login" in page.text


@pytest.mark.parametrize("path", ["/examplaryx/", "/examplary/examplary/", "/other/healthz"])
def test_other_paths_are_not_the_tools(under_a_path, path):
    assert under_a_path.get(path).status_code == 404


def test_the_proofs_cookie_is_sent_to_the_launch_below_the_path(under_a_path, platform):
    login = {"iss": platform.issuer, "client_id": platform.client_id, "login_hint": "1"}
    response = under_a_path.get("/examplary/lti/login", query_string=login)
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert response.status_code == 302
    assert "Path=/examplary/lti/" in cookie.split("; ")


def test_no_path_in_front_of_the_tool_can_look_like_one_of_its_own(app):
    first_segments = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert first_segments - {""} == OWN_PATHS
