"""Record on a platform that launches of it are refused, so that its state is up to date.

Only refusals caused by the registration or the LMS count, not those of one browser. Nothing of the launch is kept.
Whoever can begin a login can make a launch fail: so it is shown as what happened last, and an accepted launch ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import or_, select

from lti_tool.errors import LaunchError
from lti_tool.lti import LoginStates
from lti_tool.models import Platform, compare_and_set, db, now, retry_on_conflict

OF_ONE_BROWSER = frozenset(
    {
        "lti.cookie_missing",
        "lti.other_browser",
        "lti.not_signed_in",
        "lti.launch_used",
        "lti.launch_expired",
        "lti.launch_outdated",
        "lti.nonce",
        "lti.launch_incomplete",
        "lti.login_incomplete",
        "lti.user_missing",
        "lti.token_unreadable",
        "lti.launch",
        "lti.platform_inactive",
        "lti.deployment_inactive",
    }
)
"""Codes that say nothing about the registration."""

INTERVAL = timedelta(minutes=1)
"""A failure is written at most this often."""


class LaunchFailures:
    """Records failures."""

    def __init__(self, states: LoginStates) -> None:
        self._states = states

    def record(self, form: Mapping[str, str], error: LaunchError) -> None:
        """Record that a launch was refused, on the platform to which its login led. Commits."""
        platform_id = self._states.platform_of(form.get("state", ""))
        if platform_id is not None and error.code not in OF_ONE_BROWSER:
            _record(platform_id, error.code)


@retry_on_conflict
def _record(platform_id: str, code: str) -> None:
    moment = now()
    query = select(Platform.failing_since, Platform.failed_at, Platform.launched_at).where(Platform.id == platform_id)
    row = db.session.execute(query).one_or_none()
    if row is not None:
        goes_on = row.failing_since and (row.launched_at is None or row.failing_since > row.launched_at)
        since = row.failing_since if goes_on else moment
        is_due = or_(
            Platform.failed_at.is_(None), Platform.failed_at < moment - INTERVAL, Platform.failure_code != code
        )
        values = {"failed_at": moment, "failing_since": since, "failure_code": code}
        compare_and_set(Platform, Platform.id == platform_id, is_due, **values)
    db.session.commit()
