"""What works, what is worse than it should be, and what keeps teachers away."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from lti_tool.models import Heartbeat, db, now
from lti_tool.security.encryption import Vault
from lti_tool.services.operations import health as module
from lti_tool.services.operations.health import HealthState
from lti_tool.services.operations.shared_cache import shared_cache


def states(services):
    return {check.name: check.state for check in services.health.readiness().checks}


def test_all_is_well(services):
    services.heartbeats.beat("worker:a:1")
    readiness = services.health.readiness()
    assert readiness.ready
    assert readiness.state is HealthState.OK
    assert {check.name for check in readiness.checks} == {
        "database",
        "keys",
        "worker",
        "examplary",
        "queue",
        "cache",
        "disk",
    }


def test_a_database_that_was_not_brought_forward_keeps_teachers_away(services):
    db.session.execute(text("DROP TABLE pulse"))
    db.session.execute(text("ALTER TABLE generation DROP COLUMN claims"))
    db.session.commit()
    try:
        readiness = services.health.readiness()
    finally:
        db.session.rollback()
        db.drop_all()
        db.create_all()
    assert not readiness.ready
    assert "migrate" in json.dumps(readiness.to_json())


def test_a_key_that_does_not_fit_keeps_teachers_away(services, make_launch):
    services.generations.start(make_launch())
    services.health._vault = Vault(Fernet.generate_key().decode())
    readiness = services.health.readiness()
    assert not readiness.ready
    assert states(services)["keys"] is HealthState.DOWN


def test_without_a_worker_things_wait(services):
    assert states(services)["worker"] is HealthState.DEGRADED
    db.session.add(Heartbeat(name="worker:a:1", at=now() - timedelta(minutes=6)))
    db.session.commit()
    assert states(services)["worker"] is HealthState.DEGRADED
    services.heartbeats.beat("worker:b:2")
    assert states(services)["worker"] is HealthState.OK


def test_examplary_was_seen_when_it_answered(services, make_launch):
    assert services.heartbeats.examplary_seen() is None
    services.generations.start(make_launch())
    assert now() - services.heartbeats.examplary_seen() < timedelta(seconds=30)


def test_what_one_process_saw_of_examplary_another_one_knows(services):
    services.heartbeats._examplary_seen = lambda: now() - timedelta(seconds=70)
    services.heartbeats.beat("worker:a:1")
    services.heartbeats._examplary_seen = lambda: None
    assert services.heartbeats.examplary_seen() is not None


def test_workers_that_ended_are_forgotten(services):
    db.session.add(Heartbeat(name="worker:old:1", at=now() - timedelta(hours=2)))
    db.session.commit()
    services.heartbeats.beat("worker:new:1")
    services.heartbeats.beat("worker:new:1")
    assert [row.name for row in db.session.query(Heartbeat)] == ["worker:new:1"]


def test_queue_cache_and_disk_only_make_it_worse(services, monkeypatch):
    monkeypatch.setattr(type(services.queue), "depth", lambda _: None)
    monkeypatch.setattr(module, "_free_bytes", lambda _: 5)
    services.health._cache = shared_cache("redis://127.0.0.1:1/0")
    found = states(services)
    assert [found[name] for name in ("queue", "cache", "disk")] == [HealthState.DEGRADED] * 3
    assert services.health.readiness().ready


def test_the_notes_name_nobody_and_hold_no_secret(services, make_launch, secret_of):
    generation = services.generations.start(make_launch(email="tess@school.example"))
    told = json.dumps(services.health.readiness().to_json())
    for secret in ("tess", "Tess", secret_of(generation), str(Path.cwd())):
        assert secret not in told


@pytest.mark.parametrize("path", ["packages", "packages/deep/deeper"])
def test_the_room_of_a_folder_that_is_not_there_yet_is_known(tmp_path, path):
    assert module._free_bytes(tmp_path / path) > 0
