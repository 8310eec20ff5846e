"""Results of checking a registration, as values that a command prints and a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from lti_tool.errors import N_, Fact, ToolError, in_english
from lti_tool.models import Platform, db, now
from lti_tool.net.errors import CertificateRejected, ConnectFailed, ConnectionBroken, HostUnknown, TimedOut


class CheckStatus(StrEnum):
    """``note``: launches work, but something could be better or can't be checked from here."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check. Texts are marked with ``N_``; ``facts`` fill their ``%(name)s`` placeholders."""

    name: str
    status: CheckStatus = CheckStatus.FINE
    sentence: str
    because: str = ""
    """The reason, if it is known."""
    advice: str = ""
    """How to fix it."""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return asdict(self) | {"facts": dict(self.facts)}

    def plain(self) -> str:
        """Return the result in English on one line, without the advice."""
        return " ".join(in_english(text, self.facts) for text in (self.sentence, self.because) if text)


def record_results(row: Platform, results: Sequence[CheckResult]) -> None:
    """Keep the results on the platform, as its latest check. Commits."""
    row.checked_at = now()
    row.check_results = [result.to_json() for result in results]
    db.session.commit()


def read_result(document: Mapping[str, Any]) -> CheckResult:
    """Return the result of :meth:`CheckResult.to_json`."""
    return CheckResult(**{**document, "status": CheckStatus(document["status"])})


def unreachable(name: str, url: str, error: ToolError, advice: str) -> CheckResult:
    """Return the result for a request to ``url`` that failed with ``error``."""
    return CheckResult(
        name=name,
        status=CheckStatus.WRONG,
        sentence=N_("%(url)s can't be reached."),
        because=_reason(error),
        advice=advice,
        facts={"url": url},
    )


def _reason(error: ToolError) -> str:
    """Return the reason in plain words, from the error of the exchange that caused ``error``."""
    match error.__cause__:
        case CertificateRejected():
            return N_("Its certificate isn't trusted.")
        case TimedOut():
            return N_("It didn't respond in time.")
        case ConnectFailed() | ConnectionBroken() | HostUnknown():
            return N_("There is no connection.")
    return N_("It didn't respond as expected.")
