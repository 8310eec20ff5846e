"""Typed access to claims: a signed token may still be malformed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lti_tool.lti.protocol.token_errors import ClaimMalformed, ClaimMissing

IDENTIFIER_LENGTH = 255
"""Maximum length of sub, deployment, context and link ids (LTI Core 1.3 §5.3). Longer ids are rejected, never cut."""

MAX_NAME = 100
"""Characters of a claim's name in the log."""

_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def storable(text: str) -> bool:
    """Return whether every database can store ``text``: PostgreSQL has no NUL, UTF-8 no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def plain_text(text: str, max_length: int) -> str:
    """Return ``text`` on one line, without control characters, cut to ``max_length`` characters."""
    return _CONTROLS.sub(" ", text).strip()[:max_length].rstrip()


class Reader:
    """Reads a JSON object. ``null`` means absent, and so does PHP's ``[]`` where an object belongs.

    What the tool needs is read strictly: :class:`ClaimMalformed` if it has a wrong type. With ``ignored``, optional
    values that can't be read count as absent, and their names are added to that list.
    """

    def __init__(self, values: Mapping[str, object], where: str = "", *, ignored: list[str] | None = None) -> None:
        self._values = values
        self._where = where
        self._ignored = ignored

    @property
    def values(self) -> Mapping[str, object]:
        """The object itself."""
        return self._values

    def value(self, name: str) -> object:
        """Return the raw value; ``None`` if absent."""
        return self._values.get(name)

    def text(self, name: str, max_length: int) -> str:
        """Return an optional text for display, also from a number, cut to ``max_length``; empty if absent."""
        value = self.value(name)
        if value is None:
            return ""
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return plain_text(str(value), max_length)
        self.ignore(name)
        return ""

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

    def numbered_identifier(self, name: str) -> str:
        """Return an id that may be a whole number, as platforms in PHP send it; otherwise as :meth:`identifier`."""
        value = self.value(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return Reader({name: str(value)}, self._where).identifier(name)
        return self.identifier(name)

    def needed_identifier(self, name: str, missing: type[ClaimMissing] = ClaimMissing) -> str:
        """Return an id; raise ``missing`` if it is absent or empty."""
        self.needed_text(name, missing)
        return self.identifier(name)

    def needed_texts(self, name: str) -> list[str]:
        """Return a list of texts, empty if absent; raise :class:`ClaimMalformed` for anything else."""
        value = self.value(name)
        texts = _strings([] if value is None else value)
        if texts is None or isinstance(value, dict):
            raise self._malformed(name)
        return texts

    def texts(self, name: str) -> list[str]:
        """Return an optional list of texts, which may also be one text separated by commas or blanks."""
        value = self.value(name)
        if isinstance(value, str):
            return value.replace(",", " ").split()
        texts = _strings([] if value is None else value)
        if texts is None:
            self.ignore(name)
        return texts or []

    def flag(self, name: str) -> bool | None:
        """Return an optional boolean, also from 0, 1 and their texts; ``None`` if absent."""
        value = self.value(name)
        if isinstance(value, str | int) and str(value).strip().lower() in _FLAGS:
            return _FLAGS[str(value).strip().lower()]
        if value is not None:
            self.ignore(name)
        return None

    def moment(self, name: str) -> float:
        """Return seconds since 1970; raise :class:`ClaimMissing`, or :class:`ClaimMalformed` for anything else."""
        value = self.value(name)
        if value is None:
            raise ClaimMissing(claim=self._named(name))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
            raise self._malformed(name)
        return float(value)

    def part(self, name: str) -> Reader:
        """Return a reader of the optional object under ``name``; an empty one if absent."""
        value = self.value(name)
        if value is not None and value != [] and not isinstance(value, dict):
            self.ignore(name)
        values = value if isinstance(value, dict) else {}
        return Reader(values, self._named(name), ignored=self._ignored)

    def needed_part(self, name: str) -> Reader:
        """Return a reader of the object under ``name``; raise :class:`ClaimMissing` or :class:`ClaimMalformed`."""
        value = self.value(name)
        if value is None:
            raise ClaimMissing(claim=self._named(name))
        if not isinstance(value, dict):
            raise self._malformed(name)
        return Reader(value, self._named(name), ignored=self._ignored)

    def ignore(self, name: str) -> None:
        """Record that a value is ignored; a strict reader raises :class:`ClaimMalformed` instead."""
        if self._ignored is None:
            raise self._malformed(name)
        self._ignored.append(plain_text(self._named(name), MAX_NAME))

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


def _strings(value: object) -> list[str] | None:
    """Return a list of texts; ``None`` for anything else.

    An object with numbers as names is a list, too: PHP writes one where a list has gaps.
    """
    if isinstance(value, dict) and all(name.isdecimal() for name in value):
        value = list(value.values())
    if not isinstance(value, list):
        return None
    texts = [item for item in value if isinstance(item, str)]
    return texts if len(texts) == len(value) else None
