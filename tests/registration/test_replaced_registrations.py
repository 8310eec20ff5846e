"""A registration link adds a registration; it replaces one only if it was made for that one."""

import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import jsonify
from jwt.algorithms import RSAAlgorithm

from lti_tool.cli import app_context
from lti_tool.lti.protocol.platform_configuration import is_issuers_own
from lti_tool.lti.protocol.tool_registration import TOOL
from lti_tool.models import AuditAction, AuditEntry, Deployment, Launch, Platform, RegistrationLink, db
from lti_tool.services.platforms import dynamic_registration
from lti_tool.services.platforms.registrations import InvalidValue
from sandbox.serve import serve
from tests.registration.conftest import ScriptedLms
from tests.support.addresses import query_of
from tests.support.cli import run

CORE = "https://purl.imsglobal.org/spec/lti/claim/"


@pytest.fixture
def victim(app, scripted_lms):
    """The registration of a school whose LMS is at ``scripted.localhost``."""
    row = Platform(
        issuer=scripted_lms.base_url,
        client_id="client-1",
        authorization_url=f"{scripted_lms.base_url}/auth",
        jwks_url=f"{scripted_lms.base_url}/jwks",
        deployments=[Deployment(deployment_id="1")],
    )
    db.session.add(row)
    db.session.commit()
    return row


def addresses(platform):
    db.session.refresh(platform)
    return platform.client_id, platform.authorization_url, platform.jwks_url


class Attacker:
    """Somebody with a link of their own, who serves pages below the school's host and signs launches."""

    def __init__(self, base_url, issuer):
        self.base_url = base_url
        self.issuer = issuer
        self.key = generate_private_key(65537, 2048)
        self.jwk = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256"}

    def forge_launch(self, tool):
        """Log in as the school's LMS would, and send a launch signed with the attacker's key."""
        login = {"iss": self.issuer, "client_id": "client-1", "login_hint": "1"}
        started = requests.post(f"{tool}/lti/login", login, allow_redirects=False, timeout=60)
        request = query_of(started.headers["Location"])
        claims = {
            "iss": self.issuer,
            "aud": "client-1",
            "sub": "principal",
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            "nonce": request["nonce"],
            f"{CORE}deployment_id": "1",
            f"{CORE}message_type": "LtiResourceLinkRequest",
            f"{CORE}version": "1.3.0",
            f"{CORE}target_link_uri": "http://tool.localhost:5000/lti/launch",
            f"{CORE}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
            f"{CORE}resource_link": {"id": "link-1"},
        }
        form = {"state": request["state"], "id_token": jwt.encode(claims, self.key, "RS256", {"kid": "1"})}
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in started.cookies)
        return requests.post(f"{tool}/lti/launch", form, headers={"Cookie": cookies}, allow_redirects=False, timeout=60)


@pytest.fixture(params=["attacker.scripted.localhost", "scripted.localhost"])
def attacker(request, scripted_lms, victim):
    """On a host below the school's, or on another port of it."""
    evil = ScriptedLms()
    evil.app.add_url_rule("/jwks", view_func=lambda: jsonify(keys=[attacker.jwk]))
    evil.on_register = lambda: {"client_id": "client-1", TOOL: {"deployment_id": "1"}}
    with serve(evil.app, request.param) as server:
        evil.base_url = server.base_url
        evil.on_configuration = lambda: evil.configuration(issuer=scripted_lms.base_url)
        attacker = Attacker(server.base_url, scripted_lms.base_url)
        yield attacker


def test_a_link_cannot_be_used_to_forge_launches_of_a_registered_school(app, attacker, victim, invite):
    before = addresses(victim)
    with serve(app, "tool.localhost") as tool:
        opened = requests.get(
            f"{tool.base_url}{invite()}",
            {"openid_configuration": f"{attacker.base_url}/configuration"},
            timeout=60,
        )
        launched = attacker.forge_launch(tool.base_url)
    assert "registration.issuer_foreign" in opened.text
    assert (opened.status_code, launched.status_code) == (422, 502)
    assert addresses(victim) == before
    assert db.session.query(Launch).count() == 0


