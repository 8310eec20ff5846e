"""Registration for each LMS: configuration, request, and the next step for administrators.

See docs/reference/lms-behaviour.md.
"""

from html import unescape

import pytest
from flask import request

from lti_tool.lms import plugins
from lti_tool.lti.protocol.platform_configuration import is_issuers_own, read_configuration
from lti_tool.lti.protocol.registration_errors import ForeignHost, IssuerForeign
from lti_tool.lti.protocol.tool_registration import TOOL
from lti_tool.models import Platform, db

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
PLUGIN_SCOPE = "https://purl.examplary.ai/lti/moodle/scope/quizzes"

CONFIGURATIONS = {
    # (address of the configuration, its entries): real hosts, made-up ids.
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


@pytest.mark.parametrize("lms", CONFIGURATIONS)
def test_configurations_are_accepted_from_their_own_hosts(lms):
    address, document = CONFIGURATIONS[lms]
    platform = read_configuration(document, address=address)
    assert platform.issuer == document["issuer"]
    assert platform.jwks_url == document["jwks_uri"]
    assert platform.token_url == document.get("token_endpoint", "")
    assert platform.token_audience == document.get("authorization_server", "")


@pytest.mark.parametrize("lms", CONFIGURATIONS)
@pytest.mark.parametrize("entry", ["authorization_endpoint", "jwks_uri", "token_endpoint", "registration_endpoint"])
def test_endpoints_on_foreign_hosts_are_refused(lms, entry):
    address, document = CONFIGURATIONS[lms]
    for host in (
        "evil.example",
        "sso.canvaslms.com.evil.example",
        "evilblackboard.com",
        "auth.brightspace.com.evil.io",
    ):
        with pytest.raises(ForeignHost):
            read_configuration(document | {entry: f"https://{host}/x"}, address=address)


@pytest.mark.parametrize("lms", CONFIGURATIONS)
def test_a_configuration_from_a_foreign_host_is_refused(lms):
    _, document = CONFIGURATIONS[lms]
    with pytest.raises(IssuerForeign):
        read_configuration(document, address="https://evil.example/openid-configuration")


@pytest.mark.parametrize(
    ("lms", "address"),
    [
        ("canvas", "https://school.instructure.com/api/lti/security/openid-configuration"),
        ("canvas", "https://sso.canvaslms.com/api/lti/security/openid-configuration"),
        ("blackboard", "https://developer.anthology.com/.well-known/openid-configuration"),
    ],
)
def test_a_shared_issuer_names_the_hosts_of_its_configuration(lms, address):
    _, document = CONFIGURATIONS[lms]
    assert not is_issuers_own(address, read_configuration(document, address=address).issuer)


@pytest.mark.parametrize(
    ("lms", "address"),
    [
        ("canvas", "https://files.school.instructure.com/configuration"),
        ("canvas", "https://school.instructure.com:8443/configuration"),
        ("canvas", "http://school.instructure.com/configuration"),
        ("canvas beta", "https://school.instructure.com/configuration"),
        ("blackboard", "https://school.blackboard.com/configuration"),
        ("moodle", "https://pages.moodle.example.org/configuration"),
        ("moodle", "https://moodle.example.org:8443/configuration"),
    ],
)
def test_no_other_host_speaks_for_an_issuer(lms, address):
    _, document = CONFIGURATIONS[lms]
    with pytest.raises(IssuerForeign):
        read_configuration(document, address=address)


def test_a_school_of_a_shared_issuer_cannot_name_its_own_keys():
    address, document = CONFIGURATIONS["canvas"]
    with pytest.raises(ForeignHost):
        read_configuration(document | {"jwks_uri": "https://school.instructure.com/courses/1/files/1"}, address=address)


def test_a_default_port_is_the_same_origin():
    address, document = CONFIGURATIONS["moodle"]
    jwks = "https://moodle.example.org:443/mod/lti/certs.php"
    assert read_configuration(document | {"jwks_uri": jwks}, address=address).jwks_url == jwks


@pytest.fixture
def register(open_link, scripted_lms):
    """Register an LMS of a family; return the page and the registration request."""

    def do(family, answer=None, **platform):
        registration = {}
        scripted_lms.on_register = lambda: registration.update(request.get_json()) or answer or {"client_id": "c-1"}
        described = {"product_family_code": family, **platform}
        scripted_lms.on_configuration = lambda: scripted_lms.configuration(**{PLATFORM: described})
        response = open_link(openid_configuration=f"{scripted_lms.base_url}/configuration")
        assert response.status_code == 200, response.text
        return unescape(response.text), registration

    return do


@pytest.mark.parametrize(
    ("family", "stored_family", "next_step"),
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
def test_the_page_shows_the_next_step_for_each_lms(register, family, stored_family, next_step):
    page, _ = register(family)
    assert next_step in page
    (row,) = db.session.query(Platform)
    assert row.family == stored_family


@pytest.mark.parametrize("family", ["moodle", "BlackboardLearn", "desire2learn", "sakai", "olat"])
def test_every_lms_is_asked_for_both_messages(register, family):
    _, registration = register(family)
    assert {message["type"] for message in registration[TOOL]["messages"]} == {
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
    }
    assert registration["initiate_login_uri"].endswith("/lti/login")
    assert registration["redirect_uris"] == [registration[TOOL]["target_link_uri"]]
    assert registration["jwks_uri"].endswith("/lti/jwks.json")
    assert registration["response_types"] == ["id_token"]
    assert {"sub", "name", "email"} <= set(registration[TOOL]["claims"])
    assert registration[TOOL]["domain"] == "tool.localhost:5000"
    mark = {"examplary_quiz": "1"} if family == "moodle" else {}
    assert registration[TOOL]["custom_parameters"] == {"examplary_course_history": "$Context.id.history"} | mark
    assert not any(name.startswith("https://canvas") for name in registration[TOOL])


@pytest.mark.parametrize(
    ("family", "supported", "asked"),
    [
        ("moodle", None, PLUGIN_SCOPE),
        ("moodle", ["openid", PLUGIN_SCOPE], PLUGIN_SCOPE),
        ("moodle", ["openid"], ""),
        ("canvas", None, ""),
        ("sakai", ["openid", PLUGIN_SCOPE], ""),
    ],
)
def test_only_a_moodle_is_asked_for_the_plugins_scope_unless_it_lacks_the_plugin(
    register, scripted_lms, family, supported, asked
):
    known = {} if supported is None else {"scopes_supported": supported}
    plain = scripted_lms.configuration
    scripted_lms.configuration = lambda **entries: plain(**entries) | known
    _, registration = register(family)
    assert registration["scope"] == asked


def test_canvas_is_asked_for_its_placements_migration_first(register):
    _, registration = register("canvas")
    first, second = registration[TOOL]["messages"]
    assert first["type"] == "LtiDeepLinkingRequest"
    names = ("migration_selection", "assignment_selection", "module_menu_modal", "module_index_menu_modal")
    assert first["placements"] == [f"{CANVAS}{name}" for name in names]
    assert (second["type"], second["placements"]) == ("LtiResourceLinkRequest", [f"{CANVAS}course_navigation"])
    assert second[f"{CANVAS}visibility"] == "admins"
    assert registration[TOOL][f"{CANVAS}privacy_level"] == "public"
    assert registration[TOOL][f"{CANVAS}tool_id"] == "examplary"
    variables = set(registration[TOOL]["custom_parameters"].values())
    assert variables >= {"$Canvas.api.baseUrl", "$Canvas.api.domain", "$Canvas.course.id", "$Canvas.user.id"}


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
def test_a_deployment_in_the_response_is_stored(register, answer, deployments):
    register("moodle", answer)
    (row,) = db.session.query(Platform)
    assert [deployment.deployment_id for deployment in row.deployments] == deployments


def test_the_page_shows_the_results_of_the_checks(register, scripted_lms):
    """The key set is unreachable, so launches would fail: the administrator sees this right away."""
    page, _ = register("moodle")
    assert "Examplary is registered" in page
    assert f"{scripted_lms.base_url}/jwks can't be reached." in page
    assert "Check the DNS name, the firewall and the certificate." in page
    assert "The clocks of the LMS and of this machine agree." in page


def test_the_configuration_url_is_stored_unless_it_has_a_token(open_link, scripted_lms, invite):
    for query, is_stored in (("?clientId=1", True), ("?registration_token=secret", False)):
        url = f"{scripted_lms.base_url}/configuration{query}"
        assert open_link(path=invite(), openid_configuration=url).status_code == 200
        row = db.session.query(Platform).order_by(Platform.created_at.desc()).first()
        assert row.configuration_url == (url if is_stored else "")
        db.session.delete(row)
        db.session.commit()


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.family)
def test_every_plugin_has_a_next_step_after_registration(plugin):
    assert plugin.after_registration
    assert plugin.messages
