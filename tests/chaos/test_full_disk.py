"""The disk is really full in the middle: it is told, nothing is lost, and what waits arrives when there is room."""

import subprocess
import time
from contextlib import suppress

import pytest
import requests
from sqlalchemy import text

from tests.chaos.house import house

pytestmark = pytest.mark.chaos


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk):
    with suppress(OSError), (disk / "filler").open("ab", buffering=0) as out:
        while out.write(bytes(512)):
            pass


def health(school):
    state = requests.get(f"{school.fleet.url}/readyz", timeout=40)
    return state.status_code, state.json()["checks"]["database"]["note"], state.json()["checks"]["disk"]["state"]


def test_the_disk_is_full_in_the_middle(tmp_path, small_disk, tally):
    options = {"cache": "memory://", "queue": f"sqlite:///{small_disk / 'queue.sqlite3'}"}
    options["settings"] = {"package_cache_dir": str(small_disk / "packages")}
    told = {}
    with house(tmp_path, "sqlite", disk=small_disk, machines=1, processes=2, workers=0, **options) as school:

        def happen():
            time.sleep(1.5)
            fill(small_disk)
            with school.engine.connect() as connection, suppress(Exception):
                # What SQLite holds in reserve goes into the filler too.
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            fill(small_disk)
            deadline = time.monotonic() + 30
            while told.get("state") != (503, "is full", "degraded") and time.monotonic() < deadline:
                told["state"] = health(school)
                fill(small_disk)
                time.sleep(0.3)
            told["metrics"] = requests.get(f"{school.fleet.url}/metrics", timeout=40).text
            time.sleep(3.0)
            (small_disk / "filler").unlink()
            return False

        teachers = school.walk(6, patience=120, meanwhile=happen)
        school.assert_arrived(teachers)
        school.assert_nothing_stays_owed(60)
        assert told["state"] == (503, "is full", "degraded")
        assert 'lti_tool_health{check="database"} 2.0' in told["metrics"]
        assert health(school)[:2] == (200, "")
        tally("disk full, and free again", "sqlite", len(teachers))
