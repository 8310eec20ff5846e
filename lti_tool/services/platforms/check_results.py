"""What a look at a registration found, as values that a command prints and a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CheckStatus(StrEnum):
    """``note``: launches work, and something could be better or cannot be seen from here."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One thing that was looked at. Texts are marked with ``N_``; ``facts`` fill their ``%(name)s`` places."""

    what: str
    verdict: CheckStatus = CheckStatus.FINE
    sentence: str
    because: str = ""
    """Why, where that is known."""
    advice: str = ""
    """How to mend it."""
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def plain(self) -> str:
        """Return what was found in English, on one line, without the advice."""
        return " ".join(text % self.facts for text in (self.sentence, self.because) if text)
