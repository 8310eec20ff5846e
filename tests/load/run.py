"""``make load``: many teachers at once, on gunicorn and PostgreSQL, as a university would run the tool.

Bounded in time and number. The sandbox's Examplary is a separate process; the teachers are threads of this one. All of
them share this machine's processors, so the times are upper bounds.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from redis import Redis
from sqlalchemy import Engine, text

from sandbox.serve import serve
from tests.support.databases import drop_database, make_database
from tests.support.fleet import ROOT, Fleet, random_name
from tests.support.simulated_teachers import Platform, Teacher, registered

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/7")


def print_line(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class LoadTest:
    """Runs teachers until the time is over; those under way may finish."""

    def __init__(self, fleet: Fleet, platform: Platform, teachers: int, seconds: float, think: float) -> None:
        self._fleet = fleet
        self._platform = platform
        self._count = teachers
        self._seconds = seconds
        self._think = think
        self.finished: list[Teacher] = []
        self.errors: list[str] = []

    def run(self) -> None:
        """Start all teachers, spread over the first quarter of the time; each repeats the flow."""
        ends = time.monotonic() + self._seconds
        threads = [
            threading.Thread(target=self._repeat, args=(number, ends), daemon=True) for number in range(self._count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=max(1.0, ends + 180 - time.monotonic()))

    def _repeat(self, number: int, ends: float) -> None:
        rng = random.Random(number)
        time.sleep(rng.uniform(0, self._seconds / 4))
        turn = 0
        while time.monotonic() < ends:
            teacher = Teacher(self._fleet.url, self._platform, f"teacher-{number}-{turn}")
            try:
                teacher.walk(think=lambda: time.sleep(rng.uniform(0.3, 1.7) * self._think))
            except AssertionError as error:
                self.errors.append(str(error))
            else:
                self.finished.append(teacher)
            turn += 1


@contextmanager
def stand_in() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.stand_in"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def memory(fleet: Fleet) -> dict[str, float]:
    """Return the resident megabytes of each process group."""
    megabytes = {}
    for name, process in fleet.running.items():
        group = subprocess.run(
            ["ps", "-o", "rss=", "-g", str(process.pid)], capture_output=True, text=True, check=False
        )
        megabytes[name] = sum(int(line) for line in group.stdout.split()) / 1024
    return megabytes


def watch(fleet: Fleet, over: threading.Event) -> list[dict[str, float]]:
    samples: list[dict[str, float]] = []

    def sample() -> None:
        while not over.wait(5):
            samples.append(memory(fleet))

    threading.Thread(target=sample, daemon=True).start()
    return samples


def percentiles(times: list[float]) -> str:
    times = sorted(times)
    return "".join(f"{times[min(len(times) - 1, int(len(times) * part))] * 1000:9.0f}" for part in (0.5, 0.95, 0.99, 1))


def report(load_test: LoadTest, engine: Engine, samples: list[dict[str, float]], seconds: float) -> bool:
    print_line(f"{'milliseconds':16}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}")
    for step in load_test.finished[0].times if load_test.finished else ():
        print_line(f"{step:16}{percentiles([teacher.times[step] for teacher in load_test.finished])}")
    with engine.connect() as connection:
        titles = dict(connection.execute(text("SELECT title, count(*) FROM exam GROUP BY title")).all())
        states = dict(connection.execute(text("SELECT state, count(*) FROM generation GROUP BY state")).all())
    lost = [teacher.name for teacher in load_test.finished if titles.get(teacher.exam_title) != 1]
    count = len(load_test.finished)
    print_line(f"\nflows completed: {count} in {seconds:.0f} s ({count / seconds:.1f} a second)")
    print_line(f"errors: {len(load_test.errors)}   exams lost or duplicated: {len(lost)}   generations: {states}")
    for error in load_test.errors[:5]:
        print_line(f"  {error[:300]}")
    if samples:
        first, last = samples[min(len(samples) - 1, len(samples) // 3)], samples[-1]
        print_line(
            "memory in MB (after a third, at the end): "
            + ", ".join(f"{name} {first[name]:.0f} → {last[name]:.0f}" for name in sorted(last) if name in first)
        )
    return bool(load_test.finished) and not load_test.errors and not lost


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teachers", type=int, default=500, help="at once (at most 2000)")
    parser.add_argument("--seconds", type=float, default=120.0, help="at most 600")
    parser.add_argument("--think", type=float, default=25.0, help="seconds a teacher takes at each of three pages")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    teachers, seconds = min(options.teachers, 2000), min(options.seconds, 600.0)
    name, platform = random_name("examplary_lms_load"), Platform()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="examplary-load-")))
        jwks = stack.enter_context(serve(platform.app(), "127.0.0.1"))
        examplary = stack.enter_context(stand_in())
        url = make_database("postgresql", name)
        stack.callback(drop_database, "postgresql", name)
        Redis.from_url(REDIS).flushdb()
        fleet = Fleet(
            folder,
            url,
            REDIS,
            REDIS,
            examplary,
            machines=1,
            processes=options.processes,
            workers=options.workers,
            web="wsgi:app",
            worker=("-m", "lti_tool", "worker", "--threads", "8"),
        )
        stack.enter_context(fleet)
        engine = stack.enter_context(registered(url, f"{jwks.local_url}/jwks"))
        requests.get(f"{fleet.url}/readyz", timeout=60).raise_for_status()
        over = threading.Event()
        stack.callback(over.set)
        load_test = LoadTest(fleet, platform, teachers, seconds, options.think)
        began = time.monotonic()
        samples = watch(fleet, over)
        web, jobs = options.processes, options.workers
        print_line(f"{teachers} teachers for {seconds:.0f} s, {web} gunicorn workers, {jobs} job workers")
        load_test.run()
        passed = report(load_test, engine, samples, time.monotonic() - began)
    print_line("passed" if passed else "FAILED")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
