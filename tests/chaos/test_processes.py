"""Real gunicorns and workers: how they stop, how they count together, how they send a package to many at once."""

import hashlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from sandbox.examplary.faults import Fault
from tests.chaos.house import house
from tests.support.simulated_teachers import Teacher

AT_ONCE = 200


@pytest.fixture
def one_machine(tmp_path):
    """The default of an operator: one gunicorn, SQLite, the worker inside."""
    queue = f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    with house(tmp_path, "sqlite", cache="memory://", queue=queue, machines=1, processes=2, workers=0) as school:
        yield school


def counted(school):
    found = {}
    for family in text_string_to_metric_families(requests.get(f"{school.fleet.url}/metrics", timeout=10).text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


def test_a_package_is_sent_to_two_hundred_at_once_and_is_the_same_after_a_restart(one_machine):
    school = one_machine
    (teacher,) = school.walk(1)
    address = teacher.package
    before = max(school.fleet.memory("web-0").values())
    for file in school.fleet.folder.glob("web-0/packages/*"):
        file.unlink()

    def fetch(_):
        answer = requests.get(address, timeout=60)
        return answer.status_code, hashlib.sha256(answer.content).hexdigest()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        got = set(pool.map(fetch, range(AT_ONCE)))
    ((status, digest),) = got
    assert status == 200
    # One for the teacher, one after the folder was emptied: of two processes and two hundred who asked, one wrote it.
    assert counted(school)["lti_tool_conversions_total", "canvas-qti", "ok"] == 2
    assert max(school.fleet.memory("web-0").values()) - before < 60
    with school.engine.connect() as connection:
        assert connection.scalar(text("SELECT fetches FROM delivery")) == AT_ONCE + 1
    school.fleet.kill("web-0")
    for file in school.fleet.folder.glob("web-0/packages/*"):
        file.unlink()
    school.fleet.start("web-0")
    school.fleet.wait()
    assert fetch(0) == (200, digest)


def test_a_package_can_be_asked_about_and_fetched_in_parts(one_machine):
    (teacher,) = one_machine.walk(1)
    whole = requests.get(teacher.package, timeout=10)
    asked = requests.head(teacher.package, timeout=10)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["Content-Length"] == str(len(whole.content))
    part = requests.get(teacher.package, headers={"Range": "bytes=10-19"}, timeout=10)
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    known = requests.get(teacher.package, headers={"If-None-Match": whole.headers["ETag"]}, timeout=10)
    assert (known.status_code, known.content) == (304, b"")
    with one_machine.engine.connect() as connection:
        # The teacher's own, the whole, the part, the known one; asking is no fetching.
        assert connection.scalar(text("SELECT fetches FROM delivery")) == 4


def test_processes_of_one_machine_count_together_and_again_from_nothing(one_machine):
    one_machine.walk(4)
    found = {counted(one_machine)["lti_tool_launches_total", "accepted"] for _ in range(12)}
    assert found == {4.0}
    assert counted(one_machine)["lti_tool_generations", "returned"] == 4.0
    assert counted(one_machine)["lti_tool_examplary_calls_total", "POST /users", "ok"] == 4.0
    one_machine.fleet.stop()
    one_machine.fleet.start("web-0")
    one_machine.fleet.wait()
    assert ("lti_tool_launches_total", "accepted") not in counted(one_machine)


class Waiting(Teacher):
    """Finishes in the embed and goes no further: the tab is closed."""

    def _add(self, page):
        pass

    def _fetch(self):
        pass

    def _review(self, page):
        self.page = page
        return page


def until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def stop_in_the_middle(school, slow):
    """Send SIGTERM while an exam is being taken home, which takes ``slow`` seconds; return how long it took to end."""
    school.faults.script("GET /exams/{id}", Fault(delay=slow))
    Waiting(school.fleet.url, school.platform, "teacher").walk()
    until(lambda: "GET /exams/{id}" not in school.faults.pending or not school.faults.pending["GET /exams/{id}"], 30)
    began = time.monotonic()
    process = school.fleet.running.pop("web-0")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    return time.monotonic() - began


def stored(school):
    with school.engine.connect() as connection:
        return connection.execute(text("SELECT state, claimed_until FROM generation")).one()


def test_a_web_process_that_is_told_to_stop_finishes_what_it_takes_home(one_machine):
    took = stop_in_the_middle(one_machine, slow=4.0)
    assert took < 20
    assert tuple(stored(one_machine)) == ("ready", None)
    log = (one_machine.fleet.folder / "web-0.log").read_text()
    assert "worker.stopped" in log
    assert [line for line in log.splitlines() if not line.startswith("{")] == [], "gunicorn's own lines too are JSON"


@pytest.mark.chaos
def test_what_takes_too_long_is_handed_back_and_taken_up_by_the_next_process(one_machine):
    # A lease of minutes: without handing back, nobody would go on before it has run out.
    one_machine.fleet.web = "wsgi:app"
    one_machine.fleet.stop()
    one_machine.fleet.start("web-0")
    one_machine.fleet.wait()
    took = stop_in_the_middle(one_machine, slow=60.0)
    assert took < 40
    assert tuple(stored(one_machine)) == ("collecting", None)
    one_machine.fleet.web = "tests.support.fast_app:app"
    one_machine.fleet.start("web-0")
    until(lambda: stored(one_machine)[0] == "ready", 30)
    assert sum(one_machine.exams().values()) == 1
