"""A folder of files that can be built again: shared by the processes of one machine, bounded, and never the truth."""

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
from lti_tool.services.delivery.atomic_files import atomic_write

UNUSED_SECONDS = 86_400.0
"""How long a file stays that nobody asks for."""

LOCKS = 64
"""Two files seldom share a lock, and if they do, one waits for the other."""


class PackageCacheFull(PackageError):
    """The folder of packages is full, or may not be written to."""

    code = "package.no_room"
    sentence = N_("The package couldn't be written: the tool's disk is full or read-only.")
    advice = N_("Nothing is lost. Tell your administrator and try again later.")
    status = 503


class PackageCache:
    """Keeps files by names that follow from their content. ``most_bytes`` bounds all of them together."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path, self._most_bytes = path, most_bytes

    def file(self, name: str, build: Callable[[BinaryIO], None]) -> Path:
        """Return the file of this ``name``, built if it is not there; raise :class:`PackageCacheFull`.

        Of many threads and processes that ask at once, one builds, and the others wait for it.
        """
        path = self._path / name
        try:
            if _used(path):
                return path
            self._path.mkdir(parents=True, exist_ok=True)
            with self._alone(name):
                if not _used(path):
                    with atomic_write(path) as out:
                        build(out)
                    self._make_room(path)
        except OSError as error:
            raise PackageCacheFull(f"{type(error).__name__} {error.errno}") from error
        return path

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        number = zlib.crc32(name.encode()) % LOCKS
        with (self._path / f".lock-{number}").open("ab") as lock:
            # For threads as for processes; let go by the kernel when one dies.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_room(self, new: Path) -> None:
        """Remove what nobody has used for a day, and then the longest unused until the rest fits."""
        files = sorted(self._files(), reverse=True)
        oldest, kept = time.time() - UNUSED_SECONDS, 0
        for used, size, path in files:
            kept += size
            if path != new and (used < oldest or kept > self._most_bytes):
                kept -= size
                # Whoever is sending it has it open, and sends it to its end.
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Yield when each file was last used, its bytes, and where it is; leftovers of dead processes too."""
        for path in self._path.iterdir():
            with suppress(FileNotFoundError):  # another process is at it too
                found = path.stat()
                if not path.name.startswith(".lock-"):
                    yield found.st_mtime, found.st_size, path


def _used(path: Path) -> bool:
    """Mark the file as used; ``False`` if it is not there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:
        # A file system that may only be read still gives what it has.
        return path.exists()
    return True
