"""Content items of a deep linking response (Deep Linking 2.0 §3)."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lti_tool.lti.protocol.claim_reading import plain_text

TITLE_LENGTH = 255
"""Moodle rejects longer titles (see docs/reference/moodle.md#returned-items)."""
TEXT_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileItem:
    """A file that the platform fetches from ``url`` (§3.3). Canvas shows ``text`` beside its Import button."""

    url: str
    title: str
    text: str = ""
    media_type: str = "application/zip"
    expires_at: datetime | None = None

    def to_claim(self) -> dict[str, object]:
        """Return the content item as JSON. ``text`` is plain text, as Canvas shows it."""
        expires = self.expires_at.astimezone(UTC).isoformat(timespec="seconds") if self.expires_at else ""
        return {"type": "file", "url": self.url} | _nonempty(
            title=content_title(self.title), text=_one_line(self.text), mediaType=self.media_type, expiresAt=expires
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLinkItem:
    """A link that launches this tool again (§3.2). ``custom`` is returned with each launch."""

    url: str
    title: str
    text: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""
    """URL of an icon."""

    def to_claim(self) -> dict[str, object]:
        """Return the content item as JSON. In Moodle, a newline in a custom value would begin another parameter."""
        claim: dict[str, object] = {"type": "ltiResourceLink", "url": self.url}
        claim |= _nonempty(title=content_title(self.title), text=_as_html(self.text))
        if self.custom:
            claim["custom"] = {_one_line(name): _one_line(value) for name, value in self.custom.items()}
        if self.icon:
            claim["icon"] = {"url": self.icon}
        return claim


ContentItem = FileItem | ResourceLinkItem


def _nonempty(**texts: str) -> dict[str, object]:
    """Leave out empty values: strict platforms reject null."""
    return {name: text for name, text in texts.items() if text}


def content_title(text: str) -> str:
    """Return a title as a content item has it."""
    return plain_text(text, TITLE_LENGTH)


def _as_html(text: str) -> str:
    """Return plain text as HTML: Moodle stores the text as HTML, scripts included (see docs/reference/moodle.md)."""
    return html.escape(plain_text(text, TEXT_LENGTH), quote=False)


def _one_line(text: str) -> str:
    return plain_text(text, TEXT_LENGTH)