def test_an_ordinary_link_changes_no_registration(open_link, scripted_lms, victim, invite):
    before = addresses(victim)
    scripted_lms.on_register = lambda: {"client_id": "client-1"}
    scripted_lms.on_configuration = lambda: scripted_lms.configuration(jwks_uri=f"{scripted_lms.base_url}/other")
    path = invite()
    response = open_link(path=path, openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert (response.status_code, "registration.already_there" in response.text) == (409, True)
    assert f"--for {scripted_lms.base_url} client-1" in response.text
    assert addresses(victim) == before
    assert db.session.query(RegistrationLink).one().used_at is None
    assert db.session.query(AuditEntry).filter_by(action=AuditAction.PLATFORM_REPLACED).count() == 0


def test_a_link_for_a_registration_replaces_it_and_is_audited(open_link, scripted_lms, victim, invite):
    scripted_lms.on_register = lambda: {"client_id": "client-2", TOOL: {"deployment_id": "4"}}
    response = open_link(path=invite(replaces=victim), openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert response.status_code == 200
    assert db.session.query(Platform).one().id == victim.id
    assert addresses(victim) == ("client-2", f"{scripted_lms.base_url}/auth", f"{scripted_lms.base_url}/jwks")
    assert {deployment.deployment_id for deployment in victim.deployments} == {"1", "4"}
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == [AuditAction.PLATFORM_INVITED, AuditAction.PLATFORM_REPLACED]


def test_a_link_for_one_registration_does_not_replace_another(open_link, scripted_lms, victim, invite, services):
    other = Platform(issuer="https://b.example", client_id="1", authorization_url="a", jwks_url="b")
    db.session.add(other)
    db.session.commit()
    response = open_link(path=invite(replaces=other), openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert (response.status_code, "registration.link_for_other" in response.text) == (409, True)
    assert scripted_lms.registered == 0


def test_a_link_does_not_take_the_client_id_of_another_registration(open_link, scripted_lms, victim, invite):
    other = Platform(issuer=scripted_lms.base_url, client_id="client-2", authorization_url="a", jwks_url="b")
    db.session.add(other)
    db.session.commit()
    scripted_lms.on_register = lambda: {"client_id": "client-1"}
    response = open_link(path=invite(replaces=other), openid_configuration=f"{scripted_lms.base_url}/configuration")
    assert (response.status_code, "registration.already_there" in response.text) == (409, True)


def test_a_link_for_a_removed_registration_is_unknown(app, victim, invite):
    path = invite(replaces=victim)
    db.session.delete(victim)
    db.session.commit()
    assert app.test_client().get(path).status_code == 404


def test_the_operator_confirms_a_registration_from_a_host_of_a_shared_issuer(
    open_link, scripted_lms, invite, monkeypatch
):
    """Stands in for Blackboard, whose issuer has no server of its own."""
    monkeypatch.setattr(dynamic_registration, "is_issuers_own", lambda url, issuer: False)
    page = open_link(path=invite(), openid_configuration=f"{scripted_lms.base_url}/configuration").text
    row = db.session.query(Platform).one()
    assert (row.active, row.registered_from) == (False, scripted_lms.base_url)
    assert "activate the registration" in page
    assert f"Registered from {scripted_lms.base_url}." in page


@pytest.mark.parametrize("is_named", [True, False])
def test_a_host_that_the_operator_named_needs_no_second_confirmation(open_link, scripted_lms, invite, is_named):
    scripted_lms.on_configuration = lambda: scripted_lms.configuration(
        issuer="http://sakai.localhost" if is_named else scripted_lms.base_url
    )
    path = invite(hosts=[scripted_lms.base_url] if is_named else [])
    assert open_link(path=path, openid_configuration=f"{scripted_lms.base_url}/configuration").status_code == 200
    row = db.session.query(Platform).one()
    assert (row.active, is_issuers_own(row.registered_from, row.issuer)) == (True, not is_named)


@pytest.mark.parametrize("host", ["", "*.lms.example", "lms example", "https://"])
def test_a_host_that_is_none_is_refused(services, host):
    with pytest.raises(InvalidValue):
        services.registration.invite(hosts=[host])


def test_the_command_makes_a_link_for_a_registration(app, settings, victim, monkeypatch):
    monkeypatch.setattr(app_context, "read_settings", lambda: settings)
    assert run("platforms", "invite", "--for", victim.issuer, victim.client_id).exit_code == 0
    assert db.session.query(RegistrationLink).one().for_platform_id == victim.id
    assert run("platforms", "invite", "--for", victim.issuer, "unknown").exit_code == 1
    victim.registered_from = "https://elsewhere.example"
    db.session.commit()
    assert "from https://elsewhere.example" in run("platforms", "list").stdout
