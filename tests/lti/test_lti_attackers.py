"""Attacks on a launch with the attacker's own key, platform or login."""

from __future__ import annotations

import pytest

from lti_tool.lti.protocol import token_errors as t
from tests.lti.conftest import Lms


@pytest.fixture
def evil(make_platform, jwks_server, keyring, platform_keys):
    """A registered platform that misuses the logins of another."""
    row = make_platform("https://evil.example", "client-1", "2", jwks_url=f"{jwks_server.url}?evil")
    return Lms(row.id, "https://evil.example", "client-1", keyring["second"], platform_keys)


@pytest.fixture
def two_key_sets(jwks_server, keyring):
    """Each platform publishes its own key, both with the id "first"."""
    honest = jwks_server.answer
    jwks_server.show(keyring["second"].jwk(kid="first"))
    wicked = jwks_server.answer
    jwks_server.answer = lambda request: (wicked if "evil" in request.url else honest)(request)
    return jwks_server


@pytest.mark.parametrize("kid", ["first", "second"])
@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c"])
def test_keys_in_the_token_header_are_ignored(lms, keyring, jwks_server, header, kid):
    """Key headers of RFC 7515 §4.1.2 to §4.1.6 are under the attacker's control, so they are ignored."""
    own = keyring["second"]
    address = f"{jwks_server.url}/of-the-attacker"
    brought = {"jwk": own.jwk(kid=kid), "jku": address, "x5u": address, "x5c": [str(own.jwk()["n"])]}[header]
    request = lms.login()
    token = lms.sign(lms.claims(request["nonce"]), key=own, kid=kid, **{header: brought})
    with pytest.raises(t.SignatureWrong if kid == "first" else t.KeyUnknown):
        lms.open({"state": request["state"], "id_token": token})
    assert {fetch.path for fetch in jwks_server.requests} == {"/jwks"}


@pytest.mark.parametrize(
    "kid",
    ["../../etc/passwd", "https://evil.example/k", "' OR 1=1 --", "first\x00", "FIRST", " first", "k" * 100_000],
)
def test_a_key_id_is_only_compared(lms, jwks_server, kid):
    request = lms.login()
    with pytest.raises(t.KeyUnknown):
        lms.open({"state": request["state"], "id_token": lms.sign(lms.claims(request["nonce"]), kid=kid)})
    assert {fetch.path for fetch in jwks_server.requests} == {"/jwks"}


def test_a_platform_cannot_sign_for_another(lms, evil, two_key_sets, keyring):
    """A token with the attacker's issuer, and one with the issuer of the honest platform."""
    for claims, refusal in (({}, t.WrongIssuer), ({"iss": lms.issuer}, t.SignatureWrong)):
        request = lms.login()
        token = evil.sign(evil.claims(request["nonce"]) | claims, key=keyring["second"], kid="first")
        with pytest.raises(refusal):
            lms.open({"state": request["state"], "id_token": token})


def test_a_nonce_belongs_to_the_login_of_one_platform(lms, evil, two_key_sets):
    """A nonce of the honest platform is not accepted with a login of the attacker's platform."""
    honest, own = lms.login(), evil.login()
    stolen = evil.sign(evil.claims(honest["nonce"]), kid="first")
    with pytest.raises(t.NonceWrong):
        evil.open({"state": own["state"], "id_token": stolen})
    # The honest login is still usable by its own browser and platform.
    assert lms.open({"state": honest["state"], "id_token": lms.sign(lms.claims(honest["nonce"]))}).issuer == lms.issuer


def test_the_same_user_id_on_two_platforms_is_two_people(lms, evil, two_key_sets):
    ours = lms.launch()
    theirs = evil.open(evil_form(evil))
    assert ours.sub == theirs.sub
    assert ours.platform_id != theirs.platform_id


def evil_form(evil):
    request = evil.login()
    return {"state": request["state"], "id_token": evil.sign(evil.claims(request["nonce"]), kid="first")}
