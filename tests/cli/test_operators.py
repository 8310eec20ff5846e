"""The commands of operators: workers, people, keys."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from lti_tool import __version__, create_app
from lti_tool.models import Deployment, Exam, LmsUser, Platform, ToolKey, db
from lti_tool.security.encryption import Vault
from tests.support.cli import run
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
ISSUER = "https://lms.example.org"


@pytest.fixture
def tess(environment):
    """A teacher with an exam."""
    app = create_app()
    with app.app_context():
        platform = Platform(
            issuer=ISSUER,
            client_id="client-1",
            authorization_url="https://lms.example.org/auth",
            jwks_url="https://lms.example.org/jwks",
            deployments=[Deployment(deployment_id="1")],
        )
        db.session.add(platform)
        db.session.flush()
        person = LmsUser(
            platform_id=platform.id,
            sub="42",
            name="Tess",
            email="tess@school.example",
            examplary_user_id="user_Tess",
        )
        db.session.add(person)
        db.session.flush()
        exam = Exam(
            examplary_exam_id="exam_1",
            platform_id=platform.id,
            owner_id=person.id,
            title="Cells",
            points=1,
            question_count=1,
            snapshot="{}",
        )
        db.session.add(exam)
        db.session.commit()
        db.engine.dispose()
    return app


def start_worker(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "lti_tool", "worker", *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.slow
def test_a_worker_runs_until_it_is_stopped(environment, number):
    with start_worker("--threads", "2") as worker:
        for line in worker.stderr:
            if "worker.started" in line and json.loads(line)["threads"] == 2:
                break
        worker.send_signal(number)
        log = worker.stderr.read()
        assert worker.wait(timeout=300) == 0
    assert "worker.stopped" in log


@pytest.mark.slow
def test_a_worker_records_heartbeats(environment):
    with start_worker() as worker:
        deadline = time.monotonic() + 60
        app = create_app()
        with app.app_context():
            while app.extensions["services"].heartbeats.worker_seen() is None:
                assert time.monotonic() < deadline
                db.session.rollback()
                time.sleep(0.1)
            db.session.remove()
            db.engine.dispose()
        worker.terminate()
        worker.stderr.read()
        assert worker.wait(timeout=300) == 0


@pytest.mark.slow
def test_a_worker_serves_its_metrics(environment):
    port = free_port()
    with start_worker("--metrics-port", str(port)) as worker:
        for line in worker.stderr:
            if "worker.started" in line:
                break
        response = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=30)
        worker.terminate()
        worker.stderr.read()
    assert "lti_tool_examplary_call_seconds" in response.text


def test_a_memory_queue_needs_no_worker(environment, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_QUEUE_URL", "memory://")
    done = run("worker")
    assert done.exit_code == 1
    assert "memory://" in done.output


def test_a_persons_data_is_exported(tess):
    done = run("people", "export", "tess@school.example", "--issuer", ISSUER)
    assert done.exit_code == 0
    (export,) = json.loads(done.stdout)
    assert export["person"]["sub"] == "42"
    assert export["exams"][0]["title"] == "Cells"


def test_an_export_is_pure_json_and_reports_missing_data(tess):
    done = subprocess.run(
        [sys.executable, "-m", "lti_tool", "people", "export", "42", "--issuer", ISSUER],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    (export,) = json.loads(done.stdout)
    assert export["at_examplary"]["user"] == "user_Tess"
    assert export["at_examplary"]["exams"] == [{"id": "exam_1", "problem": "examplary.unavailable"}]


def test_an_unknown_person_is_not_found(tess):
    done = run("people", "export", "tess@school.example", "--issuer", "https://other.example.org")
    assert done.exit_code == 1
    assert "No one from this LMS" in done.output


def test_an_exam_is_found_shown_and_handed_over(tess):
    with tess.app_context():
        exam = db.session.query(Exam).one()
        exam_id = exam.id
        db.session.add(LmsUser(platform_id=exam.platform_id, sub="43", name="Col League"))
        db.session.commit()
        db.engine.dispose()
    assert exam_id in run("exams", "find", "42").output
    assert run("exams", "find", "nothing").output == ""
    assert "There is nothing to try again." in run("exams", "retry", exam_id).output
    assert run("exams", "retry", exam_id, "--import", "x").exit_code == 1
    assert run("exams", "hand-over", exam_id, "44").exit_code == 1
    assert run("exams", "hand-over", exam_id, "43").output == "The exam now belongs to Col League.\n"
    assert "exam.handed_over" in run("exams", "show", exam_id).output
    assert run("exams", "show", "x").exit_code == 1


@pytest.mark.parametrize(
    "exam_id", ["-1NWZQr94FJNdOPsWCKRaYjh", "--NWZQr94FJNdOPsWCKRaYjh", "-hNWZQr94FJNdOPsWCKRaYjh"]
)
def test_an_id_may_begin_with_a_dash(tess, exam_id):
    with tess.app_context():
        exam = db.session.query(Exam).one()
        exam.id = exam_id
        db.session.query(LmsUser).one().sub = "-42"
        db.session.add(LmsUser(platform_id=exam.platform_id, sub="-43", name="Col League"))
        db.session.add(Deployment(platform_id=exam.platform_id, deployment_id="-7"))
        db.session.commit()
        db.engine.dispose()
    registration = ("--issuer", ISSUER, "--client-id", "client-1")
    assert exam_id in run("exams", "find", exam_id).output
    assert "There is nothing to try again." in run("exams", "retry", exam_id).output
    assert run("exams", "hand-over", exam_id, "-43").output == "The exam now belongs to Col League.\n"
    assert "exam.handed_over" in run("exams", "show", exam_id).output
    assert run("deployments", "off", *registration, "-7").output == "Deactivated.\n"
    assert run("deployments", "on", *registration, "-7").output == "Activated.\n"
    assert "tess@school.example" in run("people", "export", "-42", "--issuer", ISSUER).output
    assert run("people", "erase", "-42", "--issuer", ISSUER, "--yes").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("exams", "retry", "x", "--imports", "y"),
        ("exams", "find", "Cells", "--befor", "y"),
        ("people", "erase", "42", "--issuer", ISSUER, "--yess"),
        ("people", "erase", "--yess", "42", "--issuer", ISSUER),
    ],
)
def test_a_mistyped_option_is_refused(tess, arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Got unexpected extra argument" in done.output
    with tess.app_context():
        assert db.session.query(LmsUser).count() == 1
        db.engine.dispose()


def test_erasing_needs_confirmation(tess):
    assert run("people", "erase", "42", "--issuer", ISSUER, input="n\n").exit_code == 1
    with tess.app_context():
        assert db.session.query(LmsUser).count() == 1
        db.engine.dispose()


def test_erasing_lists_the_requests_to_examplary(tess):
    done = run("people", "erase", "42", "--issuer", ISSUER, "--yes")
    assert done.exit_code == 0
    assert "hi@examplary.ai to delete user_Tess" in done.output
    assert "ask hi@examplary.ai to delete user_Tess" in run("chores", "list").output
    assert run("chores", "settle", "1").output == "Settled.\n"
    assert run("chores", "list").output == "No chores are pending.\n"
    assert run("chores", "settle", "1").exit_code == 1
    trail = [json.loads(line)["action"] for line in run("audit", "--json").output.splitlines()]
    assert trail == ["person.erased", "chore.settled"]
    assert "person.erased        by operator" in run("audit", "--since", "2026-01-01").output
    assert run("audit", "--until", "2026-01-01").output == ""
    for option in ("--action", "--what"):
        (line,) = run("audit", option, "chore.settled", "--json").output.splitlines()
        assert json.loads(line)["actor"] == "operator"
    with tess.app_context():
        assert (db.session.query(LmsUser).count(), db.session.query(Exam).count()) == (0, 0)
        db.engine.dispose()


def signing_keys():
    app = create_app()
    with app.app_context():
        rows = {row.kid: (row.state, row.private_pem_encrypted) for row in db.session.query(ToolKey)}
        db.engine.dispose()
    return rows


def test_the_signing_key_is_rotated_and_the_old_one_stays_published(environment):
    before = signing_keys()
    assert "keys.too_fresh" in run("keys", "rotate-signing").output
    assert [line.split()[1] for line in run("keys", "list").output.splitlines()] == ["active", "next"]
    done = run("keys", "rotate-signing", "--now")
    after = signing_keys()
    active = next(kid for kid, (state, _) in after.items() if state == "active")
    assert active in done.output
    assert before[active][0] == "next"
    assert [after[kid][0] for kid, (state, _) in before.items() if state == "active"] == ["retired"]


def test_the_encryption_key_is_rotated_and_the_old_one_unused(environment, monkeypatch):
    new, old = Fernet.generate_key().decode(), environment["ENCRYPTION_KEYS"]
    monkeypatch.setenv("LTI_TOOL_ENCRYPTION_KEYS", f"{new},{old}")
    assert run("keys", "rotate-encryption").exit_code == 0
    for _, token in signing_keys().values():
        assert "PRIVATE KEY" in Vault(new).decrypt(token)


def test_a_wrong_key_is_reported_in_a_plain_sentence(environment, monkeypatch):
    monkeypatch.setenv("LTI_TOOL_ENCRYPTION_KEYS", Fernet.generate_key().decode())
    done = run("keys", "rotate-encryption")
    assert done.exit_code == 1
    assert "LTI_TOOL_ENCRYPTION_KEYS" in done.output


def test_the_version_is_shown():
    assert run("--version").output == f"Examplary for LMS {__version__}\n"
