"""A complete system under test: a fleet of processes, the sandbox's Examplary, and an LMS with many teachers."""

import os
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.serve import serve
from tests.support.databases import drop_database, make_database, reachable
from tests.support.examplary import API_KEY
from tests.support.fleet import Fleet, random_name
from tests.support.servers import Redis
from tests.support.simulated_teachers import Platform, Teacher, registered


class System:
    """A fleet of processes, the sandbox's Examplary, and the LMS platform of its teachers."""

    def __init__(self, fleet, examplary, engine, platform, redis=None):
        self.fleet = fleet
        self.examplary = examplary
        self.engine = engine
        self.platform = platform
        self.redis = redis

    @property
    def faults(self):
        return self.examplary.extensions["faults"]

    def run_teachers(self, count, patience=90.0, disturbance=lambda: None, prefix="teacher"):
        """Run ``count`` teachers through the whole flow at once, and ``disturbance`` in a loop; return them."""
        teachers = [Teacher(self.fleet.url, self.platform, f"{prefix}-{n}", patience) for n in range(count)]
        over = threading.Event()
        other = threading.Thread(target=self._go_on, args=(disturbance, over))
        other.start()
        try:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(lambda teacher: teacher.walk(), teachers))
        finally:
            over.set()
            other.join()
        return teachers

    @staticmethod
    def _go_on(disturbance, over):
        while not over.wait(0.05):
            if disturbance() is False:
                return

    def exams(self):
        """Return the number of stored exams by title."""
        with self.engine.connect() as connection:
            return dict(connection.execute(text("SELECT title, count(*) FROM exam GROUP BY title")).all())

    def assert_all_arrived_once(self, teachers):
        counts = self.exams()
        for teacher in teachers:
            assert teacher.exam_title == f"Exam of {teacher.name}"
            assert counts.pop(teacher.exam_title) == 1
        assert counts == {}

    def assert_arrived(self, teachers):
        """Check that every teacher has an exam; one who had to start again may have two."""
        counts = self.exams()
        for teacher in teachers:
            assert teacher.exam_title == f"Exam of {teacher.name}"
            assert counts.get(teacher.exam_title, 0) >= 1
        with self.engine.connect() as connection:
            twice = "SELECT generation_id FROM exam GROUP BY generation_id HAVING count(*) > 1"
            assert connection.execute(text(twice)).all() == []

    def assert_no_pending_chores(self, seconds=40.0):
        deadline = time.monotonic() + seconds
        query = text("SELECT kind, attempts, last_error FROM chore WHERE done_at IS NULL")
        while True:
            with self.engine.connect() as connection:
                pending = connection.execute(query).all()
            if not pending:
                return
            assert time.monotonic() < deadline, pending
            time.sleep(0.3)


@contextmanager
def running_system(
    tmp_path, database="postgresql", *, server=None, cache="", queue="", disk=None, limits=None, **options
):
    """Start a system on the shared server of ``database``, or on a dedicated ``server``.

    ``cache`` and ``queue`` are URLs; if empty, a dedicated Redis is started. ``disk`` is the folder for SQLite files,
    and ``limits`` are Examplary's rate limits.
    """
    if server is None and database != "sqlite" and not reachable(database):
        pytest.skip(f"{database} does not answer on this machine")
    config = ExamplaryConfig(api_key=API_KEY, control=True, rate_limits=limits or {})
    platform, examplary = Platform(), create_examplary(config)
    with ExitStack() as stack:
        jwks = stack.enter_context(serve(platform.app(), "127.0.0.1"))
        examplary_server = stack.enter_context(serve(examplary, "127.0.0.1"))
        redis = None if cache and queue else stack.enter_context(dedicated(Redis))
        url = _database(stack, disk or tmp_path, database, server)
        cache, queue = cache or redis.url, queue or redis.url
        fleet = Fleet(tmp_path, url, queue, cache, examplary_server.local_url, **options)
        stack.enter_context(fleet)
        engine = stack.enter_context(registered(url, f"{jwks.local_url}/jwks"))
        yield System(fleet, examplary, engine, platform, redis)


def _database(stack, tmp_path, kind, server):
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'tool.sqlite3'}"
    name = random_name("examplary_lms_fleet")
    if server is None:
        stack.callback(drop_database, kind, name)
    return make_database(kind, name, server and server.url)


@contextmanager
def dedicated(kind, place="/tmp"):
    """Start a server that a test may kill, with its files below ``place``."""
    if not kind.is_installed():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no {kind.package} on this machine, and CI tests with it")
        pytest.skip(f"no {kind.package} on this machine")
    # Not in pytest's folder, which the server's user can't access.
    with tempfile.TemporaryDirectory(prefix="examplary-chaos-", dir=place) as folder:
        Path(folder).chmod(0o755)
        with kind(Path(folder) / "server") as server:
            yield server
