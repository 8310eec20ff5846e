"""Processes of two machines on one database and queue: no work is done twice, and nothing is lost."""

import hashlib
import json
import random
import time

import pytest
import requests

from tests.chaos.system import running_system
from tests.support.databases import drop_database, make_database
from tests.support.examplary import API_KEY
from tests.support.fleet import random_name


def test_two_machines_and_two_workers_do_everything_once(tmp_path, tally):
    with running_system(tmp_path) as system:
        teachers = system.run_teachers(8, patience=0)
        system.assert_all_arrived_once(teachers)
        system.assert_no_pending_chores()
        count = system.faults.count
        assert count("POST /users") == count("POST /embed-sessions") == 8
        assert count("GET /exams/{id}") == count("POST /exams/{id}/export/qti3-zip") == 8
        assert count("DELETE /embed-sessions/{id}") == 8
        assert {teacher.failures for teacher in teachers} == {0}
        assert_every_machine_sends_the_same(system, teachers)
        assert set(system.fleet.stop().values()) == {0}
        assert_logs_tell_no_secret(system, teachers)
        assert_one_id_leads_from_launch_to_delivery(system)
        tally("two machines, two workers: nothing done twice", "postgresql", len(teachers))


def assert_every_machine_sends_the_same(system, teachers):
    """The machines share no disk; each builds the package with the same bytes."""
    for teacher in teachers:
        # Open a new connection each time: the kernel distributes them.
        digests = {hashlib.sha256(requests.get(teacher.package, timeout=30).content).hexdigest() for _ in range(8)}
        assert len(digests) == 1
    built = [{file.name for file in system.fleet.folder.glob(f"web-{n}/packages/*.zip")} for n in range(2)]
    assert built[0] & built[1], "only one machine was ever asked"


def assert_logs_tell_no_secret(system, teachers):
    log = "".join(file.read_text() for file in system.fleet.folder.glob("*.log"))
    assert "generation.ready" in log
    users = system.examplary.extensions["examplary"].users
    secrets = {API_KEY, system.fleet.encryption_key, "the fleet's secret", *users}
    for teacher in teachers:
        secrets |= teacher.secrets | {f"{teacher.name}@system.example", f"Name of {teacher.name}", teacher.exam_title}
    assert len(secrets) > 8 * len(teachers)
    assert [secret for secret in secrets if secret in log] == []


def assert_one_id_leads_from_launch_to_delivery(system):
    """The launch's id is in every log line of any machine."""
    machines = {}
    for file in system.fleet.folder.glob("*.log"):
        for line in file.read_text().splitlines():
            if line.startswith("{"):
                event = json.loads(line)
                machines.setdefault(event.get("launch"), set()).add(event["event"])
    steps = {"launch.accepted", "generation.begun", "generation.ready", "answer.sent", "package.fetched"}
    complete = [launch for launch, events in machines.items() if launch and steps <= events]
    assert len(complete) == 8, machines


def killer(fleet, pause, dice):
    """Return a function that kills and restarts a process, then lets the tool run for ``pause`` seconds."""

    def strike():
        name = dice.choice(fleet.names)
        fleet.kill(name)
        fleet.start(name)
        fleet.wait()
        time.sleep(pause)

    return strike


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("database", ["postgresql", "mariadb"])
def test_every_exam_arrives_once_while_processes_are_killed(tmp_path, database, seed, tally):
    with running_system(tmp_path, database) as system:
        strike = killer(system.fleet, 2.5, random.Random(seed))
        teachers = [teacher for _ in range(2) for teacher in system.run_teachers(10, patience=120, disturbance=strike)]
        system.assert_arrived(teachers)
        system.assert_no_pending_chores(90)
        tally("web and worker processes killed all the time", database, len(teachers))


@pytest.mark.chaos
def test_one_machine_with_sqlite_survives_constant_kills(tmp_path, tally):
    queue = f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    with running_system(
        tmp_path, "sqlite", cache="memory://", queue=queue, machines=1, processes=2, workers=0
    ) as system:
        teachers = system.run_teachers(6, patience=120, disturbance=killer(system.fleet, 3.0, random.Random(1)))
        system.assert_all_arrived_once(teachers)
        system.assert_no_pending_chores(90)
        tally("web and worker processes killed all the time", "sqlite", len(teachers))


@pytest.mark.chaos
def test_two_machines_need_no_redis_with_a_postgresql_queue(tmp_path, tally):
    name = random_name("examplary_lms_queue")
    queue = make_database("postgresql", name).replace("+psycopg", "")
    try:
        with running_system(tmp_path, cache="memory://", queue=queue) as system:
            teachers = system.run_teachers(8)
            system.assert_all_arrived_once(teachers)
            system.assert_no_pending_chores()
            count = system.faults.count
            assert count("GET /exams/{id}") == count("POST /embed-sessions") == 8
            more = system.run_teachers(
                6, patience=120, disturbance=killer(system.fleet, 2.5, random.Random(3)), prefix="more"
            )
            system.assert_arrived(teachers + more)
            system.assert_no_pending_chores(90)
            tally("queue on PostgreSQL, processes killed all the time", "postgresql", len(teachers + more))
    finally:
        drop_database("postgresql", name)
