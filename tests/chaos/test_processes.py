"""Real gunicorns and workers: graceful stops, shared metrics, and many downloads at once."""

import hashlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from sandbox.faults import Fault
from tests.chaos.system import running_system
from tests.support.simulated_teachers import Teacher
from tests.support.waiting import wait_until

AT_ONCE = 200


@pytest.fixture
def one_machine(tmp_path):
    """The default deployment: one gunicorn, SQLite and an embedded worker."""
    queue = f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    with running_system(
        tmp_path, "sqlite", cache="memory://", queue=queue, machines=1, processes=2, workers=0
    ) as system:
        yield system


def metrics(system):
    samples = {}
    for family in text_string_to_metric_families(requests.get(f"{system.fleet.url}/metrics", timeout=60).text):
        for sample in family.samples:
            samples[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return samples


def test_two_hundred_downloads_at_once_get_the_same_package(one_machine):
    system = one_machine
    (teacher,) = system.run_teachers(1)
    address = teacher.package
    before = max(system.fleet.memory("web-0").values())
    for file in system.fleet.folder.glob("web-0/packages/*"):
        file.unlink()

    def fetch(_):
        answer = requests.get(address, timeout=60)
        return answer.status_code, hashlib.sha256(answer.content).hexdigest()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = set(pool.map(fetch, range(AT_ONCE)))
    ((status, digest),) = results
    assert status == 200
    # One for the teacher and one after the cache was emptied: of all requests in two processes, one built it.
    assert metrics(system)["lti_tool_conversions_total", "canvas-qti", "ok"] == 2
    assert max(system.fleet.memory("web-0").values()) - before < 60
    with system.engine.connect() as connection:
        assert connection.scalar(text("SELECT fetches FROM delivery")) == AT_ONCE + 1
    system.fleet.kill("web-0")
    for file in system.fleet.folder.glob("web-0/packages/*"):
        file.unlink()
    system.fleet.start("web-0")
    system.fleet.wait()
    assert fetch(0) == (200, digest)


def test_head_and_range_requests_for_a_package(one_machine):
    (teacher,) = one_machine.run_teachers(1)
    whole = requests.get(teacher.package, timeout=60)
    head = requests.head(teacher.package, timeout=60)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    part = requests.get(teacher.package, headers={"Range": "bytes=10-19"}, timeout=60)
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    unchanged = requests.get(teacher.package, headers={"If-None-Match": whole.headers["ETag"]}, timeout=60)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    with one_machine.engine.connect() as connection:
        # The teacher's own, the whole file, the range and the unchanged one; HEAD does not count.
        assert connection.scalar(text("SELECT fetches FROM delivery")) == 4


def test_processes_share_metrics_which_reset_on_restart(one_machine):
    one_machine.run_teachers(4)
    counts = {metrics(one_machine)["lti_tool_launches_total", "accepted"] for _ in range(12)}
    assert counts == {4.0}
    assert metrics(one_machine)["lti_tool_generations", "returned"] == 4.0
    assert metrics(one_machine)["lti_tool_examplary_calls_total", "POST /users", "ok"] == 4.0
    one_machine.fleet.stop()
    one_machine.fleet.start("web-0")
    one_machine.fleet.wait()
    assert ("lti_tool_launches_total", "accepted") not in metrics(one_machine)


class Waiting(Teacher):
    """Finishes in the embed and closes the tab."""

    def _add(self, page):
        pass

    def _fetch(self):
        pass

    def _review(self, page):
        self.page = page
        return page


def stop_while_collecting(system, slow):
    """Send SIGTERM while an exam is being collected, which takes ``slow`` seconds; return how long the exit took."""
    system.faults.script("GET /exams/{id}", Fault(delay=slow))
    Waiting(system.fleet.url, system.platform, "teacher").walk()
    wait_until(lambda: not system.faults.pending.get("GET /exams/{id}"))
    began = time.monotonic()
    process = system.fleet.running.pop("web-0")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    return time.monotonic() - began


def stored(system):
    with system.engine.connect() as connection:
        return connection.execute(text("SELECT state, claimed_until FROM generation")).one()


def test_a_stopping_web_process_finishes_collecting(one_machine):
    took = stop_while_collecting(one_machine, slow=4.0)
    assert took < 20
    assert tuple(stored(one_machine)) == ("ready", None)
    log = (one_machine.fleet.folder / "web-0.log").read_text()
    assert "worker.stopped" in log
    assert [line for line in log.splitlines() if not line.startswith("{")] == [], "gunicorn's own lines are JSON, too"


@pytest.mark.chaos
def test_slow_work_is_released_to_the_next_process(one_machine):
    # With real leases: if it were not released, no process could resume it for minutes.
    one_machine.fleet.web = "wsgi:app"
    one_machine.fleet.stop()
    one_machine.fleet.start("web-0")
    one_machine.fleet.wait()
    took = stop_while_collecting(one_machine, slow=60.0)
    assert took < 40
    assert tuple(stored(one_machine)) == ("collecting", None)
    one_machine.fleet.web = "tests.support.fast_app:app"
    one_machine.fleet.start("web-0")
    wait_until(lambda: stored(one_machine)[0] == "ready")
    assert sum(one_machine.exams().values()) == 1
