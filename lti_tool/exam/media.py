"""The images and files of an exam, keyed by the address under which the exam names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. ``name`` is the file's own name (any characters); ``read`` gives its bytes when they are needed."""

    url: str
    name: str
    media_type: str
    read: Callable[[], bytes]

    @classmethod
    def held(cls, url: str, name: str, media_type: str, data: bytes) -> Asset:
        """Return an asset whose bytes are in memory already."""
        return cls(url, name, media_type, partial(bytes, data))


Assets = Mapping[str, Asset]
"""By the URL in the exam. A URL that isn't in the mapping couldn't be downloaded."""
