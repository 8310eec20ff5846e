"""Zip packages that are the same bytes every time: fixed times, fixed attributes, entries in the order of writing."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import IO

_DATE = (1980, 1, 1, 0, 0, 0)
_PACKED = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp3", ".mp4", ".zip", ".docx", ".pdf")
"""Packed already: packing again costs time and gains nothing."""

_AT_ONCE = 100_000
"""Characters that are held before they are packed."""


class PackageWriter:
    """Writes entries to ``out``. Use as a context manager. Nothing is held but the entry being written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, data: bytes | str, *, pack: bool = True) -> None:
        """Write one entry; unpacked if ``pack`` is false: thousands of small files take half the time so."""
        entry = _entry(name)
        if not pack:
            entry.compress_type = zipfile.ZIP_STORED
        self._zip.writestr(entry, data)

    def stream(self, name: str, parts: Iterable[str]) -> None:
        """Write one entry from parts, as they are made."""
        with self._zip.open(_entry(name), "w") as entry:
            gathered: list[str] = []
            size = 0
            for part in parts:
                gathered.append(part)
                size += len(part)
                if size > _AT_ONCE:
                    entry.write("".join(gathered).encode())
                    gathered, size = [], 0
            entry.write("".join(gathered).encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    return entry
