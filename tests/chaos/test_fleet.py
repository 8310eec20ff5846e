"""Two machines' worth of processes on one database and one queue: no work is done twice, and nothing gets lost."""

import hashlib
import json
import random
import time

import pytest
import requests

from tests.chaos.house import house
from tests.support.databases import drop_database, make_database
from tests.support.examplary import API_KEY
from tests.support.fleet import random_name


def test_two_machines_and_two_workers_do_nothing_twice(tmp_path, tally):
    with house(tmp_path) as school:
        teachers = school.walk(8, patience=0)
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed()
        count = school.faults.count
        assert count("POST /users") == count("POST /embed-sessions") == 8
        assert count("GET /exams/{id}") == count("POST /exams/{id}/export/qti3-zip") == 8
        assert count("DELETE /embed-sessions/{id}") == 8
        assert {teacher.troubles for teacher in teachers} == {0}
        assert_every_machine_sends_the_same(school, teachers)
        assert set(school.fleet.stop().values()) == {0}
        assert_logs_tell_no_secret(school, teachers)
        assert_one_id_leads_from_launch_to_delivery(school)
        tally("two machines, two workers: nothing done twice", "postgresql", len(teachers))


def assert_every_machine_sends_the_same(school, teachers):
    """They share no disk: whichever is asked builds the package by itself, to the same bytes."""
    for teacher in teachers:
        # A new connection each: the kernel shares them out.
        got = {hashlib.sha256(requests.get(teacher.package, timeout=30).content).hexdigest() for _ in range(8)}
        assert len(got) == 1
    built = [{file.name for file in school.fleet.folder.glob(f"web-{n}/packages/*.zip")} for n in range(2)]
    assert built[0] & built[1], "only one machine was ever asked"


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
def test_processes_are_killed_all_the_time_and_every_exam_arrives_once(tmp_path, database, seed, tally):
    with house(tmp_path, database) as school:
        strike = killer(school.fleet, 2.5, random.Random(seed))
        teachers = [one for _ in range(2) for one in school.walk(10, patience=120, meanwhile=strike)]
        school.assert_arrived(teachers)
        school.assert_nothing_stays_owed(90)
        tally("web and worker processes killed all the time", database, len(teachers))


@pytest.mark.chaos
def test_one_machine_with_sqlite_is_killed_all_the_time(tmp_path, tally):
    queue = f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    with house(tmp_path, "sqlite", cache="memory://", queue=queue, machines=1, processes=2, workers=0) as school:
        teachers = school.walk(6, patience=120, meanwhile=killer(school.fleet, 3.0, random.Random(1)))
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed(90)
        tally("web and worker processes killed all the time", "sqlite", len(teachers))


@pytest.mark.chaos
def test_two_machines_need_no_redis_where_the_queue_is_on_postgresql(tmp_path, tally):
    name = random_name("examplary_lms_queue")
    queue = make_database("postgresql", name).replace("+psycopg", "")
    try:
        with house(tmp_path, cache="memory://", queue=queue) as school:
            teachers = school.walk(8)
            school.assert_all_arrived_once(teachers)
            school.assert_nothing_stays_owed()
            count = school.faults.count
            assert count("GET /exams/{id}") == count("POST /embed-sessions") == 8
            more = school.walk(6, patience=120, meanwhile=killer(school.fleet, 2.5, random.Random(3)), prefix="more")
            school.assert_arrived(teachers + more)
            school.assert_nothing_stays_owed(90)
            tally("queue on PostgreSQL, processes killed all the time", "postgresql", len(teachers + more))
    finally:
        drop_database("postgresql", name)
