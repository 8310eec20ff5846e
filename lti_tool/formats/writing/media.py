"""Images and files of an exam: their paths in a package."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from posixpath import splitext
from typing import Protocol

from lti_tool.exam.media import Asset, Assets
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning.remarks import MEDIA_MISSING, MEDIA_REMOTE
from lti_tool.formats.writing.media_types import extension_for_media_type

_DATA = re.compile(r"data:(image/[a-z]+);base64,", re.IGNORECASE)
_PIECE = 3 * 2**16
"""Bytes; a multiple of three, so that pieces in base64 can follow one another."""

_SAFE_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}\Z")


class MediaPaths(Protocol):
    """Resolves the addresses of images and files to paths in the package."""

    def path(self, url: str) -> str | None:
        """Return the path in the package, or ``None`` if there is no such file."""


class MediaUse:
    """The media of one text or one question: ``files`` in the package, and ``unavailable`` addresses."""

    def __init__(self, package_media: MediaPaths) -> None:
        self._package_media = package_media
        self.files: dict[str, None] = {}
        self.unavailable: list[str] = []

    def path(self, url: str) -> str | None:
        """Return the path in the package, or ``None`` if there is no such file; remember which it was."""
        path = self._package_media.path(url)
        if path is None:
            self.unavailable.append(url)
        else:
            self.files[path] = None
        return path


def unavailable_media(urls: Iterable[str]) -> tuple[Remark, ...]:
    """Return the remarks about addresses without a file: the remote ones by address, the others by occurrence."""
    addresses = list(urls)
    if not addresses:
        return ()
    remote = {url for url in addresses if url.startswith("http")}
    missing = sum(not url.startswith("http") for url in addresses)
    remarks = [MEDIA_REMOTE.with_facts(count=len(remote))] if remote else []
    remarks += [MEDIA_MISSING.with_facts(count=missing)] if missing else []
    return tuple(remarks)


class MediaFiles:
    """Gives each address a path in the package, and keeps the files that are used in the order of their first use."""

    def __init__(self, assets: Assets, folder: str = "media") -> None:
        self._assets, self._folder = assets, folder
        self._paths: dict[str, str | None] = {}
        self._used: dict[str, Asset] = {}

    def path(self, url: str) -> str | None:
        """Return the path in the package, or ``None`` if there is no such file."""
        if url not in self._paths:
            self._paths[url] = self._place(url)
        return self._paths[url]

    def used(self) -> Iterator[tuple[str, Asset]]:
        """Yield path and asset of every file that is used."""
        yield from self._used.items()

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
    guessed = extension_for_media_type(asset.media_type)
    return guessed if _SAFE_SUFFIX.match(guessed) else ""


def _from_data(url: str) -> Asset | None:
    match = _DATA.match(url)
    if match is None:
        return None
    try:
        data = base64.b64decode("".join(url[match.end() :].replace("%0A", "").split()), validate=True)
    except binascii.Error:
        return None
    return Asset.held(url, "image", match[1].lower(), data) if data else None
