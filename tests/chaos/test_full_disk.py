"""A real disk fills up: it is reported, nothing is lost, and exams arrive once there is space again."""

import subprocess
import time
from contextlib import suppress

import pytest
import requests
from sqlalchemy import text

from tests.chaos.system import running_system

pytestmark = pytest.mark.chaos


@pytest.fixture
def small_disk(tmp_path):
    """A separate file system of a few megabytes."""
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


def health(system):
    state = requests.get(f"{system.fleet.url}/readyz", timeout=40)
    return state.status_code, state.json()["checks"]["database"]["note"], state.json()["checks"]["disk"]["state"]


def test_the_disk_fills_up_and_is_freed(tmp_path, small_disk, tally):
    options = {"cache": "memory://", "queue": f"sqlite:///{small_disk / 'queue.sqlite3'}"}
    options["settings"] = {"package_cache_dir": str(small_disk / "packages")}
    reported = {}
    with running_system(tmp_path, "sqlite", disk=small_disk, machines=1, processes=2, workers=0, **options) as system:

        def happen():
            time.sleep(1.5)
            fill(small_disk)
            with system.engine.connect() as connection, suppress(Exception):
                # Use up the space that SQLite has reserved, too.
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            fill(small_disk)
            deadline = time.monotonic() + 30
            while reported.get("state") != (503, "is full", "degraded") and time.monotonic() < deadline:
                reported["state"] = health(system)
                fill(small_disk)
                time.sleep(0.3)
            reported["metrics"] = requests.get(f"{system.fleet.url}/metrics", timeout=40).text
            time.sleep(3.0)
            (small_disk / "filler").unlink()
            return False

        teachers = system.run_teachers(6, patience=120, disturbance=happen)
        system.assert_arrived(teachers)
        system.assert_no_pending_chores(60)
        assert reported["state"] == (503, "is full", "degraded")
        assert 'lti_tool_health{check="database"} 2.0' in reported["metrics"]
        assert health(system)[:2] == (200, "")
        tally("disk full, and free again", "sqlite", len(teachers))
