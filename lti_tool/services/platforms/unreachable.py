"""The finding that an address cannot be reached, and why, in plain words."""

from __future__ import annotations

from lti_tool.errors import N_, ToolError
from lti_tool.lti.protocol.registration_errors import LmsSlow
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus


def unreachable(what: str, url: str, error: ToolError, advice: str) -> CheckResult:
    """Return the finding for what was asked at ``url`` and ended in ``error``."""
    return CheckResult(
        what=what,
        verdict=CheckStatus.WRONG,
        sentence=N_("%(url)s can't be reached."),
        because=_because(error),
        advice=advice,
        facts={"url": url},
    )


def _because(error: ToolError) -> str:
    """Return the reason in plain words; the kind of the underlying error stands in the detail."""
    if "SSL" in error.detail:
        return N_("Its certificate isn't trusted.")
    if isinstance(error, LmsSlow) or "Timeout" in error.detail:
        return N_("It didn't respond in time.")
    if "answer" in error.detail:
        return N_("It didn't respond as expected.")
    return N_("There is no connection.")
