"""Two machines' worth of processes on one database and one queue: no work is done twice, and nothing gets lost."""

import json
import random
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.chaos.fleet import API_KEY, free_port
from tests.chaos.house import house
from tests.chaos.teachers import Teacher


def test_two_machines_and_two_workers_do_nothing_twice(tmp_path):
    with house(tmp_path) as school:
        teachers = school.walk(8, patience=0)
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed()
        count = school.faults.count
        assert count("POST /users") == count("POST /embed-sessions") == 8
        assert count("GET /exams/{id}") == count("POST /exams/{id}/export/qti3-zip") == 8
        assert count("DELETE /embed-sessions/{id}") == 8
        assert {teacher.troubles for teacher in teachers} == {0}
        assert set(school.fleet.stop().values()) == {0}
        assert_logs_tell_no_secret(school, teachers)
        assert_one_id_leads_from_launch_to_delivery(school)


def assert_logs_tell_no_secret(school, teachers):
    log = "".join(file.read_text() for file in school.fleet.folder.glob("*.log"))
    assert "generation.ready" in log
    users = school.examplary.extensions["examplary"].users
    secrets = {API_KEY, school.fleet.encryption_key, "the fleet's secret", *users}
    for teacher in teachers:
        secrets |= teacher.secrets | {f"{teacher.name}@school.example", f"Name of {teacher.name}", teacher.answer}
    assert len(secrets) > 8 * len(teachers)
    assert [secret for secret in secrets if secret in log] == []


def assert_one_id_leads_from_launch_to_delivery(school):
    """The launch's id stands in every line, whichever machine wrote it."""
    told = {}
    for file in school.fleet.folder.glob("*.log"):
        for line in file.read_text().splitlines():
            if line.startswith("{"):
                event = json.loads(line)
                told.setdefault(event.get("launch"), set()).add(event["event"])
    steps = {"launch.accepted", "generation.begun", "generation.ready", "answer.sent", "package.fetched"}
    complete = [launch for launch, events in told.items() if launch and steps <= events]
    assert len(complete) == 8, told


def killer(fleet, pause, dice):
    """Kill a process again and again, start it at once, and let the tool answer for ``pause`` seconds in between."""

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
def test_processes_are_killed_all_the_time_and_every_exam_arrives_once(tmp_path, database, seed):
    with house(tmp_path, database) as school:
        strike = killer(school.fleet, 2.5, random.Random(seed))
        teachers = [one for _ in range(2) for one in school.walk(10, patience=120, meanwhile=strike)]
        found = school.exams()
        for teacher in teachers:
            assert found[teacher.answer] >= 1
        school.assert_nothing_stays_owed(90)


@pytest.mark.chaos
def test_one_machine_with_sqlite_is_killed_all_the_time(tmp_path):
    queue = f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    with house(tmp_path, "sqlite", cache="memory://", queue=queue, machines=1, processes=2, workers=0) as school:
        teachers = school.walk(6, patience=120, meanwhile=killer(school.fleet, 3.0, random.Random(1)))
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed(90)


BAD_DAYS = {
    "429": [{"status": 429, "retry_after": "1"}],
    "500": [{"status": 500}],
    "502 with HTML": [{"html": True}],
    "half a body": [{"half": True}],
    "an answer that gets lost": [{"lost": True}],
    "no JSON": [{"text": "<html>"}],
    "an answer after 40 s": [{"delay": 40.0}],
}


@pytest.mark.chaos
@pytest.mark.parametrize("what", BAD_DAYS)
def test_examplary_has_a_bad_day_and_every_exam_arrives_once(tmp_path, what):
    from lti_tool.sandbox.examplary.faults import Fault

    faults = [Fault(**fault) for fault in BAD_DAYS[what]]
    slow = faults[0].delay > 0
    with house(tmp_path) as school:
        for endpoint in ("GET /embed-sessions/{id}", "GET /exams/{id}", "POST /exams/{id}/export/qti3-zip"):
            school.faults.script(endpoint, *(faults * (2 if slow else 12)))
        for endpoint in ("DELETE /embed-sessions/{id}",):
            school.faults.script(endpoint, *(faults * (1 if slow else 6)))
        teachers = school.walk(6, patience=180)
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed(120)


@pytest.mark.chaos
@pytest.mark.parametrize("database", ["postgresql", "mariadb"])
def test_the_database_drops_all_its_connections_again_and_again(tmp_path, database):
    with house(tmp_path, database) as school:
        admin = create_engine(school.engine.url, isolation_level="AUTOCOMMIT")
        cut = {
            "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            "mariadb": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
        }[database]

        def drop():
            with admin.connect() as connection:
                found = connection.execute(text(cut)).all()
                for (number,) in found if database == "mariadb" else ():
                    with suppress(OperationalError):  # it has gone by itself meanwhile
                        connection.execute(text(f"KILL {number}"))
            time.sleep(1.5)

        teachers = school.walk(10, patience=120, meanwhile=drop)
        admin.dispose()
        assert all(school.exams()[teacher.answer] >= 1 for teacher in teachers)
        school.assert_nothing_stays_owed(60)


@pytest.mark.chaos
def test_redis_dies_in_the_middle_and_stays_dead(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server to kill on this machine")
    port = free_port()
    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        with house(tmp_path, cache=f"redis://127.0.0.1:{port}/0") as school:
            school.assert_all_arrived_once(school.walk(3))
            redis.kill()
            redis.wait()
            state = requests.get(f"{school.fleet.url}/readyz", timeout=30)
            assert (state.status_code, state.json()["status"]) == (200, "degraded")
            late = [Teacher(school.fleet.url, school.platform, f"late-{n}", 90) for n in range(4)]
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda teacher: teacher.walk(), late))
            assert {teacher.answer for teacher in late} <= set(school.exams())
            assert {teacher.troubles for teacher in late} == {0}
    finally:
        redis.kill()
        redis.wait()


@pytest.mark.chaos
def test_a_deploy_in_the_middle_finishes_or_hands_back_what_is_held(tmp_path):
    with house(tmp_path) as school:
        from lti_tool.sandbox.examplary.faults import Fault

        school.faults.script("GET /exams/{id}", *[Fault(delay=2.0)] * 4)

        def deploy():
            for name in school.fleet.names:
                school.fleet.running[name].send_signal(signal.SIGTERM)
                assert school.fleet.running.pop(name).wait(timeout=45) == 0
                school.fleet.start(name)
                time.sleep(1.0)
            return False

        teachers = school.walk(6, meanwhile=deploy)
        school.assert_all_arrived_once(teachers)
        assert school.faults.count("GET /exams/{id}") == 6
