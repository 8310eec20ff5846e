"""Languages and the direction of their scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lti_tool.exam.model import Direction

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
_SCRIPTS: Mapping[str, Direction] = {
    "Arab": "rtl",
    "Hebr": "rtl",
    "Syrc": "rtl",
    "Thaa": "rtl",
    "Latn": "ltr",
    "Cyrl": "ltr",
}
_FIRST_CHARACTERS = 200
_LATIN_FIRST = re.compile(r"[^A-Za-z\x80-\U0010ffff]{0,199}[A-Za-z]")


def language_tag(value: str) -> str | None:
    """Return ``value`` as a BCP 47 tag (``nl_NL`` becomes ``nl-NL``), or ``None`` if it isn't one."""
    tag = value.strip().replace("_", "-")
    return tag if _TAG.fullmatch(tag) else None


def direction(language: str | None) -> Direction:
    """Return the direction in which a language is written."""
    primary, *rest = (language or "").split("-")
    for subtag in rest:
        if subtag.title() in _SCRIPTS:
            return _SCRIPTS[subtag.title()]
    return "rtl" if primary.lower() in _RTL else "ltr"


def begins_latin(text: str) -> bool:
    """Return whether the first letter is a Latin one without accents, as in most texts."""
    first = text[:1]
    return (first.isascii() and first.isalpha()) or _LATIN_FIRST.match(text) is not None


def direction_of_text(text: str, default: Direction) -> Direction:
    """Return the direction of the first letter that has one (as ``dir="auto"`` would), else ``default``."""
    if begins_latin(text):
        return "ltr"
    if text.isascii():
        return "ltr" if any(map(str.isalpha, text)) else default
    for character in text[:_FIRST_CHARACTERS]:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return default
