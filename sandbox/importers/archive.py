"""Reading an untrusted zip: in memory, limited in size, with its names checked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_ENTRIES = 100_000
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_RATIO = 100
RATIO_FLOOR_BYTES = 1024 * 1024
ENCRYPTED = 0x1


class ImportRefused(Exception):
    """The importer refuses the file; the message is the LMS's own."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The files of a package by their name, in the order of the zip."""

    files: Mapping[str, bytes]

    def get(self, name: str) -> bytes | None:
        """The bytes of one file, or None."""
        return self.files.get(name)


def read_archive(data: bytes) -> Archive:
    """Unpack a zip in memory; a single enclosing folder is removed, as Canvas does.

    Raises ImportRefused for anything but a plain zip within the limits: bad names, duplicates, encryption, bombs.

    See docs/reference/lms-behaviour.md#canvas-content-migration.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            entries = [entry for entry in zipped.infolist() if not entry.filename.endswith("/")]
            _check_entries(entries, len(data))
            files = {entry.filename: _read_entry(zipped, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise ImportRefused("The file is not a readable zip.") from error
    return Archive(_without_root_folder(files))


def _check_entries(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise ImportRefused("The package holds too many files.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES or (total > RATIO_FLOOR_BYTES and total > MAX_RATIO * max(packed_bytes, 1)):
        raise ImportRefused("The package unpacks to too much.")
    names: set[str] = set()
    for entry in entries:
        _check_name(entry, names)


def _check_name(entry: zipfile.ZipInfo, names: set[str]) -> None:
    name = entry.filename
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or name[1:2] == ":":
        raise ImportRefused("The package holds a file name that leads outside of it.")
    if entry.flag_bits & ENCRYPTED:
        raise ImportRefused("The package is encrypted.")
    if name in names:
        raise ImportRefused("The package holds two files of one name.")
    names.add(name)


def _read_entry(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with zipped.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ImportRefused("A file of the package is not as large as it says.")
    return content


def _without_root_folder(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    roots = {PurePosixPath(name).parts[0] for name in files}
    if "imsmanifest.xml" in files or len(roots) != 1:
        return files
    root = roots.pop() + "/"
    if root + "imsmanifest.xml" not in files:
        return files
    return {name.removeprefix(root): content for name, content in files.items()}
