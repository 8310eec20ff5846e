"""Zip packages that are the same bytes every time: fixed times, fixed attributes, entries in the order of writing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from typing import IO, TypeVar

_DATE = (1980, 1, 1, 0, 0, 0)
_PACKED = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp3", ".mp4", ".zip", ".docx", ".pdf")
"""Packed already: packing again costs time and gains nothing."""

_LARGEST_RATIO = 50
"""Canvas holds a package that unpacks to more than 100 times its size to be an attack (facts: qti-targets §5)."""

_Result = TypeVar("_Result")

_AT_ONCE = 100_000
"""Characters that are held before they are packed."""


class PackageWriter:
    """Writes entries to ``out``. Use as a context manager. Nothing is held but the entry being written."""

    def __init__(self, out: IO[bytes], *, pack: bool = True) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._pack = pack

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def looks_like_an_attack(self) -> bool:
        """Tell whether an importer might refuse the package for how little it takes while packed."""
        entries = self._zip.infolist()
        held = sum(entry.compress_size for entry in entries)
        return sum(entry.file_size for entry in entries) > _LARGEST_RATIO * held

    def add(self, name: str, data: bytes | str, *, pack: bool = True) -> None:
        """Write one entry; unpacked if ``pack`` is false: thousands of small files take half the time so."""
        entry = self._entry(name)
        if not pack:
            entry.compress_type = zipfile.ZIP_STORED
        self._zip.writestr(entry, data)

    def stream(self, name: str, parts: Iterable[str]) -> None:
        """Write one entry from parts, as they are made."""
        with self._zip.open(self._entry(name), "w") as entry:
            gathered: list[str] = []
            size = 0
            for part in parts:
                gathered.append(part)
                size += len(part)
                if size > _AT_ONCE:
                    entry.write("".join(gathered).encode())
                    gathered, size = [], 0
            entry.write("".join(gathered).encode())

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, _DATE)
        entry.create_system = 3
        entry.external_attr = 0o644 << 16
        as_it_is = not self._pack or name.lower().endswith(_PACKED)
        entry.compress_type = zipfile.ZIP_STORED if as_it_is else zipfile.ZIP_DEFLATED
        return entry


def write_package(out: IO[bytes], fill: Callable[[PackageWriter], _Result]) -> _Result:
    """Write a package and return what ``fill`` returns; once more without packing if it packs suspiciously well."""
    start = out.tell()
    with PackageWriter(out) as package:
        result = fill(package)
    if package.looks_like_an_attack:
        out.seek(start)
        out.truncate()
        with PackageWriter(out, pack=False) as package:
            result = fill(package)
    return result
