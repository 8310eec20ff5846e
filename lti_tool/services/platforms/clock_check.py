"""Whether the clock of an LMS agrees with ours: a launch is valid for minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from lti_tool.errors import N_
from lti_tool.models import now
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus
from lti_tool.services.platforms.platform_http import PlatformAnswer

CLOCK_FINE, CLOCK_REFUSED = 10, 60
"""Seconds by which clocks may differ: unheeded, and until launches are refused."""


def check_clock(answer: PlatformAnswer) -> Iterator[CheckResult]:
    """Compare clocks by the answer's date, and by how long it lay in a cache (RFC 9110 §6.6.1, RFC 9111 §5.1)."""
    try:
        written = parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
        theirs = written + timedelta(seconds=int(answer.headers.get("age", "0")))
    except (ValueError, OverflowError):
        return
    seconds = round(abs((now() - theirs).total_seconds()))
    if seconds <= CLOCK_FINE:
        yield CheckResult(what=N_("Clock"), sentence=N_("The clocks of the LMS and of this machine agree."))
        return
    yield CheckResult(
        what=N_("Clock"),
        verdict=CheckStatus.NOTE if seconds <= CLOCK_REFUSED else CheckStatus.WRONG,
        sentence=N_("The clocks of the LMS and of this machine differ by %(seconds)d seconds."),
        advice=N_("Set both by network time (NTP). Launches are refused once the difference reaches a minute."),
        facts={"seconds": seconds},
    )
