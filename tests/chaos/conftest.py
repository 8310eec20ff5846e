"""Fixtures: real processes that crash, on every database."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.models import Chore, Generation, Import, LmsUser, db, now
from tests.support.databases import DATABASES
from tests.support.signing_lms import Browser, signing_lms

ROOT = Path(__file__).parents[2]

ON_SERVERS = [pytest.param(name, marks=pytest.mark.chaos) for name in DATABASES if name != "sqlite"]
"""The other databases, which only ``make chaos`` uses."""


@pytest.fixture(params=["sqlite", *ON_SERVERS])
def database_url(request, empty_database):
    """Run on SQLite by default, and on the database servers with ``make chaos``."""
    return empty_database(request.param)


@pytest.fixture
def client(app):
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def lms(client, platform, lms_key):
    """The LMS of ``platform``, with its key set on a real port."""
    with signing_lms(client, platform, lms_key) as running:
        yield running


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"delete_exam_at_examplary": True})


class CrashingProcesses:
    """Runs tasks in processes that crash at a given point."""

    def __init__(self, settings):
        names = ("environment", "base_url", "database_url", "queue_url", "examplary_api_url", "trusted_media_hosts")
        plain = {name: getattr(settings, name) for name in names}
        secrets = ("secret_key", "encryption_keys", "examplary_api_key")
        plain |= {name: getattr(settings, name).get_secret_value() for name in secrets}
        plain |= {"package_cache_dir": str(settings.package_cache_dir), "delete_exam_at_examplary": True}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.crashing_process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._process.stdin.write(json.dumps(plain) + "\n")

    def run(self, task, subject="", die_at=None, **more):
        command = {"do": task, "id": subject, "die_at": die_at} | more
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        while not (line := self._process.stdout.readline()).startswith("{"):
            assert line, "the parent process has exited"
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=300)
        self._process.stdout.close()


@pytest.fixture
def crashing(app, settings):
    processes = CrashingProcesses(settings)
    yield processes
    processes.close()


@pytest.fixture
def time_passes():
    """Return a function that lets ten minutes pass: leases expire, and chores and paused generations become due."""

    def pass_by():
        earlier = now() - timedelta(minutes=10)
        db.session.rollback()
        for row in db.session.query(Generation):
            row.created_at = row.created_at - timedelta(minutes=5)
            row.checked_at = row.checked_at and earlier
            row.look_after = row.look_after and earlier
            row.claimed_until = row.claimed_until and earlier
        for row in db.session.query(Import):
            row.state_since = row.state_since - timedelta(minutes=10)
            row.look_after = row.look_after and earlier
            row.claimed_until = row.claimed_until and earlier
        for person in db.session.query(LmsUser):
            person.account_claimed_until = person.account_claimed_until and earlier
        for chore in db.session.query(Chore).filter(Chore.done_at.is_(None)):
            chore.due_at = earlier
        db.session.commit()

    return pass_by


@pytest.fixture
def tally(record_property):
    """Count survived failures: ``tally("worker killed", "mariadb", 7)``; ``make chaos`` prints them."""
    counts = {}
    record_property("chaos", counts)

    def add(event, database, times=1):
        counts[f"{event}|{database}"] = counts.get(f"{event}|{database}", 0) + times

    return add


def pytest_terminal_summary(terminalreporter, config):
    """Print a table of failures by database, and how many exams arrived exactly once in spite of them."""
    survived = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, counts in getattr(report, "user_properties", ()):
                if name == "chaos" and report.when == "call":
                    survived.update(counts)
    failed = [report.nodeid for kind in ("failed", "error") for report in terminalreporter.stats.get(kind, ())]
    if survived and "not chaos" not in (config.option.markexpr or ""):
        terminalreporter.section("exams that arrived exactly once, or were resumed by the next process")
        for line in table(survived, failed):
            terminalreporter.write_line(line)


def table(survived, failed):
    """Yield the lines of the table."""
    rows = sorted({name.split("|")[0] for name in survived})
    width = max(map(len, rows)) + 2
    yield " " * width + "".join(f"{name:>12}" for name in DATABASES)
    for row in rows:
        yield row.ljust(width) + "".join(f"{survived.get(f'{row}|{name}', '–'):>12}" for name in DATABASES)
    yield f"{sum(survived.values())} in total, {len(failed)} scenarios failed"
    yield from failed
