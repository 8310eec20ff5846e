"""What a deep linking launch asks for and takes (Deep Linking 2.0 §4.4.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.lti.protocol.addresses import is_web_address
from lti_tool.lti.protocol.claim_reading import Reader
from lti_tool.lti.protocol.claims import DEEP_LINKING_SETTINGS, short
from lti_tool.lti.protocol.token_errors import ClaimMalformed, ReturnAddressUnsafe

MOST_BRACKETS = 200
MOST_MEDIA_TYPES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepLinkingSettings:
    """The platform's ``deep_linking_settings``. ``data`` is echoed as it came; absent is ``None``."""

    return_url: str
    """Where the browser posts the answer, unmodified: Canvas keeps its own state in the query."""
    accept_types: frozenset[str] = frozenset()
    accept_media_types: tuple[str, ...] = ()
    accept_multiple: bool = False
    title: str = ""
    text: str = ""
    data: object = None

    @classmethod
    def from_claim(cls, claim: Mapping[str, object], *, https_only: bool = True) -> DeepLinkingSettings:
        """Read the claim; raise :class:`ClaimMissing`, :class:`ClaimMalformed` or :class:`ReturnAddressUnsafe`.

        ``https_only`` is given up only for a platform that itself has no https (a test Moodle on somebody's laptop).
        """
        reader = Reader(claim, short(DEEP_LINKING_SETTINGS))
        return_url = reader.needed_text("deep_link_return_url")
        if not is_web_address(return_url, https_only=https_only):
            # Without its query: Moodle's holds the key of the person's session.
            raise ReturnAddressUnsafe(f"scheme or host of {return_url.partition('?')[0][:80]!r}")
        return cls(
            return_url=return_url,
            accept_types=frozenset(reader.texts("accept_types")),
            accept_media_types=_media_types(reader),
            accept_multiple=bool(reader.flag("accept_multiple")),
            title=reader.text("title", 255),
            text=reader.text("text", 2000),
            data=_data(claim),
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> DeepLinkingSettings:
        """Read what :meth:`to_json` gave; it was checked when it came."""
        return cls.from_claim(stored, https_only=False)

    def to_json(self) -> dict[str, object]:
        """Return the claim again, in the specification's words, with only what we read of it."""
        claim: dict[str, object] = {
            "deep_link_return_url": self.return_url,
            "accept_types": sorted(self.accept_types),
            "accept_media_types": ",".join(self.accept_media_types),
            "accept_multiple": self.accept_multiple,
            "title": self.title,
            "text": self.text,
        }
        return claim if self.data is None else claim | {"data": self.data}


def _data(claim: Mapping[str, object]) -> object:
    """Return any JSON, though the specification says text.

    Refused are Python's NaN, which no database takes for JSON, and what is nested so deeply that writing it fails.
    """
    data = claim.get("data")
    try:
        written = json.dumps(data, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ClaimMalformed(claim="deep_linking_settings.data") from error
    if not isinstance(data, str) and written.count("[") + written.count("{") > MOST_BRACKETS:
        raise ClaimMalformed(claim="deep_linking_settings.data")
    return data


def _media_types(reader: Reader) -> tuple[str, ...]:
    """Comma-separated by the specification; some send a list."""
    value = reader.value("accept_media_types")
    if value is None:
        return ()
    parts = value.split(",") if isinstance(value, str) else reader.texts("accept_media_types")
    if len(parts) > MOST_MEDIA_TYPES:
        raise ClaimMalformed(claim="deep_linking_settings.accept_media_types")
    return tuple(part.strip().lower() for part in parts if part.strip())
