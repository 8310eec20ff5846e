"""Zip packages that are the same bytes every time: fixed times, fixed attributes, entries in the order of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, TypeVar

from lti_tool.formats.writing.zip import ZipWriter

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
        self._zip = ZipWriter(out)
        self._pack = pack

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def looks_like_an_attack(self) -> bool:
        """Tell whether an importer might refuse the package for how little it takes while packed."""
        return self._zip.size > _LARGEST_RATIO * self._zip.packed_size

    def add(self, name: str, data: bytes | str, *, pack: bool = True) -> None:
        """Write one entry; unpacked if ``pack`` is false: thousands of small files take half the time so."""
        content = data.encode() if isinstance(data, str) else data
        if pack and self._may_pack(name):
            self._zip.stream(name, (content,))
        else:
            self._zip.store(name, content)

    def stream(self, name: str, parts: Iterable[str]) -> None:
        """Write one entry from parts, as they are made."""
        self._zip.stream(name, _gathered(parts), pack=self._may_pack(name))

    def _may_pack(self, name: str) -> bool:
        return self._pack and not name.lower().endswith(_PACKED)


def _gathered(parts: Iterable[str]) -> Iterator[bytes]:
    """Yield parts in pieces that are worth packing."""
    gathered: list[str] = []
    size = 0
    for part in parts:
        gathered.append(part)
        size += len(part)
        if size > _AT_ONCE:
            yield "".join(gathered).encode()
            gathered, size = [], 0
    yield "".join(gathered).encode()


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
