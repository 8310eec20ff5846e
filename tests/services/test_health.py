"""Readiness: ok, degraded and down."""

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
from lti_tool.services.shared_cache import shared_cache
from tests.support.query_plans import plan_of, scanned_tables


def states(services):
    return {check.name: check.state for check in services.health.readiness().checks}


def test_everything_is_ok(services):
    services.heartbeats.record("worker:a:1")
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
        "proxies",
    }


def test_a_database_without_migrations_is_down(services):
    db.session.execute(text("DROP TABLE heartbeat"))
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


def test_a_wrong_encryption_key_is_down(services, make_launch):
    services.generations.start(make_launch())
    services.health._vault = Vault(Fernet.generate_key().decode())
    readiness = services.health.readiness()
    assert not readiness.ready
    assert states(services)["keys"] is HealthState.DOWN


def test_a_key_that_is_missing_for_open_sessions_is_down(services, make_launch):
    generation = services.generations.start(make_launch())
    other = Vault(Fernet.generate_key().decode())
    generation.session_id_encrypted = other.encrypt("a session")
    db.session.commit()
    assert states(services)["keys"] is HealthState.DOWN


def test_health_reads_no_whole_table_of_generations(services):
    assert [query for query in module.SECRETS if "generation" in scanned_tables(plan_of(query.limit(1)))] == []


def test_a_missing_worker_is_degraded(services):
    assert states(services)["worker"] is HealthState.DEGRADED
    db.session.add(Heartbeat(name="worker:a:1", at=now() - timedelta(minutes=6)))
    db.session.commit()
    assert states(services)["worker"] is HealthState.DEGRADED
    services.heartbeats.record("worker:b:2")
    assert states(services)["worker"] is HealthState.OK


def test_the_last_response_from_examplary_is_reported(services, make_launch):
    assert services.heartbeats.examplary_seen() is None
    services.generations.start(make_launch())
    assert now() - services.heartbeats.examplary_seen() < timedelta(seconds=30)


def test_processes_share_the_last_response_from_examplary(services):
    services.heartbeats._examplary_seen = lambda: now() - timedelta(seconds=70)
    services.heartbeats.record("worker:a:1")
    services.heartbeats._examplary_seen = lambda: None
    assert services.heartbeats.examplary_seen() is not None


def test_heartbeats_of_ended_workers_are_deleted(services):
    db.session.add(Heartbeat(name="worker:old:1", at=now() - timedelta(hours=2)))
    db.session.commit()
    services.heartbeats.record("worker:new:1")
    services.heartbeats.record("worker:new:1")
    assert [row.name for row in db.session.query(Heartbeat)] == ["worker:new:1"]


def test_queue_cache_and_disk_failures_are_degraded(services, monkeypatch):
    monkeypatch.setattr(type(services.queue), "depth", lambda _: None)
    monkeypatch.setattr(module, "_free_bytes", lambda _: 5)
    services.health._cache = shared_cache("redis://127.0.0.1:1/0", "a secret of the tests", "examplary_lms_test")
    by_name = states(services)
    assert [by_name[name] for name in ("queue", "cache", "disk")] == [HealthState.DEGRADED] * 3
    assert services.health.readiness().ready


def test_notes_contain_no_names_and_secrets(services, make_launch, session_id_of):
    generation = services.generations.start(make_launch(email="tess@school.example"))
    text = json.dumps(services.health.readiness().to_json())
    for secret in ("tess", "Tess", session_id_of(generation), str(Path.cwd())):
        assert secret not in text


@pytest.mark.parametrize("path", ["packages", "packages/deep/deeper"])
def test_free_space_is_measured_before_the_folder_exists(tmp_path, path):
    assert module._free_bytes(tmp_path / path) > 0
