"""Images and files of an exam: their paths in a package."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from posixpath import splitext
from typing import Protocol

from lti_tool.exam.media import Asset, Assets
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import Attachment, Image
from lti_tool.exam.value import value
from lti_tool.formats.planning.remarks import DRAWING_PARTS, MEDIA_MISSING, MEDIA_REMOTE
from lti_tool.formats.writing.media_types import extension_for_media_type
from lti_tool.formats.writing.svg import safe_drawing

_DATA = re.compile(r"data:(image/[a-z+]+);base64,")
_PIECE = 3 * 2**16
"""Bytes; a multiple of three, so that pieces in base64 can follow one another."""

_SAFE_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}\Z")


MediaNode = Image | Attachment


class MediaPaths(Protocol):
    """Resolves images and files to paths in the package."""

    def path(self, node: MediaNode) -> str | None:
        """Return the path in the package, or ``None`` if there is no such file."""

    def removed_parts(self, path: str) -> int:
        """Return how many parts a drawing lost because they could be unsafe."""


@value
class MediaNotes:
    """Facts about media for the report.

    ``remote`` are addresses without a file, ``missing`` counts images and files without an address, ``simplified`` are
    the paths of drawings that lost a part.
    """

    remote: frozenset[str] = frozenset()
    missing: int = 0
    simplified: frozenset[str] = frozenset()

    def __add__(self, other: MediaNotes) -> MediaNotes:
        remote, simplified = self.remote | other.remote, self.simplified | other.simplified
        return MediaNotes(remote, self.missing + other.missing, simplified)

    def remarks(self) -> tuple[Remark, ...]:
        """Return the remarks, each with its number."""
        if self is NO_MEDIA:
            return ()
        counts = (
            (MEDIA_REMOTE, len(self.remote)),
            (MEDIA_MISSING, self.missing),
            (DRAWING_PARTS, len(self.simplified)),
        )
        return tuple([remark.with_facts(count=count) for remark, count in counts if count])


NO_MEDIA = MediaNotes()


class MediaUse:
    """The media of one text or one question: ``files`` in the package, and what the report says about others."""

    def __init__(self, package_media: MediaPaths) -> None:
        self._package_media = package_media
        self.files: dict[str, None] = {}
        self._unavailable: dict[int, MediaNode] = {}

    def path(self, node: MediaNode) -> str | None:
        """Return the path in the package, or ``None`` if there is no such file; remember which it was."""
        path = self._package_media.path(node)
        if path is None:
            self._unavailable[id(node)] = node  # a node may be rendered twice; equal ones are different pictures
        else:
            self.files[path] = None
        return path

    def removed_parts(self, path: str) -> int:
        """Return how many parts a drawing lost because they could be unsafe."""
        return self._package_media.removed_parts(path)

    @property
    def is_used(self) -> bool:
        """Return whether there was any image or file, even one that couldn't be downloaded."""
        return bool(self.files or self._unavailable)

    @property
    def notes(self) -> MediaNotes:
        """Facts about these media for the report."""
        if not self.is_used:
            return NO_MEDIA
        urls = [node.url for node in self._unavailable.values()]
        remote = frozenset([url for url in urls if url.startswith("http")])
        missing = sum(not url.startswith("http") for url in urls)
        return MediaNotes(remote, missing, frozenset(filter(self.removed_parts, self.files)))


class MediaFiles:
    """Gives each address a path in the package, and keeps the files that are used in the order of their first use."""

    def __init__(self, assets: Assets, folder: str = "media") -> None:
        self._assets = assets
        self._folder = folder
        self._paths: dict[str, str | None] = {}
        self._used: dict[str, Asset] = {}
        self._removed_parts: dict[str, int] = {}

    def path(self, node: MediaNode) -> str | None:
        """Return the path in the package, or ``None`` if there is no such file."""
        if node.url not in self._paths:
            self._paths[node.url] = self._place(node.url)
        return self._paths[node.url]

    def removed_parts(self, path: str) -> int:
        """Return how many parts a drawing lost because they could be unsafe."""
        return self._removed_parts.get(path, 0)

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
        if _is_drawing(asset):
            drawing = safe_drawing(asset.read())
            if drawing is None:
                return None
            asset = replace(asset, read=partial(_safe_bytes, asset))
            self._removed_parts[path] = drawing.removed
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
    return None if match is None else Asset.held(url, "image", match[1], base64.b64decode(url[match.end() :]))


def _is_drawing(asset: Asset) -> bool:
    return asset.media_type.startswith("image/svg") or splitext(asset.name)[1].lower() in {".svg", ".svgz"}


def _safe_bytes(asset: Asset) -> bytes:
    drawing = safe_drawing(asset.read())
    return b"" if drawing is None else drawing.data
