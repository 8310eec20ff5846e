"""The key that encrypts at rest is changed, and the old one can be thrown away."""

import pytest
from cryptography.fernet import Fernet

from lti_tool.models import Chore, ChoreKind, ToolKey, db
from lti_tool.security.encryption import UnreadableSecret, Vault
from lti_tool.services.rekeying import ENCRYPTED, rekey


@pytest.fixture
def new_key():
    return Fernet.generate_key().decode()


@pytest.fixture
def old_key(settings):
    return settings.encryption_keys.get_secret_value()


@pytest.fixture
def secrets_of_every_kind(services, platform, make_launch, secret_of):
    generation = services.generations.begin(make_launch())
    platform.api_key_encrypted = services.vault.encrypt("examp_own")
    services.chores.owe(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    return generation, secret_of(generation)


def test_after_rotation_the_new_key_alone_reads_everything(secrets_of_every_kind, platform, new_key, old_key):
    generation, session_id = secrets_of_every_kind
    assert rekey(Vault(f"{new_key},{old_key}")) == 6
    alone = Vault(new_key)
    db.session.expire_all()
    assert alone.decrypt(platform.api_key_encrypted) == "examp_own"
    assert alone.decrypt(generation.session_id_encrypted) == session_id
    assert alone.decrypt(db.session.query(Chore).one().target_encrypted) == "embed_session_1"
    for key in db.session.query(ToolKey):
        assert "PRIVATE KEY" in alone.decrypt(key.private_pem_encrypted)


def test_a_key_that_does_not_fit_leaves_everything_as_it_was(secrets_of_every_kind, platform, new_key, old_key):
    with pytest.raises(UnreadableSecret):
        rekey(Vault(new_key))
    db.session.rollback()
    db.session.expire_all()
    assert Vault(old_key).decrypt(platform.api_key_encrypted) == "examp_own"


def test_every_column_that_holds_a_secret_is_known():
    stored = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_encrypted")
    }
    assert stored == {f"{table.__tablename__}.{column.key}" for table, column in ENCRYPTED}


def test_done_chores_hold_nothing_to_encrypt(services, platform, secrets_of_every_kind, new_key, old_key):
    platform.api_key_encrypted = None
    db.session.commit()
    services.chores.run_due()
    assert rekey(Vault(f"{new_key},{old_key}")) == 4
