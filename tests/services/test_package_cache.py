"""The cache of packages."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from lti_tool.services.delivery.package_cache import UNUSED_SECONDS, PackageCache, PackageCacheFull
from tests.support.threads import run_at_once

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    return PackageCache(tmp_path / "packages", 100)


def content(data=b"x" * 30):
    return lambda out: out.write(data)


def kept(folder):
    return sorted(path.name for path in folder._path.iterdir() if not path.name.startswith("."))


def aged(path, seconds):
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def test_a_file_is_built_once(folder):
    built = []
    for _ in range(3):
        path = folder.file("a.zip", lambda out: (built.append(1), out.write(b"a")))
    assert (path.read_bytes(), len(built)) == (b"a", 1)


def test_the_least_recently_used_files_are_evicted(folder):
    for age, name in ((300, "a"), (200, "b"), (100, "c")):
        aged(folder.file(name, content()), age)
    folder.file("a", content())  # used again
    folder.file("d", content())
    assert kept(folder) == ["a", "c", "d"]


def test_unused_and_leftover_files_are_deleted_after_a_day(folder):
    aged(folder.file("old", content(b"o")), UNUSED_SECONDS + 1)
    leftover = folder._path / ".half"
    leftover.write_bytes(b"half")
    aged(leftover, UNUSED_SECONDS + 1)
    folder.file("new", content(b"n"))
    assert kept(folder) == ["new"]
    assert not leftover.exists()


def test_a_file_over_the_limit_is_kept_while_it_is_the_newest(folder):
    folder.file("small", content(b"s"))
    assert folder.file("large", content(b"l" * 500)).stat().st_size == 500
    assert kept(folder) == ["large"]


def test_an_evicted_file_can_be_sent_completely(folder):
    with folder.file("a", content(b"a" * 90)).open("rb") as sending:
        aged(folder._path / "a", 10)
        folder.file("b", content(b"b" * 90))
        assert kept(folder) == ["b"]
        assert sending.read() == b"a" * 90


def test_a_path_that_is_no_folder_raises(tmp_path):
    (tmp_path / "file").write_text("a file where the folder should be")
    with pytest.raises(PackageCacheFull):
        PackageCache(tmp_path / "file", 100).file("a", content())


def test_a_failed_build_leaves_no_file_and_no_lock(folder):
    def breaks(out):
        out.write(b"half")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        folder.file("a", breaks)
    assert kept(folder) == []
    assert folder.file("a", content(b"whole")).read_bytes() == b"whole"


def test_one_of_many_threads_builds(folder):
    built = []

    def build(out):
        built.append(1)
        time.sleep(0.2)
        out.write(b"a")

    run_at_once([partial(folder.file, "a", build)] * 8)
    assert len(built) == 1


SLOWLY = """
import sys, time
from pathlib import Path
from lti_tool.services.delivery.package_cache import PackageCache

def build(out):
    sys.stdout.write("built")
    time.sleep(1.0)
    out.write(b"a")

PackageCache(Path(sys.argv[1]), 100).file("a", build)
"""


def test_one_of_many_processes_builds(tmp_path):
    command = [sys.executable, "-c", SLOWLY, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sorted(process.communicate(timeout=300)[0] for process in running) == ["", "", "built"]


def test_a_process_that_dies_while_building_releases_its_lock(tmp_path):
    dying = SLOWLY.replace("time.sleep(1.0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    subprocess.run([sys.executable, "-c", dying, str(tmp_path)], cwd=ROOT, check=False, timeout=300)
    # A lock that is still held would be waited for without end.
    assert PackageCache(tmp_path, 100).file("a", content(b"a")).read_bytes() == b"a"
