"""Jobs on every storage; a queue that is away neither breaks a page nor loses an exam."""

import time

import pytest

from lti_tool.errors import SettingsError
from lti_tool.jobs import HueyQueue, start_worker
from lti_tool.models import Exam, Generation, GenerationState, db

SECRET = "a secret of the tests that is long enough"


def until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def finished(services, make_launch, store, secret_of, exam_at_examplary):
    generation = services.generations.start(make_launch())
    session = store.sessions[secret_of(generation)]
    session.status, session.outputs = "completed", {"examId": exam_at_examplary()}
    return generation


def state(generation_id):
    db.session.expire_all()
    found = db.session.get(Generation, generation_id).state
    db.session.rollback()
    return found


@pytest.fixture
def worker(app):
    running = start_worker(app.extensions["jobs"], threads=2)
    yield running
    running.stop(graceful=True)


def test_a_job_is_done_by_a_worker_and_again_later(services, finished, worker):
    assert services.queue.advance(finished.id)
    until(lambda: state(finished.id) == GenerationState.READY)
    assert services.queue.advance(finished.id, delay=1)
    assert services.queue.depth() is not None


def test_the_same_job_many_times_over_is_one_exam(services, finished, worker, control):
    for _ in range(20):
        services.queue.advance(finished.id)
    until(lambda: state(finished.id) == GenerationState.READY)
    until(lambda: services.queue.depth() == 0)
    assert db.session.query(Exam).count() == 1
    assert control.count("GET /exams/{id}") == 1


def test_what_waits_is_counted(app, services, finished):
    services.queue.advance(finished.id)
    services.queue.advance(finished.id, delay=60)
    services.queue.chores()
    assert services.queue.depth() == 3


def test_a_job_that_somebody_else_wrote_into_the_storage_is_not_run(queue_url, services, finished, worker):
    forger = HueyQueue(queue_url, "another secret, of somebody who can write there")
    forger.advance(finished.id)
    forger.close()
    until(lambda: services.queue.depth() == 0)
    time.sleep(0.3)
    assert state(finished.id) == GenerationState.OPEN


def answers(queue):
    return [queue.advance("g"), queue.advance("g", delay=5), queue.chores(), queue.chores(delay=5)]


def test_a_redis_that_is_away_says_so_and_raises_nothing():
    queue = HueyQueue("redis://127.0.0.1:1/0", SECRET)
    assert answers(queue) == [False] * 4
    assert queue.depth() is None


def test_a_postgresql_that_goes_away_says_so_and_raises_nothing(postgresql):
    queue = HueyQueue(postgresql.replace("+psycopg", ""), SECRET)
    queue.huey.storage.close()
    queue.huey.storage.dsn = "postgresql://postgres@127.0.0.1:1/none"
    assert answers(queue) == [False] * 4
    assert queue.depth() is None


def test_a_damaged_queue_file_says_so_and_raises_nothing(tmp_path):
    queue = HueyQueue(f"sqlite:///{tmp_path / 'queue.sqlite3'}", SECRET)
    queue.huey.storage.close()
    for leftover in tmp_path.glob("queue.sqlite3-*"):
        leftover.unlink()
    (tmp_path / "queue.sqlite3").write_bytes(b"this is no database" * 1000)
    assert answers(queue) == [False] * 4
    assert queue.depth() is None


def test_an_address_that_names_no_queue_is_refused():
    with pytest.raises(SettingsError):
        HueyQueue("ftp://example.org", SECRET)
