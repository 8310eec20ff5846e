"""Downloads from third-party addresses: the images and packages of an exam.

Scheme, credentials, host and IP address are checked, again for each redirect; size and total time are limited; the
media type comes from the first bytes. Nothing of ours is sent along.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lti_tool.net.addresses import AddressRules
from lti_tool.net.connections import Pinned
from lti_tool.net.errors import AddressForbidden, HttpError, ResponseTooLarge, TimedOut
from lti_tool.net.fetch_errors import (
    AddressRefused,
    FetchError,
    FetchFailed,
    FetchTimeout,
    FetchTooLarge,
    NotAnImage,
)
from lti_tool.net.media_type import IMAGES, sniff
from lti_tool.net.reader import HttpReader, Limits, Request

__all__ = [
    "AddressRefused",
    "AddressRules",
    "Download",
    "FetchError",
    "FetchFailed",
    "FetchLimits",
    "FetchTimeout",
    "FetchTooLarge",
    "Fetcher",
    "NotAnImage",
]

_ERRORS: dict[type[HttpError], type[FetchError]] = {
    AddressForbidden: AddressRefused,
    TimedOut: FetchTimeout,
    ResponseTooLarge: FetchTooLarge,
}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bytes of the body, seconds for everything, redirects; and whether only an image is accepted."""

    max_bytes: int = 10_000_000
    seconds: float = 30.0
    connect_seconds: float = 5.0
    redirects: int = 3
    images_only: bool = True


@dataclass(frozen=True, slots=True)
class Download:
    """A downloaded file. ``media_type`` is sniffed; ``application/octet-stream`` if unknown."""

    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Downloads files by ``rules``."""

    rules: AddressRules = field(default_factory=AddressRules)
    user_agent: str = "examplary-lms"

    def fetch(self, url: str, limits: FetchLimits | None = None) -> Download:
        """Return the file at ``url``; raise a subclass of :class:`FetchError`."""
        limits = limits or FetchLimits()
        content = self._content(url, limits)
        media_type = sniff(content)
        if limits.images_only and media_type not in IMAGES:
            raise NotAnImage(f"{len(content)} bytes that are no image")
        return Download(content, media_type)

    def _content(self, url: str, limits: FetchLimits) -> bytes:
        bounds = Limits(
            max_bytes=limits.max_bytes,
            seconds=limits.seconds,
            connect_seconds=limits.connect_seconds,
            redirects=limits.redirects,
        )
        try:
            response = HttpReader(Pinned(self.rules), self.user_agent).exchange(Request(url=url), bounds)
        except HttpError as error:
            raise _ERRORS.get(type(error), FetchFailed)(error.detail) from None
        if response.status != 200:
            raise FetchFailed(f"{response.host} answered {response.status}")
        return response.body
