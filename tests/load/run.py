"""``make load``: many teachers on the road at once, on gunicorn and PostgreSQL, as a university would run the tool.

Bounded in time and in number. The stand-in Examplary is a process of its own; the teachers are threads of this one.
All of it shares this machine's processors, so the times are an upper bound.
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


def tell(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class School:
    """Sends teachers on the road until the time is over; those under way come to its end."""

    def __init__(self, fleet: Fleet, platform: Platform, teachers: int, seconds: float, think: float) -> None:
        self._fleet, self._platform = fleet, platform
        self._count, self._seconds, self._think = teachers, seconds, think
        self.walked: list[Teacher] = []
        self.errors: list[str] = []

    def open(self) -> None:
        """Let all come, spread over the first quarter of the time, each again and again."""
        ends = time.monotonic() + self._seconds
        threads = [
            threading.Thread(target=self._come, args=(number, ends), daemon=True) for number in range(self._count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=max(1.0, ends + 180 - time.monotonic()))

    def _come(self, number: int, ends: float) -> None:
        dice = random.Random(number)
        time.sleep(dice.uniform(0, self._seconds / 4))
        turn = 0
        while time.monotonic() < ends:
            teacher = Teacher(self._fleet.url, self._platform, f"teacher-{number}-{turn}")
            try:
                teacher.walk(think=lambda: time.sleep(dice.uniform(0.3, 1.7) * self._think))
            except AssertionError as error:
                self.errors.append(str(error))
            else:
                self.walked.append(teacher)
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
    """Resident megabytes of each process group."""
    found = {}
    for name, process in fleet.running.items():
        group = subprocess.run(
            ["ps", "-o", "rss=", "-g", str(process.pid)], capture_output=True, text=True, check=False
        )
        found[name] = sum(int(line) for line in group.stdout.split()) / 1024
    return found


def watch(fleet: Fleet, over: threading.Event) -> list[dict[str, float]]:
    seen: list[dict[str, float]] = []

    def look() -> None:
        while not over.wait(5):
            seen.append(memory(fleet))

    threading.Thread(target=look, daemon=True).start()
    return seen


def percentiles(times: list[float]) -> str:
    times = sorted(times)
    return "".join(f"{times[min(len(times) - 1, int(len(times) * part))] * 1000:9.0f}" for part in (0.5, 0.95, 0.99, 1))


def report(school: School, engine: Engine, seen: list[dict[str, float]], seconds: float) -> bool:
    tell(f"{'milliseconds':16}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}")
    for step in school.walked[0].times if school.walked else ():
        tell(f"{step:16}{percentiles([teacher.times[step] for teacher in school.walked])}")
    with engine.connect() as connection:
        titles = dict(connection.execute(text("SELECT title, count(*) FROM exam GROUP BY title")).all())
        states = dict(connection.execute(text("SELECT state, count(*) FROM generation GROUP BY state")).all())
    lost = [teacher.name for teacher in school.walked if titles.get(teacher.answer) != 1]
    tell(f"\nroads walked: {len(school.walked)} in {seconds:.0f} s ({len(school.walked) / seconds:.1f} a second)")
    tell(f"errors: {len(school.errors)}   exams lost or doubled: {len(lost)}   generations: {states}")
    for error in school.errors[:5]:
        tell(f"  {error[:300]}")
    if seen:
        first, last = seen[min(len(seen) - 1, len(seen) // 3)], seen[-1]
        tell(
            "memory in MB (after a third, at the end): "
            + ", ".join(f"{name} {first[name]:.0f} → {last[name]:.0f}" for name in sorted(last) if name in first)
        )
    return bool(school.walked) and not school.errors and not lost


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--teachers", type=int, default=500, help="on the road at once (at most 2000)")
    asked.add_argument("--seconds", type=float, default=120.0, help="at most 600")
    asked.add_argument("--think", type=float, default=25.0, help="seconds a teacher takes at each of three pages")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--workers", type=int, default=1)
    options = asked.parse_args()
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
        requests.get(f"{fleet.url}/readyz", timeout=10).raise_for_status()
        over = threading.Event()
        stack.callback(over.set)
        school, began = School(fleet, platform, teachers, seconds, options.think), time.monotonic()
        seen = watch(fleet, over)
        web, jobs = options.processes, options.workers
        tell(f"{teachers} teachers for {seconds:.0f} s, {web} gunicorn workers, {jobs} job workers")
        school.open()
        fine = report(school, engine, seen, time.monotonic() - began)
    tell("all is well" if fine else "NOT WELL")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
