"""A size-bounded folder of files that can be rebuilt at any time, shared by the processes of one machine."""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from lti_tool.errors import N_, PackageError
from lti_tool.services.delivery.files import atomic_write

UNUSED_SECONDS = 86_400.0
"""How long an unused file is kept."""

LOCKS = 64
"""Number of lock files. Two packages rarely share one; if they do, they are built one after the other."""


class PackageCacheFull(PackageError):
    """The folder of packages is full or read-only."""

    code = "package.no_room"
    sentence = N_("The package couldn't be written: the tool's disk is full or read-only.")
    advice = N_("Nothing is lost. Tell your administrator and try again later.")
    status = 503


class PackageCache:
    """Caches files under names derived from their content. ``max_bytes`` bounds their total size."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes

    def file(self, name: str, build: Callable[[BinaryIO], None]) -> Path:
        """Return the file called ``name``, building it if it is missing; raise :class:`PackageCacheFull`.

        Of several threads and processes that need it at once, one builds it and the others wait.
        """
        path = self._path / name
        try:
            if _touch(path):
                return path
            self._path.mkdir(parents=True, exist_ok=True)
            with self._lock(name):
                if not _touch(path):
                    with atomic_write(path) as out:
                        build(out)
                    self._evict(path)
        except OSError as error:
            raise PackageCacheFull(f"{type(error).__name__} {error.errno}") from error
        return path

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        number = zlib.crc32(name.encode()) % LOCKS
        with (self._path / f".lock-{number}").open("ab") as lock:
            # Works for threads and processes; the kernel releases it when a process dies.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _evict(self, new: Path) -> None:
        """Delete files unused for a day, then the least recently used ones until the rest fits."""
        earliest_use = time.time() - UNUSED_SECONDS
        total = 0
        for last_use, size, path in sorted(self._files(), reverse=True):
            total += size
            if path != new and (last_use < earliest_use or total > self._max_bytes):
                total -= size
                # A process that is sending the file keeps it open and can finish.
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Yield last use, size and path of each file, including leftovers of dead processes."""
        for path in self._path.iterdir():
            with suppress(FileNotFoundError):  # another process has just deleted it
                status = path.stat()
                if not path.name.startswith(".lock-"):
                    yield status.st_mtime, status.st_size, path


def _touch(path: Path) -> bool:
    """Mark the file as used; return ``False`` if it does not exist."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:
        # Files on a read-only file system can still be served.
        return path.exists()
    return True
