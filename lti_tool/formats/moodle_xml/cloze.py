r"""Gaps of cloze questions, ``{1:SHORTANSWER:=Paris~=Paname}``, and short answers.

Moodle unescapes only ``\}`` and ``\#`` in a gap, but reads character references in every answer; so each character that
could end or divide an answer is written as one.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_GAP_LENGTH = 3_000
"""Characters of one gap in the file: Moodle's regular expression for gaps gives up on very long ones."""

_REFERENCES = str.maketrans({character: f"&#{ord(character)};" for character in "{}[]#~/\"'\\&<>=%:@$"})
_UNESCAPED_BY_MOODLE = ("\\}", "\\#")


def gap(weight: int, accepted: Sequence[str], *, ignore_case: bool) -> str:
    """Return a gap that gives ``weight`` points for any of the accepted texts."""
    gap_type = "SHORTANSWER" if ignore_case else "SHORTANSWER_C"
    answers = "~".join("=" + escape_wildcards(text).translate(_REFERENCES) for text in accepted)
    return f"{{{weight}:{gap_type}:{answers}}}"


def can_be_gap(accepted: Sequence[str]) -> bool:
    """Return whether Moodle reads a gap with these answers back unchanged."""
    if any(escape in text for text in accepted for escape in _UNESCAPED_BY_MOODLE):
        return False
    return len(gap(1, accepted, ignore_case=False)) <= MAX_GAP_LENGTH


def escape_wildcards(text: str) -> str:
    r"""Return an accepted text in which ``*`` is not a wildcard."""
    return text.replace("*", "\\*")
