"""What each LMS says of itself, what it is asked for, and what its administrator is told (facts: lms-behaviour)."""

from html import unescape

import pytest
from flask import request

from lti_tool.lms import plugins
from lti_tool.lti.protocol.platform_configuration import read_configuration
from lti_tool.lti.protocol.registration_errors import ForeignHost, IssuerForeign
from lti_tool.lti.protocol.tool_registration import TOOL
from lti_tool.models import Platform, db

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
CANVAS = "https://canvas.instructure.com/lti/"

AT_HOME = {
    # (where the configuration stands, what it says): hosts as they are in use, ids made up.
    "moodle": (
        "https://moodle.example.org/mod/lti/openid-configuration.php",
        {
            "issuer": "https://moodle.example.org",
            "authorization_endpoint": "https://moodle.example.org/mod/lti/auth.php",
            "jwks_uri": "https://moodle.example.org/mod/lti/certs.php",
            "token_endpoint": "https://moodle.example.org/mod/lti/token.php",
            "registration_endpoint": "https://moodle.example.org/mod/lti/openid-registration.php",
        },
    ),
    "canvas": (
        "https://canvas.instructure.com/api/lti/security/openid-configuration",
        {
            "issuer": "https://canvas.instructure.com",
            "authorization_endpoint": "https://sso.canvaslms.com/api/lti/authorize_redirect",
            "jwks_uri": "https://sso.canvaslms.com/api/lti/security/jwks",
            "token_endpoint": "https://sso.canvaslms.com/login/oauth2/token",
            "registration_endpoint": "https://school.instructure.com/api/lti/registrations",
        },
    ),
    "canvas beta": (
        "https://school.beta.instructure.com/api/lti/security/openid-configuration",
        {
            "issuer": "https://canvas.beta.instructure.com",
            "authorization_endpoint": "https://sso.beta.canvaslms.com/api/lti/authorize_redirect",
            "jwks_uri": "https://sso.beta.canvaslms.com/api/lti/security/jwks",
            "token_endpoint": "https://sso.beta.canvaslms.com/login/oauth2/token",
            "registration_endpoint": "https://school.beta.instructure.com/api/lti/registrations",
        },
    ),
    "blackboard": (
        "https://developer.blackboard.com/api/v1/gateway/.well-known/openid-configuration",
        {
            "issuer": "https://blackboard.com",
            "authorization_endpoint": "https://developer.anthology.com/api/v1/gateway/oidcauth",
            "jwks_uri": "https://developer.anthology.com/.well-known/jwks.json",
            "token_endpoint": "https://developer.anthology.com/api/v1/gateway/oauth2/jwttoken",
            "registration_endpoint": "https://developer.blackboard.com/api/v1/registrations",
        },
    ),
    "brightspace": (
        "https://school.brightspace.com/d2l/.well-known/openid-configuration",
        {
            "issuer": "https://school.brightspace.com",
            "authorization_endpoint": "https://school.brightspace.com/d2l/lti/authenticate",
            "jwks_uri": "https://school.brightspace.com/d2l/.well-known/jwks",
            "token_endpoint": "https://auth.brightspace.com/core/connect/token",
            "authorization_server": "https://api.brightspace.com/auth/token",
            "registration_endpoint": "https://school.brightspace.com/d2l/api/registration",
        },
    ),
    "sakai": (
        "https://sakai.example.org/imsblis/lti13/well_known?key=1&clientId=c",
        {
            "issuer": "https://sakai.example.org",
            "authorization_endpoint": "https://sakai.example.org/imsoidc/lti13/oidc_auth",
            "jwks_uri": "https://sakai.example.org/imsblis/lti13/keyset",
            "token_endpoint": "https://sakai.example.org/imsblis/lti13/token/1",
            "registration_endpoint": "https://sakai.example.org/imsblis/lti13/registration_endpoint/1",
        },
    ),
    "schoology": (
        "https://lti-service.svc.schoology.com/.well-known/openid-configuration",
        {
            "issuer": "https://schoology.schoology.com",
            "authorization_endpoint": "https://lti-service.svc.schoology.com/lti-service/authorize-redirect",
            "jwks_uri": "https://lti-service.svc.schoology.com/lti-service/.well-known/jwks",
            "token_endpoint": "https://lti-service.svc.schoology.com/lti-service/access-token",
            "registration_endpoint": "https://lti-service.svc.schoology.com/register",
        },
    ),
    "unknown": (
        "https://lms.university.example/lti/configuration",
        {
            "issuer": "https://lms.university.example",
            "authorization_endpoint": "https://lms.university.example/lti/auth",
            "jwks_uri": "https://lms.university.example/lti/keys",
            "registration_endpoint": "https://lms.university.example/lti/register",
        },
    ),
}


@pytest.mark.parametrize("lms", AT_HOME)
def test_every_lms_speaks_for_itself_from_its_own_hosts(lms):
    address, document = AT_HOME[lms]
    found = read_configuration(document, address=address)
    assert found.issuer == document["issuer"]
    assert found.jwks_url == document["jwks_uri"]
    assert found.token_url == document.get("token_endpoint", "")
    assert found.token_audience == document.get("authorization_server", "")


