"""Jobs on every storage; an unreachable queue breaks no page and loses no exam."""

import os
import pickle
import time
from datetime import datetime

import pytest
from huey.serializer import SignedSerializer

from lti_tool.errors import SettingsError
from lti_tool.jobs import HueyQueue, start_worker
from lti_tool.models import Exam, Generation, GenerationState, db
from lti_tool.services.counters import UNVERIFIED
from tests.support.waiting import wait_until

SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def finished(services, make_launch, finish):
    generation = services.generations.start(make_launch())
    finish(generation)
    return generation


def state(generation_id):
    db.session.expire_all()
    state = db.session.get(Generation, generation_id).state
    db.session.rollback()
    return state


@pytest.fixture
def worker(app):
    running = start_worker(app.extensions["jobs"], threads=2)
    yield running
    running.stop(graceful=True)


def test_a_worker_runs_jobs_now_and_later(services, finished, worker):
    assert services.queue.advance(finished.id)
    wait_until(lambda: state(finished.id) == GenerationState.READY)
    assert services.queue.advance(finished.id, delay=1)
    assert services.queue.depth() is not None


def test_a_repeated_job_stores_one_exam(services, finished, worker, control):
    for _ in range(20):
        services.queue.advance(finished.id)
    wait_until(lambda: state(finished.id) == GenerationState.READY)
    wait_until(lambda: services.queue.depth() == 0)
    assert db.session.query(Exam).count() == 1
    assert control.count("GET /exams/{id}") == 1


def test_waiting_jobs_are_counted(app, services, finished):
    services.queue.advance(finished.id)
    services.queue.advance(finished.id, delay=60)
    services.queue.chores()
    assert services.queue.depth() == 3


def test_a_job_with_another_secret_key_is_not_run(queue_url, queue_name, services, finished, worker):
    forger = HueyQueue(queue_url, "another secret, of somebody who can write there", queue_name)
    forger.advance(finished.id)
    forger.close()
    wait_until(lambda: services.queue.depth() == 0)
    time.sleep(0.3)
    assert state(finished.id) == GenerationState.OPEN


class _RunsACommand:
    """A malicious pickle: loading it runs a command."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def _enqueue_bytes(queue, data):
    queue.huey.storage.enqueue(data)


def test_a_pickle_in_the_queue_is_not_loaded(app, services, finished, worker, tmp_path, caplog):
    proof = tmp_path / "executed"
    pickled = pickle.dumps(_RunsACommand(proof))
    # Signed with the right key, too, as messages of older versions were: the format itself is refused.
    signed = SignedSerializer(secret=app.extensions["services"].settings.secret_key.get_secret_value()).serialize(
        _RunsACommand(proof)
    )
    before = UNVERIFIED.labels("queue")._value.get()
    for data in (pickled, signed, b"1" + pickled, b"", b"1", b"1" * 50_000):
        _enqueue_bytes(services.queue, data)
    services.queue.advance(finished.id)
    wait_until(lambda: state(finished.id) == GenerationState.READY)
    assert not proof.exists()
    assert UNVERIFIED.labels("queue")._value.get() - before >= 5


def test_a_scheduled_pickle_is_not_loaded(services, finished, worker, tmp_path):
    proof = tmp_path / "executed"
    services.queue.huey.storage.add_to_schedule(
        pickle.dumps(_RunsACommand(proof)), datetime.fromisoformat("2020-01-01")
    )
    services.queue.advance(finished.id, delay=1)
    wait_until(lambda: state(finished.id) == GenerationState.READY)
    assert not proof.exists()


def test_a_message_is_json():
    queue = HueyQueue("memory://", SECRET, "lms_test")
    task = queue._advance_task.s("generation", delay=5)
    data = queue.huey.serialize_task(task)
    assert b'"args":["generation"]' in data
    assert queue.huey.deserialize_task(data) == task
    with pytest.raises(TypeError):
        queue.huey.serialize_task(task.then(queue._chores_task))
    with pytest.raises(TypeError):
        queue.huey.serializer.serialize({"a": 1})


def answers(queue):
    return [queue.advance("g"), queue.advance("g", delay=5), queue.chores(), queue.chores(delay=5)]


def test_an_unreachable_redis_returns_false():
    queue = HueyQueue("redis://127.0.0.1:1/0", SECRET, "lms_test")
    assert answers(queue) == [False] * 4
    assert queue.depth() is None


def test_an_unreachable_postgresql_returns_false(postgresql):
    queue = HueyQueue(postgresql.replace("+psycopg", ""), SECRET, "lms_test")
    queue.huey.storage.close()
    queue.huey.storage.dsn = "postgresql://postgres@127.0.0.1:1/none"
    assert answers(queue) == [False] * 4
    assert queue.depth() is None


def test_a_damaged_queue_file_returns_false(tmp_path):
    queue = HueyQueue(f"sqlite:///{tmp_path / 'queue.sqlite3'}", SECRET, "lms_test")
    queue.huey.storage.close()
    for leftover in tmp_path.glob("queue.sqlite3-*"):
        leftover.unlink()
    (tmp_path / "queue.sqlite3").write_bytes(b"this is no database" * 1000)
    assert answers(queue) == [False] * 4
    assert queue.depth() is None


def test_an_invalid_queue_url_is_rejected():
    with pytest.raises(SettingsError):
        HueyQueue("ftp://example.org", SECRET, "lms_test")
