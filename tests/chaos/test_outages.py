"""Databases, Redis or Examplary fail during generations: every exam arrives once, and no chores stay pending."""

import signal
import time
from contextlib import suppress

import pytest
import requests
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from sandbox.faults import Fault
from tests.chaos.system import dedicated, running_system
from tests.support.servers import MariaDB, PostgreSQL
from tests.support.waiting import wait_until

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


@pytest.mark.parametrize("fault", BAD_DAYS)
def test_every_exam_arrives_once_although_examplary_fails(tmp_path, fault, tally):
    faults = [Fault(**fault) for fault in BAD_DAYS[fault]]
    slow = faults[0].delay > 0
    with running_system(tmp_path) as system:
        for endpoint in ("GET /embed-sessions/{id}", "GET /exams/{id}", "POST /exams/{id}/export/qti3-zip"):
            system.faults.script(endpoint, *(faults * (2 if slow else 12)))
        system.faults.script("DELETE /embed-sessions/{id}", *(faults * (1 if slow else 6)))
        for endpoint in ("POST /users", "POST /embed-sessions"):
            system.faults.script(endpoint, *(faults * (1 if slow else 3)))
        teachers = system.run_teachers(6, patience=180)
        system.assert_all_arrived_once(teachers)
        system.assert_no_pending_chores(120)
        tally(f"Examplary answers {fault}", "postgresql", len(teachers))


CUT = {
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mariadb": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}


@pytest.mark.parametrize("database", ["postgresql", "mariadb"])
def test_exams_arrive_although_the_database_drops_its_connections(tmp_path, database, tally):
    with running_system(tmp_path, database) as system:
        admin = create_engine(system.engine.url, isolation_level="AUTOCOMMIT")

        def drop():
            with admin.connect() as connection:
                sessions = connection.execute(text(CUT[database])).all()
                for (number,) in sessions if database == "mariadb" else ():
                    with suppress(OperationalError):  # it has ended in the meantime
                        connection.execute(text(f"KILL {number}"))
            time.sleep(1.5)

        teachers = system.run_teachers(10, patience=120, disturbance=drop)
        admin.dispose()
        system.assert_arrived(teachers)
        system.assert_no_pending_chores(60)
        tally("database drops its connections", database, len(teachers))


@pytest.mark.parametrize("kind", [PostgreSQL, MariaDB])
@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_exams_arrive_although_the_database_restarts(tmp_path, kind, how, tally):
    database = "mariadb" if kind is MariaDB else "postgresql"
    with dedicated(kind) as server, running_system(tmp_path, database, server=server) as system:

        def restart():
            time.sleep(2.0)
            # PostgreSQL's "fast" shutdown ends all sessions; a "smart" one would wait for them forever.
            server.kill() if how == "killed" else server.stop(signal.SIGINT if kind is PostgreSQL else signal.SIGTERM)
            time.sleep(2.0)
            server.start()
            time.sleep(3.0)

        teachers = system.run_teachers(8, patience=120, disturbance=restart)
        system.assert_arrived(teachers)
        system.assert_no_pending_chores(60)
        assert "unexpected" not in system.fleet.events(), "an unreachable database isn't our mistake"
        tally(f"database server {how}, started again", database, len(teachers))


def test_exams_arrive_without_redis_and_after_its_return(tmp_path, tally):
    with running_system(tmp_path) as system:
        system.assert_all_arrived_once(system.run_teachers(3))
        system.redis.kill()
        without = system.run_teachers(4, patience=60, prefix="without")
        state = requests.get(f"{system.fleet.url}/readyz", timeout=30)
        assert (state.status_code, state.json()["status"]) == (200, "degraded")
        notes = state.json()["checks"]
        assert (notes["queue"]["state"], notes["cache"]["state"]) == ("degraded", "degraded")
        assert {teacher.failures for teacher in without} == {0}, "no page may fail for want of Redis"
        system.redis.start()
        again = system.run_teachers(4, prefix="again")
        system.assert_arrived(without + again)
        system.assert_no_pending_chores(60)
        wait_until(lambda: requests.get(f"{system.fleet.url}/readyz", timeout=30).json()["status"] == "ok")
        tally("Redis killed, and back", "postgresql", 3 + len(without + again))


def test_exams_arrive_although_redis_stops_repeatedly(tmp_path, tally):
    with running_system(tmp_path) as system:

        def flap():
            system.redis.kill()
            time.sleep(1.0)
            system.redis.start()
            time.sleep(2.0)

        teachers = system.run_teachers(10, patience=120, disturbance=flap)
        system.assert_arrived(teachers)
        system.assert_no_pending_chores(60)
        tally("Redis killed again and again", "postgresql", len(teachers))


def test_a_deploy_finishes_or_releases_running_work(tmp_path, tally):
    with running_system(tmp_path) as system:
        system.faults.script("GET /exams/{id}", *[Fault(delay=2.0)] * 4)

        def deploy():
            for name in system.fleet.names:
                system.fleet.running[name].send_signal(signal.SIGTERM)
                assert system.fleet.running.pop(name).wait(timeout=60) == 0
                system.fleet.start(name)
                time.sleep(1.0)
            return False

        teachers = system.run_teachers(6, disturbance=deploy)
        system.assert_all_arrived_once(teachers)
        assert system.faults.count("GET /exams/{id}") == 6
        tally("every process stopped and started in turn", "postgresql", len(teachers))
