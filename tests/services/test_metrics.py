"""Metrics from the database and from the counters."""

import os
import re
import subprocess
import sys

from cryptography.fernet import Fernet
from prometheus_client.parser import text_string_to_metric_families

from lti_tool.models import Chore, ChoreKind, db
from lti_tool.security.encryption import Vault
from lti_tool.services.chores import MAX_ATTEMPTS


def samples(services):
    values = {}
    for family in text_string_to_metric_families(services.metrics.text().decode()):
        for sample in family.samples:
            values[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return values


def test_generations_are_counted_by_state_with_the_age_of_the_oldest(services, exam, make_launch):
    services.generations.start(make_launch("2"))
    values = samples(services)
    assert values["lti_tool_generations", "ready"] == 1
    assert values["lti_tool_generations", "open"] == 1
    assert values["lti_tool_generations", "failed"] == 0
    assert 0 <= values["lti_tool_generation_oldest_seconds", "ready"] < 60


def test_calls_are_counted_by_outcome_and_time(services, make_launch, control):
    before = samples(services)
    control.faults("POST /users", {"status": 429, "retry_after": "0"})
    services.generations.start(make_launch())
    after = samples(services)

    def more(*name):
        return after[name] - before.get(name, 0)

    assert more("lti_tool_examplary_calls_total", "POST /users", "examplary.busy") == 1
    assert more("lti_tool_examplary_calls_total", "POST /users", "ok") == 1
    assert more("lti_tool_examplary_call_seconds_count", "POST /users") == 2


def test_conversions_are_counted_once_per_built_package(services, exam):
    before = samples(services).get(("lti_tool_conversions_total", "moodle-xml", "ok"), 0)
    services.packages.package(exam, "moodle-xml")
    services.packages.package(exam, "moodle-xml")
    assert samples(services)["lti_tool_conversions_total", "moodle-xml", "ok"] == before + 1


def test_chores_are_counted_by_kind_and_status(services, platform):
    for number, attempts in enumerate((0, 3, MAX_ATTEMPTS)):
        services.chores.add(ChoreKind.DELETE_SESSION, f"embed_session_{number}", platform.id)
        db.session.flush()
        db.session.query(Chore).order_by(Chore.id.desc()).first().attempts = attempts
    db.session.commit()
    values = samples(services)
    for status in ("waiting", "failing", "given_up"):
        assert values["lti_tool_chores", "delete_session", status] == 1


def test_queue_depth_and_worker_heartbeats_are_reported(services):
    services.heartbeats.record("worker:a:1")
    values = samples(services)
    assert values["lti_tool_queue_depth",] == 0
    assert 0 <= values["lti_tool_worker_silent_seconds",] < 60


def test_readiness_checks_are_metrics(services, make_launch):
    services.heartbeats.record("worker:a:1")
    services.generations.start(make_launch())
    assert {samples(services)["lti_tool_health", check] for check in ("database", "keys", "worker", "queue")} == {0}
    services.health._vault = Vault(Fernet.generate_key().decode())
    values = samples(services)
    assert (values["lti_tool_health", "keys"], values["lti_tool_health", "database"]) == (2, 0)


def test_labels_contain_no_ids_and_names(services, exam):
    text = services.metrics.text().decode()
    labels = set(re.findall(r"lti_tool\w+\{([^}]*)\}", text))
    assert labels
    assert not [label for label in labels if exam.id in label or "tess" in label.lower() or "@" in label]


def test_processes_share_their_counters(tmp_path):
    count = "from lti_tool.services.counters import LAUNCHES; LAUNCHES.labels('accepted').inc();"
    show = "from lti_tool.services.operations.metrics import _counters;"
    show += "from prometheus_client import generate_latest; print(generate_latest(_counters()).decode())"
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count], env=environment, check=True, timeout=300)
    done = subprocess.run(
        [sys.executable, "-c", count + show], env=environment, check=True, timeout=300, capture_output=True, text=True
    )
    assert 'lti_tool_launches_total{outcome="accepted"} 3.0' in done.stdout
