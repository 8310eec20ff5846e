"""Deterministic zip packages: fixed dates and permissions, entries in the order of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BufferedWriter, RawIOBase
from typing import IO, TypeVar, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_COMPRESSED_EXTENSIONS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp3", ".mp4", ".zip", ".docx", ".pdf")
"""Of files that deflate cannot make smaller."""

_FASTEST = 1
"""zlib's level: a fifth larger than its default, in half the time."""

_BUFFER_SIZE = 2**17
"""Bytes of text that are compressed at once."""

_UNIX = 3
_PERMISSIONS = 0o644 << 16
_HIGHEST_RATIO = 50
"""Canvas treats a package that unpacks to more than 100 times its size as an attack.

See docs/reference/importers.md#pitfalls.
"""

_Result = TypeVar("_Result")


class PackageWriter:
    """Context manager that writes entries to ``out``, holding only the entry that it is writing."""

    def __init__(self, out: IO[bytes], *, pack: bool = True) -> None:
        self._zip = ZipFile(out, "w", ZIP_DEFLATED if pack else ZIP_STORED, compresslevel=_FASTEST)

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        for entry in self._zip.infolist():
            entry.create_system = _UNIX
            entry.external_attr = _PERMISSIONS
        self._zip.close()

    @property
    def looks_like_an_attack(self) -> bool:
        """Return whether an importer might refuse the package for its compression ratio."""
        entries = self._zip.infolist()
        packed_size = sum(entry.compress_size for entry in entries)
        return sum(entry.file_size for entry in entries) > _HIGHEST_RATIO * packed_size

    def add(self, name: str, data: bytes | str, *, pack: bool = True) -> None:
        """Write one entry, compressed unless ``pack`` is false or its type is compressed already."""
        is_compressed = not pack or name.lower().endswith(_COMPRESSED_EXTENSIONS)
        self._zip.writestr(
            ZipInfo(name), data, ZIP_STORED if is_compressed else self._zip.compression, self._zip.compresslevel
        )

    def stream(self, name: str, parts: Iterable[str]) -> None:
        """Write one entry of text from its parts, as they are produced."""
        with self._zip.open(name, "w") as entry, BufferedWriter(cast("RawIOBase", entry), _BUFFER_SIZE) as buffer:
            for part in parts:
                buffer.write(part.encode())


def write_package(out: IO[bytes], fill: Callable[[PackageWriter], _Result]) -> _Result:
    """Write a package and return the result of ``fill``; once more without compression if it compresses too well."""
    start = out.tell()
    with PackageWriter(out) as package:
        result = fill(package)
    if package.looks_like_an_attack:
        out.seek(start)
        out.truncate()
        with PackageWriter(out, pack=False) as package:
            result = fill(package)
    return result
