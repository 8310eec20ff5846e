"""Secrets at rest."""

import pytest
from cryptography.fernet import Fernet

from lti_tool.errors import SettingsError
from lti_tool.security.encryption import UnreadableSecret, Vault, fingerprint


def key() -> str:
    return Fernet.generate_key().decode()


def test_an_encryption_round_trip():
    vault = Vault(key())
    token = vault.encrypt("embed_session_55S8")
    assert "55S8" not in token
    assert vault.decrypt(token) == "embed_session_55S8"


def test_a_key_is_rotated_by_putting_the_new_one_in_front():
    old, new = key(), key()
    token = Vault(old).encrypt("secret")
    both = Vault(f"{new},{old}")
    assert both.decrypt(token) == "secret"
    rotated = both.rotate(token)
    assert Vault(new).decrypt(rotated) == "secret"
    with pytest.raises(UnreadableSecret):
        Vault(old).decrypt(rotated)


def test_another_key_fails_with_advice():
    with pytest.raises(UnreadableSecret) as refused:
        Vault(key()).decrypt(Vault(key()).encrypt("secret"))
    assert "LTI_TOOL_ENCRYPTION_KEYS" in refused.value.plain()


@pytest.mark.parametrize("keys", ["", "not-a-key", "a,b"])
def test_keys_that_are_none_stop_the_start(keys):
    with pytest.raises(SettingsError):
        Vault(keys)


def test_a_fingerprint_is_stable_and_opaque():
    assert fingerprint("capability") == fingerprint("capability")
    assert fingerprint("capability") != fingerprint("Capability")
    assert "capability" not in fingerprint("capability")
