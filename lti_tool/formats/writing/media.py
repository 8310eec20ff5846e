"""Where the images and files of an exam stand in a package."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from posixpath import splitext

from lti_tool.exam.media import Asset, Assets
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning.remarks import MEDIA_MISSING, MEDIA_REMOTE
from lti_tool.formats.writing.media_types import ending_of

_DATA = re.compile(r"data:(image/[a-z]+);base64,", re.IGNORECASE)
_PIECE = 3 * 2**16
"""Bytes; a multiple of three, so that pieces in base64 can follow one another."""

_SAFE_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}\Z")


class _Lacking:
    """The files that a question lacks: those that stay on the web, and how many are nowhere."""

    def __init__(self) -> None:
        self._remote: set[str] = set()
        self._missing = 0

    def note(self, url: str) -> None:
        """Count an address."""
        if url.startswith("http"):
            self._remote.add(url)
        else:
            self._missing += 1

    def remarks(self) -> tuple[Remark, ...]:
        """Return what the teacher should know."""
        found = [MEDIA_REMOTE.with_facts(count=len(self._remote))] if self._remote else []
        found += [MEDIA_MISSING.with_facts(count=self._missing)] if self._missing else []
        return tuple(found)


class MediaFiles:
    """Gives each address a name in the package, and remembers which files are used, and what each question lacks.

    Say by :meth:`turn_to` which question is written; questions may take turns.
    """

    def __init__(self, assets: Assets, folder: str = "media") -> None:
        self._assets, self._folder = assets, folder
        self._paths: dict[str, str | None] = {}
        self._used: dict[str, Asset] = {}
        self._first: dict[str, tuple[int, int]] = {}
        self._lacking: dict[int, _Lacking] = {}
        self._question = 0

    def turn_to(self, question: int) -> None:
        """Note that what follows is of this question, by its number."""
        self._question = question

    def path(self, url: str) -> str | None:
        """Return the path in the package, or ``None`` if the file could not be had.

        ``None`` is counted: as remote if the address is one of the web, else as missing.
        """
        if url not in self._paths:
            self._paths[url] = self._place(url)
        found = self._paths[url]
        if found is None:
            self._lacking.setdefault(self._question, _Lacking()).note(url)
        elif found not in self._first or self._question < self._first[found][0]:
            self._first[found] = (self._question, len(self._first))
        return found

    def remarks(self, question: int) -> tuple[Remark, ...]:
        """Return what could not be taken along of a question, by its number."""
        found = self._lacking.get(question)
        return found.remarks() if found else ()

    def used(self) -> Iterator[tuple[str, Asset]]:
        """Yield path and asset of every file that is used, those of the first question first."""
        for path in sorted(self._first, key=self._first.__getitem__):
            yield path, self._used[path]

    def base64(self, path: str) -> Iterator[bytes]:
        """Yield a used file as base64, piece by piece, for packages that hold files inside their texts."""
        data = memoryview(self._used[path].read())
        for start in range(0, len(data), _PIECE):
            yield base64.b64encode(data[start : start + _PIECE])

    def _place(self, url: str) -> str | None:
        asset = self._assets.get(url) or _from_data(url)
        if asset is None:
            return None
        path = f"{self._folder}/{file_name(asset)}"
        self._used[path] = asset
        return path


def file_name(asset: Asset) -> str:
    """Return a name of ASCII letters, digits, dashes and a dot: its own, after a piece of the address's hash."""
    stem, suffix = splitext(asset.name)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    digest = hashlib.sha256(asset.url.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{digest}-{safe or 'file'}{_suffix(asset, suffix.lower())}"


def _suffix(asset: Asset, suffix: str) -> str:
    if _SAFE_SUFFIX.match(suffix):
        return suffix
    guessed = ending_of(asset.media_type)
    return guessed if _SAFE_SUFFIX.match(guessed) else ""


def _from_data(url: str) -> Asset | None:
    found = _DATA.match(url)
    if found is None:
        return None
    try:
        data = base64.b64decode("".join(url[found.end() :].replace("%0A", "").split()), validate=True)
    except binascii.Error:
        return None
    return Asset.held(url, "image", found[1].lower(), data) if data else None
