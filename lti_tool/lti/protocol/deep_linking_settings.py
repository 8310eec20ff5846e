"""The ``deep_linking_settings`` of a launch (Deep Linking 2.0 §4.4.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.lti.protocol.addresses import is_web_address
from lti_tool.lti.protocol.claim_reading import Reader
from lti_tool.lti.protocol.claims import DEEP_LINKING_SETTINGS, short
from lti_tool.lti.protocol.token_errors import ClaimMalformed, ReturnAddressUnsafe

MAX_BRACKETS = 200
MAX_MEDIA_TYPES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepLinkingSettings:
    """The content that the platform accepts. ``data`` is returned unchanged; ``None``: absent."""

    return_url: str
    """Where the browser posts the response. Unmodified: Canvas keeps its own state in the query."""
    accept_types: frozenset[str] = frozenset()
    accept_media_types: tuple[str, ...] = ()
    accept_multiple: bool = False
    title: str = ""
    text: str = ""
    data: object = None

    @classmethod
    def read(cls, reader: Reader, *, https_only: bool = True) -> DeepLinkingSettings:
        """Read the claim; raise :class:`ClaimMissing`, :class:`ClaimMalformed` or :class:`ReturnAddressUnsafe`.

        ``https_only`` is off only for a platform without https, such as a test Moodle on a laptop.
        """
        return_url = reader.needed_text("deep_link_return_url")
        if not is_web_address(return_url, https_only=https_only):
            # Without the query: Moodle's contains a session key.
            raise ReturnAddressUnsafe(f"scheme or host of {return_url.partition('?')[0][:80]!r}")
        return cls(
            return_url=return_url,
            accept_types=frozenset(reader.texts("accept_types")),
            accept_media_types=_media_types(reader),
            accept_multiple=bool(reader.flag("accept_multiple")),
            title=reader.text("title", 255),
            text=reader.text("text", 2000),
            data=_data(reader),
        )

    @classmethod
    def from_claim(cls, claim: Mapping[str, object], *, https_only: bool = True) -> DeepLinkingSettings:
        """Read the claim as :meth:`read` does, strictly."""
        return cls.read(Reader(claim, short(DEEP_LINKING_SETTINGS)), https_only=https_only)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> DeepLinkingSettings:
        """Read the result of :meth:`to_json`, which was checked before."""
        return cls.from_claim(stored, https_only=False)

    def to_json(self) -> dict[str, object]:
        """Return the claim with the properties that we use."""
        claim: dict[str, object] = {
            "deep_link_return_url": self.return_url,
            "accept_types": sorted(self.accept_types),
            "accept_media_types": ",".join(self.accept_media_types),
            "accept_multiple": self.accept_multiple,
            "title": self.title,
            "text": self.text,
        }
        return claim if self.data is None else claim | {"data": self.data}


def _data(reader: Reader) -> object:
    """Return ``data``: any JSON, although the specification says text.

    Reject NaN, which databases do not accept as JSON, and nesting so deep that writing it fails.
    """
    data = reader.value("data")
    try:
        encoded = json.dumps(data, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ClaimMalformed(claim="deep_linking_settings.data") from error
    if not isinstance(data, str) and encoded.count("[") + encoded.count("{") > MAX_BRACKETS:
        raise ClaimMalformed(claim="deep_linking_settings.data")
    return data


def _media_types(reader: Reader) -> tuple[str, ...]:
    """Return the types: comma-separated in the specification, on some platforms a list."""
    value = reader.value("accept_media_types")
    parts = value.split(",") if isinstance(value, str) else reader.texts("accept_media_types")
    if len(parts) > MAX_MEDIA_TYPES:
        reader.ignore("accept_media_types")
        return ()
    return tuple(part.strip().lower() for part in parts if part.strip())