@pytest.mark.parametrize("lms", AT_HOME)
@pytest.mark.parametrize("entry", ["authorization_endpoint", "jwks_uri", "token_endpoint", "registration_endpoint"])
def test_no_lms_speaks_through_a_host_that_is_not_its_own(lms, entry):
    address, document = AT_HOME[lms]
    for host in (
        "evil.example",
        "sso.canvaslms.com.evil.example",
        "evilblackboard.com",
        "auth.brightspace.com.evil.io",
    ):
        with pytest.raises(ForeignHost):
            read_configuration(document | {entry: f"https://{host}/x"}, address=address)


@pytest.mark.parametrize("lms", AT_HOME)
def test_nobody_else_speaks_for_an_lms(lms):
    _, document = AT_HOME[lms]
    with pytest.raises(IssuerForeign):
        read_configuration(document, address="https://evil.example/openid-configuration")


@pytest.fixture
def register(open_link, odd):
    """Register an LMS of a family; return the page, and what the LMS was asked for."""

    def do(family, answer=None, **platform):
        asked = {}
        odd.on_register = lambda: asked.update(request.get_json()) or answer or {"client_id": "c-1"}
        described = {"product_family_code": family, **platform}
        odd.on_configuration = lambda: odd.configuration(**{PLATFORM: described})
        response = open_link(openid_configuration=f"{odd.base_url}/configuration")
        assert response.status_code == 200, response.text
        return unescape(response.text), asked

    return do


@pytest.mark.parametrize(
    ("family", "kept", "told"),
    [
        ("moodle", "moodle", "click “Activate” on the card of Examplary"),
        ("canvas", "canvas", "Keep the “Migration Selection” placement"),
        ("BlackboardLearn", "blackboard", "Approve"),
        ("desire2learn", "brightspace", "Open its deployments and create one"),
        ("sakai", "sakai", "provide a Common Cartridge"),
        ("Open edX", "openedx", "still needs to be approved or enabled"),
        ("olat", "", "still needs to be approved or enabled"),
        ("", "", "still needs to be approved or enabled"),
    ],
)
def test_each_administrator_is_told_what_is_left_to_do(register, family, kept, told):
    page, _ = register(family)
    assert told in page
    (row,) = db.session.query(Platform)
    assert row.family == kept


@pytest.mark.parametrize("family", ["moodle", "BlackboardLearn", "desire2learn", "sakai", "olat"])
def test_every_lms_is_asked_for_both_messages(register, family):
    _, asked = register(family)
    assert {each["type"] for each in asked[TOOL]["messages"]} == {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"}
    assert asked["initiate_login_uri"].endswith("/lti/login")
    assert asked["redirect_uris"] == [asked[TOOL]["target_link_uri"]]
    assert asked["jwks_uri"].endswith("/lti/jwks.json")
    assert asked["response_types"] == ["id_token"]
    assert {"sub", "name", "email"} <= set(asked[TOOL]["claims"])
    assert asked[TOOL]["domain"] == "tool.localhost:5000"
    assert asked[TOOL]["custom_parameters"] == {"examplary_course_history": "$Context.id.history"}
    assert not any(name.startswith("https://canvas") for name in asked[TOOL])


def test_canvas_is_asked_for_its_placements_migration_first(register):
    _, asked = register("canvas")
    first, second = asked[TOOL]["messages"]
    assert (first["type"], first["placements"]) == ("LtiDeepLinkingRequest", [f"{CANVAS}migration_selection"])
    assert (second["type"], second["placements"]) == ("LtiResourceLinkRequest", [f"{CANVAS}course_navigation"])
    assert second[f"{CANVAS}visibility"] == "admins"
    assert asked[TOOL][f"{CANVAS}privacy_level"] == "public"
    assert asked[TOOL][f"{CANVAS}tool_id"] == "examplary"


@pytest.mark.parametrize(
    ("answer", "deployments"),
    [
        ({"client_id": "c-1", TOOL: {"deployment_id": "2"}}, ["2"]),
        ({"client_id": "c-1", TOOL: {"deployment_id": 2}}, ["2"]),
        ({"client_id": "c-1", TOOL: {}}, []),
        ({"client_id": "c-1", TOOL: "?"}, []),
        ({"client_id": "c-1"}, []),
    ],
)
def test_a_deployment_is_kept_where_the_answer_names_one(register, answer, deployments):
    register("moodle", answer)
    (row,) = db.session.query(Platform)
    assert [each.deployment_id for each in row.deployments] == deployments


def test_the_page_shows_what_works_and_what_does_not(register, odd):
    """Its keys are not where it says: nobody could launch, and the administrator learns it now."""
    page, _ = register("moodle")
    assert "Examplary is registered" in page
    assert f"{odd.base_url}/jwks can't be reached." in page
    assert "Check the DNS name, the firewall and the certificate." in page
    assert "The clocks of the LMS and of this machine agree." in page


def test_where_it_described_itself_is_kept_unless_a_token_is_in_it(open_link, odd, invite):
    for query, kept in (("?clientId=1", True), ("?registration_token=secret", False)):
        url = f"{odd.base_url}/configuration{query}"
        assert open_link(path=invite(), openid_configuration=url).status_code == 200
        row = db.session.query(Platform).order_by(Platform.created_at.desc()).first()
        assert row.configuration_url == (url if kept else "")
        db.session.delete(row)
        db.session.commit()


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.family)
def test_every_family_says_what_is_left_to_do(plugin):
    assert plugin.after_registration
    assert plugin.messages
