"""Visible and typeable forms of a text.

Two options that look the same must be one answer, because students can't tell them apart. And students must be able to
type an answer: keyboards have ``'`` and ``-`` where editors write ``’`` and ``−``, and importers compare characters.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(
    [0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
"""Soft hyphens, zero-width spaces, direction marks. Not the joiners, which some scripts need for spelling."""

_KEYBOARD_CHARACTERS = {
    **{ord(mark): "'" for mark in "‘’‚‛ʼ′׳＇"},
    **{ord(mark): '"' for mark in "“”„‟″״＂"},
    **{ord(dash): "-" for dash in "‐‑‒–—−－"},
    ord("…"): "...",
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if chr(wide) not in "＇＂－"},
}
"""Typographic and full-width characters, each with what keyboards have for it."""

_LONE_NO_BREAK_SPACE = re.compile("(?<!\xa0)\xa0(?!\xa0)")
_WHITE_SPACE = re.compile(r"[ \t\r\n\f]+")


def without_invisible_characters(text: str) -> str:
    """Return a text without invisible characters, accents composed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_INVISIBLE))


def collapse_white_space(text: str) -> str:
    """Return a text as HTML shows it, white space folded; no-break spaces count where several indent a line."""
    return _LONE_NO_BREAK_SPACE.sub(" ", _WHITE_SPACE.sub(" ", without_invisible_characters(text)))


def comparison_letters(text: str) -> str:
    """Return a text without white space, case-folded, compatibility characters normalised."""
    typed = without_invisible_characters(text).translate(_KEYBOARD_CHARACTERS)
    return "".join(unicodedata.normalize("NFKC", typed).casefold().split())


def typing_variants(answer: str) -> tuple[str, ...]:
    """Return an accepted answer as written, then as keyboards type it, with either apostrophe."""
    if answer.isascii() and "'" not in answer:
        return (answer,)
    typed = answer.translate(_KEYBOARD_CHARACTERS)
    return tuple(dict.fromkeys((answer, typed, typed.replace("'", "’"))))
