"""A fleet of processes, its Examplary, and a school whose teachers come all at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from redis import Redis
from sqlalchemy import text

from lti_tool.sandbox.examplary import ExamplaryConfig, create_examplary
from lti_tool.sandbox.serve import serve
from tests.chaos.fleet import API_KEY, Fleet, random_name
from tests.chaos.teachers import Platform, Teacher, registered
from tests.databases import drop_database, make_database, reachable


class House:
    """A fleet, its Examplary, and a school whose teachers come all at once."""

    def __init__(self, fleet, examplary, engine, platform):
        self.fleet, self.examplary, self.engine, self.platform = fleet, examplary, engine, platform

    @property
    def faults(self):
        return self.examplary.extensions["faults"]

    def walk(self, count, patience=90.0, meanwhile=lambda: None):
        """Let ``count`` teachers walk the road at once, while something else happens; return them."""
        teachers = [Teacher(self.fleet.url, self.platform, f"teacher-{n}", patience) for n in range(count)]
        over = threading.Event()
        other = threading.Thread(target=self._go_on, args=(meanwhile, over))
        other.start()
        try:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(lambda teacher: teacher.walk(), teachers))
        finally:
            over.set()
            other.join()
        return teachers

    @staticmethod
    def _go_on(meanwhile, over):
        while not over.wait(0.05):
            if meanwhile() is False:
                return

    def exams(self):
        """How often each exam is in the database, by title."""
        with self.engine.connect() as connection:
            return dict(connection.execute(text("SELECT title, count(*) FROM exam GROUP BY title")).all())

    def assert_all_arrived_once(self, teachers):
        found = self.exams()
        for teacher in teachers:
            assert teacher.answer == f"Exam of {teacher.name}"
            assert found.pop(teacher.answer) == 1
        assert found == {}

    def assert_nothing_stays_owed(self, seconds=40.0):
        deadline = time.monotonic() + seconds
        query = text("SELECT kind, attempts, last_error FROM chore WHERE done_at IS NULL")
        while True:
            with self.engine.connect() as connection:
                owed = connection.execute(query).all()
            if not owed:
                return
            assert time.monotonic() < deadline, owed
            time.sleep(0.3)


@contextmanager
def house(tmp_path, database="postgresql", cache="redis://127.0.0.1:6379/8", queue=None, **options):
    if database != "sqlite" and not reachable(database):
        pytest.skip(f"{database} does not answer on this machine")
    platform, examplary = Platform(), create_examplary(ExamplaryConfig(api_key=API_KEY, control=True))
    with ExitStack() as stack:
        jwks = stack.enter_context(serve(platform.app(), "127.0.0.1"))
        server = stack.enter_context(serve(examplary, "127.0.0.1"))
        if database == "sqlite":
            url = f"sqlite:///{tmp_path / 'tool.sqlite3'}"
        else:
            name = random_name("examplary_lms_fleet")
            url = make_database(database, name)
            stack.callback(drop_database, database, name)
        fleet = Fleet(tmp_path, url, queue or cache, cache, server.local_url, **options)
        # Queues and counters of other runs on this Redis are none of ours.
        if cache.startswith("redis"):
            Redis.from_url(cache).flushdb()
        stack.enter_context(fleet)
        engine = stack.enter_context(registered(url, f"{jwks.local_url}/jwks"))
        yield House(fleet, examplary, engine, platform)
