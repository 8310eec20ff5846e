r"""Gaps of embedded answers (cloze), ``{1:SHORTANSWER:=Paris~=Paname}``, and short answers.

Moodle undoes only ``\}`` and ``\#`` in a gap, but reads character references in every answer; so each sign that could
end or divide an answer is written as one.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_GAP = 3_000
"""Characters of one gap as it is written: Moodle finds gaps with an expression that gives up on very long ones."""

_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}[]#~/\"'\\&<>=%:@$"})
_UNDONE = ("\\}", "\\#")


def gap(weight: int, accepted: Sequence[str], *, ignore_case: bool) -> str:
    """Return a gap that counts ``weight`` points for any of the accepted texts."""
    kind = "SHORTANSWER" if ignore_case else "SHORTANSWER_C"
    answers = "~".join("=" + literal(text).translate(_SIGNS) for text in accepted)
    return f"{{{weight}:{kind}:{answers}}}"


def can_be_gap(accepted: Sequence[str]) -> bool:
    """Tell whether Moodle would read a gap of these answers back as they are."""
    if any(sign in text for text in accepted for sign in _UNDONE):
        return False
    return len(gap(1, accepted, ignore_case=False)) <= LONGEST_GAP


def literal(text: str) -> str:
    r"""Return an accepted text in which ``*`` is no wildcard."""
    return text.replace("*", "\\*")
