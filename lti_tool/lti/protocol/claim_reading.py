"""Typed access to claims: a signed token may still be malformed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lti_tool.lti.protocol.token_errors import ClaimMalformed, ClaimMissing

IDENTIFIER_LENGTH = 255
"""Maximum length of sub, deployment, context and link ids (LTI Core 1.3 §5.3). Longer ids are rejected, never cut."""

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def storable(text: str) -> bool:
    """Return whether every database can store ``text``: PostgreSQL has no NUL, UTF-8 no lone surrogates."""
    return _UNSTORABLE.search(text) is None


def plain_text(text: str, longest: int) -> str:
    """Return ``text`` on one line, without control characters, cut to ``longest`` characters."""
    return _CONTROLS.sub(" ", text).strip()[:longest].rstrip()


class Reader:
    """Reads a JSON object. ``null`` means absent; a wrong type raises :class:`ClaimMalformed`."""

    def __init__(self, values: Mapping[str, object], where: str = "") -> None:
        self._values, self._where = values, where

    @property
    def values(self) -> Mapping[str, object]:
        """The object itself."""
        return self._values

    def value(self, name: str) -> object:
        """Return the raw value; ``None`` if absent."""
        return self._values.get(name)

    def text(self, name: str, longest: int) -> str:
        """Return a text for display, cut to ``longest`` characters; empty if absent."""
        return plain_text(self._string(name), longest)

    def needed_text(self, name: str, missing: type[ClaimMissing] = ClaimMissing) -> str:
        """Return the raw text; raise ``missing`` if it is absent or empty."""
        text = self._string(name)
        if not text.strip():
            raise missing(claim=self._named(name))
        return text

    def identifier(self, name: str) -> str:
        """Return an id unchanged, empty if absent; raise :class:`ClaimMalformed` if no column can hold it."""
        text = self._string(name)
        if len(text) > IDENTIFIER_LENGTH or not storable(text):
            raise self._malformed(name)
        return text

    def needed_identifier(self, name: str, missing: type[ClaimMissing] = ClaimMissing) -> str:
        """Return an id; raise ``missing`` if it is absent or empty."""
        self.needed_text(name, missing)
        return self.identifier(name)

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, empty if absent."""
        value = self.value(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._malformed(name)
        texts = [item for item in value if isinstance(item, str)]
        if len(texts) != len(value):
            raise self._malformed(name)
        return texts

    def flag(self, name: str) -> bool | None:
        """Return a boolean, also from the texts "true" and "false"; ``None`` if absent."""
        value = self.value(name)
        if value is None or isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise self._malformed(name)

    def moment(self, name: str) -> float:
        """Return seconds since 1970; raise :class:`ClaimMissing`, or :class:`ClaimMalformed` for anything else."""
        value = self.value(name)
        if value is None:
            raise ClaimMissing(claim=self._named(name))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
            raise self._malformed(name)
        return float(value)

    def part(self, name: str) -> Reader:
        """Return a reader of the object under ``name``; an empty one if absent."""
        value = self.value(name)
        if value is None:
            return Reader({}, self._named(name))
        return Reader(self._object(name, value), self._named(name))

    def mapping(self, name: str) -> Mapping[str, object]:
        """Return the object under ``name``; raise :class:`ClaimMissing` if absent."""
        value = self.value(name)
        if value is None:
            raise ClaimMissing(claim=self._named(name))
        return self._object(name, value)

    def _object(self, name: str, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self._malformed(name)
        return value

    def _string(self, name: str) -> str:
        value = self.value(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._malformed(name)
        return value

    def _named(self, name: str) -> str:
        last = name.rsplit("/", 1)[-1]
        return f"{self._where}.{last}" if self._where else last

    def _malformed(self, name: str) -> ClaimMalformed:
        return ClaimMalformed(claim=self._named(name))
