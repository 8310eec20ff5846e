"""What the tool stands on goes away in the middle, or answers badly: every exam arrives, once, nothing stays owed."""

import signal
import time
from contextlib import suppress

import pytest
import requests
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from sandbox.examplary.faults import Fault
from tests.chaos.house import house, own
from tests.support.servers import MariaDB, PostgreSQL

pytestmark = pytest.mark.chaos

BAD_DAYS = {
    "429 with Retry-After": [{"status": 429, "retry_after": "1"}],
    "429 without": [{"status": 429}],
    "500": [{"status": 500}],
    "502 with HTML": [{"html": True}],
    "half a body": [{"half": True}],
    "an answer that gets lost": [{"lost": True}],
    "no JSON": [{"text": "<html>"}],
    "an answer after 40 s": [{"delay": 40.0}],
    "each call done twice": [{"twice": True}],
    "all of it in turns": [{"status": 429}, {"html": True}, {"half": True}, {"lost": True}, {"status": 500}, {}],
}


@pytest.mark.parametrize("what", BAD_DAYS)
def test_examplary_has_a_bad_day(tmp_path, what, tally):
    faults = [Fault(**fault) for fault in BAD_DAYS[what]]
    slow = faults[0].delay > 0
    with house(tmp_path) as school:
        for endpoint in ("GET /embed-sessions/{id}", "GET /exams/{id}", "POST /exams/{id}/export/qti3-zip"):
            school.faults.script(endpoint, *(faults * (2 if slow else 12)))
        school.faults.script("DELETE /embed-sessions/{id}", *(faults * (1 if slow else 6)))
        for endpoint in ("POST /users", "POST /embed-sessions"):
            school.faults.script(endpoint, *(faults * (1 if slow else 3)))
        teachers = school.walk(6, patience=180)
        school.assert_all_arrived_once(teachers)
        school.assert_nothing_stays_owed(120)
        tally(f"Examplary answers {what}", "postgresql", len(teachers))


CUT = {
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mariadb": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}


@pytest.mark.parametrize("database", ["postgresql", "mariadb"])
def test_the_database_drops_all_its_connections_again_and_again(tmp_path, database, tally):
    with house(tmp_path, database) as school:
        admin = create_engine(school.engine.url, isolation_level="AUTOCOMMIT")

        def drop():
            with admin.connect() as connection:
                found = connection.execute(text(CUT[database])).all()
                for (number,) in found if database == "mariadb" else ():
                    with suppress(OperationalError):  # it has gone by itself meanwhile
                        connection.execute(text(f"KILL {number}"))
            time.sleep(1.5)

        teachers = school.walk(10, patience=120, meanwhile=drop)
        admin.dispose()
        school.assert_arrived(teachers)
        school.assert_nothing_stays_owed(60)
        tally("database drops its connections", database, len(teachers))


@pytest.mark.parametrize("kind", [PostgreSQL, MariaDB])
@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_the_database_is_started_again_in_the_middle(tmp_path, kind, how, tally):
    database = "mariadb" if kind is MariaDB else "postgresql"
    with own(kind) as server, house(tmp_path, database, server=server) as school:

        def restart():
            time.sleep(2.0)
            # PostgreSQL's "fast" shutdown ends all sessions; waiting for them to end by themselves would take for ever.
            server.kill() if how == "killed" else server.stop(signal.SIGINT if kind is PostgreSQL else signal.SIGTERM)
            time.sleep(2.0)
            server.start()
            time.sleep(3.0)

        teachers = school.walk(8, patience=120, meanwhile=restart)
        school.assert_arrived(teachers)
        school.assert_nothing_stays_owed(60)
        assert "unexpected" not in school.fleet.events(), "a database that is away is no mistake of ours"
        tally(f"database server {how}, started again", database, len(teachers))


def test_redis_goes_away_and_comes_back(tmp_path, tally):
    with house(tmp_path) as school:
        school.assert_all_arrived_once(school.walk(3))
        school.redis.kill()
        without = school.walk(4, patience=60, prefix="without")
        state = requests.get(f"{school.fleet.url}/readyz", timeout=30)
        assert (state.status_code, state.json()["status"]) == (200, "degraded")
        notes = state.json()["checks"]
        assert (notes["queue"]["state"], notes["cache"]["state"]) == ("degraded", "degraded")
        assert {teacher.troubles for teacher in without} == {0}, "no page may fail for want of Redis"
        school.redis.start()
        again = school.walk(4, prefix="again")
        school.assert_arrived(without + again)
        school.assert_nothing_stays_owed(60)
        deadline = time.monotonic() + 40
        while requests.get(f"{school.fleet.url}/readyz", timeout=30).json()["status"] != "ok":
            assert time.monotonic() < deadline, "it does not notice that Redis is back"
            time.sleep(0.5)
        tally("Redis killed, and back", "postgresql", 3 + len(without + again))


def test_redis_comes_and_goes(tmp_path, tally):
    with house(tmp_path) as school:

        def flap():
            school.redis.kill()
            time.sleep(1.0)
            school.redis.start()
            time.sleep(2.0)

        teachers = school.walk(10, patience=120, meanwhile=flap)
        school.assert_arrived(teachers)
        school.assert_nothing_stays_owed(60)
        tally("Redis killed again and again", "postgresql", len(teachers))


def test_a_deploy_in_the_middle_finishes_or_hands_back_what_is_held(tmp_path, tally):
    with house(tmp_path) as school:
        school.faults.script("GET /exams/{id}", *[Fault(delay=2.0)] * 4)

        def deploy():
            for name in school.fleet.names:
                school.fleet.running[name].send_signal(signal.SIGTERM)
                assert school.fleet.running.pop(name).wait(timeout=60) == 0
                school.fleet.start(name)
                time.sleep(1.0)
            return False

        teachers = school.walk(6, meanwhile=deploy)
        school.assert_all_arrived_once(teachers)
        assert school.faults.count("GET /exams/{id}") == 6
        tally("every process stopped and started in turn", "postgresql", len(teachers))
