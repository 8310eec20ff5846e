"""The encryption key is rotated, and the old one can be discarded."""

import threading

import pytest
from cryptography.fernet import Fernet

from lti_tool.models import Chore, ChoreKind, ToolKey, db
from lti_tool.security.encryption import UnreadableSecret, Vault
from lti_tool.services.operations import encryption_rotation
from lti_tool.services.operations.encryption_rotation import ENCRYPTED, reencrypt_secrets


@pytest.fixture
def new_key():
    return Fernet.generate_key().decode()


@pytest.fixture
def old_key(settings):
    return settings.encryption_keys.get_secret_value()


@pytest.fixture
def secrets_of_every_kind(services, platform, make_launch, session_id_of):
    generation = services.generations.start(make_launch())
    platform.api_key_encrypted = services.vault.encrypt("examp_own")
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_1", platform.id)
    db.session.commit()
    return generation, session_id_of(generation)


def test_after_rotation_the_new_key_alone_reads_everything(secrets_of_every_kind, platform, new_key, old_key):
    generation, session_id = secrets_of_every_kind
    assert reencrypt_secrets(Vault(f"{new_key},{old_key}")) == 6
    alone = Vault(new_key)
    db.session.expire_all()
    assert alone.decrypt(platform.api_key_encrypted) == "examp_own"
    assert alone.decrypt(generation.session_id_encrypted) == session_id
    assert alone.decrypt(db.session.query(Chore).one().target_encrypted) == "embed_session_1"
    for key in db.session.query(ToolKey):
        assert "PRIVATE KEY" in alone.decrypt(key.private_pem_encrypted)


def test_a_missing_key_changes_nothing(secrets_of_every_kind, platform, new_key, old_key):
    with pytest.raises(UnreadableSecret):
        reencrypt_secrets(Vault(new_key))
    db.session.rollback()
    db.session.expire_all()
    assert Vault(old_key).decrypt(platform.api_key_encrypted) == "examp_own"


def test_all_encrypted_columns_are_covered():
    stored = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_encrypted")
    }
    assert stored == {f"{column.class_.__tablename__}.{column.key}" for column in ENCRYPTED}


def test_done_chores_contain_no_secrets(services, platform, secrets_of_every_kind, new_key, old_key):
    platform.api_key_encrypted = None
    db.session.commit()
    services.chores.run_due()
    assert reencrypt_secrets(Vault(f"{new_key},{old_key}")) == 4


def test_an_interrupted_run_can_be_repeated(secrets_of_every_kind, new_key, old_key, monkeypatch):
    monkeypatch.setattr(encryption_rotation, "BATCH_SIZE", 1)
    vault, rotated = Vault(f"{new_key},{old_key}"), []

    def rotate_three(token):
        if len(rotated) == 3:
            raise KeyboardInterrupt
        rotated.append(token)
        return Vault.rotate(vault, token)

    monkeypatch.setattr(vault, "rotate", rotate_three)
    with pytest.raises(KeyboardInterrupt):
        reencrypt_secrets(vault)
    db.session.rollback()
    monkeypatch.setattr(vault, "rotate", lambda token: Vault.rotate(vault, token))
    assert [reencrypt_secrets(vault), reencrypt_secrets(vault)] == [3, 0]


@pytest.mark.usefixtures("secrets_of_every_kind")
def test_concurrent_changes_are_not_overwritten(app, services, platform, new_key, old_key, monkeypatch):
    """A chore is done between reading and re-encrypting its secret: the secret does not reappear."""
    vault = Vault(f"{new_key},{old_key}")
    platform.api_key_encrypted = None
    db.session.commit()

    def meanwhile(token):
        with app.app_context():
            services.chores.run_due()
        return Vault.rotate(vault, token)

    monkeypatch.setattr(vault, "rotate", meanwhile)
    reencrypt_secrets(vault)
    db.session.expire_all()
    chore = db.session.query(Chore).one()
    assert (chore.target_encrypted, chore.done_at is not None) == ("", True)


def test_the_tool_keeps_working_during_rotation(
    app, services, make_launch, store, session_id_of, exam_at_examplary, new_key, old_key
):
    """Exams arrive in processes that have both keys, while every secret is re-encrypted again and again."""
    both = Vault(f"{new_key},{old_key}")
    for owner in (services.collector, services.collector._opener, services.chores, services.generations):
        owner._vault = both
    over, turned = threading.Event(), []

    def turn():
        with app.app_context():
            while not over.is_set():
                # Back and forth, so that there is always something to do.
                turned.append(
                    reencrypt_secrets(Vault(f"{new_key},{old_key}")) + reencrypt_secrets(Vault(f"{old_key},{new_key}"))
                )

    rotating = threading.Thread(target=turn)
    rotating.start()
    try:
        for number in range(6):
            generation = services.generations.start(make_launch(str(number)))
            db.session.refresh(generation)
            session = store.sessions[both.decrypt(generation.session_id_encrypted)]
            session.status = "completed"
            session.outputs = {"examId": exam_at_examplary()}
            services.collector.advance(generation.id)
            db.session.refresh(generation)
            assert generation.state == "ready", generation.error_code
    finally:
        over.set()
        rotating.join()
    assert sum(turned) > 0
    assert store.sessions == {}
