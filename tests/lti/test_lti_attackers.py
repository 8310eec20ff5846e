"""A launch with an attacker's eye: somebody who has keys, a platform or a login of their own, and wants ours."""

from __future__ import annotations

import pytest

from lti_tool.lti.protocol import token_errors as t
from tests.lti.conftest import Lms


@pytest.fixture
def evil(make_platform, jwks_server, keyring, platform_keys):
    """A platform that is registered like any other, and plays with others' logins."""
    row = make_platform("https://evil.example", "client-1", "2", jwks_url=f"{jwks_server.url}?evil")
    return Lms(row.id, "https://evil.example", "client-1", keyring["second"], platform_keys)


@pytest.fixture
def two_key_sets(jwks_server, keyring):
    """Each platform shows its own key, both under the id "first"."""
    honest = jwks_server.answer
    jwks_server.show(keyring["second"].jwk(kid="first"))
    wicked = jwks_server.answer
    jwks_server.answer = lambda request: (wicked if "evil" in request.url else honest)(request)
    return jwks_server


@pytest.mark.parametrize("kid", ["first", "second"])
@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c"])
def test_a_token_brings_no_keys_along(lms, keyring, jwks_server, header, kid):
    """RFC 7515 §4.1.2 to §4.1.6: what a token says of its key is said by whoever made it."""
    own = keyring["second"]
    address = f"{jwks_server.url}/of-the-attacker"
    brought = {"jwk": own.jwk(kid=kid), "jku": address, "x5u": address, "x5c": [str(own.jwk()["n"])]}[header]
    request = lms.login()
    token = lms.sign(lms.claims(request["nonce"]), key=own, kid=kid, **{header: brought})
    with pytest.raises(t.SignatureWrong if kid == "first" else t.KeyUnknown):
        lms.open({"state": request["state"], "id_token": token})
    assert {asked.path for asked in jwks_server.asked} == {"/jwks"}


@pytest.mark.parametrize(
    "kid",
    ["../../etc/passwd", "https://evil.example/k", "' OR 1=1 --", "first\x00", "FIRST", " first", "k" * 100_000],
)
def test_a_key_id_is_compared_and_nothing_else(lms, jwks_server, kid):
    request = lms.login()
    with pytest.raises(t.KeyUnknown):
        lms.open({"state": request["state"], "id_token": lms.sign(lms.claims(request["nonce"]), kid=kid)})
    assert {asked.path for asked in jwks_server.asked} == {"/jwks"}


def test_a_platform_does_not_sign_for_another(lms, evil, two_key_sets, keyring):
    """Its own token for a login of the other one; and one that takes the other one's name."""
    for claims, refusal in (({}, t.WrongIssuer), ({"iss": lms.issuer}, t.SignatureWrong)):
        request = lms.login()
        token = evil.sign(evil.claims(request["nonce"]) | claims, key=keyring["second"], kid="first")
        with pytest.raises(refusal):
            lms.open({"state": request["state"], "id_token": token})


def test_a_nonce_belongs_to_the_login_of_one_platform(lms, evil, two_key_sets):
    """What the honest platform was given does not open a login at the other one, nor the other way round."""
    honest, own = lms.login(), evil.login()
    stolen = evil.sign(evil.claims(honest["nonce"]), kid="first")
    with pytest.raises(t.NonceWrong):
        evil.open({"state": own["state"], "id_token": stolen})
    # The honest login is still open: only its own browser and platform can use it.
    assert lms.open({"state": honest["state"], "id_token": lms.sign(lms.claims(honest["nonce"]))}).issuer == lms.issuer


def test_two_platforms_that_call_a_person_the_same_have_two(lms, evil, two_key_sets):
    ours = lms.launch()
    theirs = evil.open(evil_form(evil))
    assert ours.sub == theirs.sub
    assert ours.platform_id != theirs.platform_id


def evil_form(evil):
    request = evil.login()
    return {"state": request["state"], "id_token": evil.sign(evil.claims(request["nonce"]), kid="first")}
