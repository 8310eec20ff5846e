"""Test launches: for some minutes, the launches of one person are shown instead of opened.

An administrator starts a test in the console and gets a code. The person who types it on a page that the LMS has opened
sees the contents of their own launches from then on. So no launch is shown to another person, the LMS's frame needs no
cookie, and nothing of a launch is stored.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hmac import compare_digest

from sqlalchemy import delete

from lti_tool.errors import N_, AccessError, LaunchError
from lti_tool.lti import Role
from lti_tool.models import (
    AuditAction,
    Launch,
    LaunchTest,
    Platform,
    add_audit_entry,
    compare_and_set,
    db,
    now,
    retry_on_conflict,
)

LIFETIME = timedelta(minutes=10)
ATTEMPTS = 10
"""Wrong codes after which a test ends: a guess is of no use, but a mistake should be noticed."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and digits that look alike."""
LENGTH = 8


class WrongTestCode(AccessError):
    """The typed code is not the one that the console shows, or the test is over."""

    code = "access.test_code"
    sentence = N_("This isn't the code of the test, or the test is over.")
    advice = N_("Compare it with the console, or start another test there.")
    status = 409


class TestInWindow(LaunchError):
    """For a frame that waits for a window: the window shows the test, and brings no launch."""

    code = "lti.test_shown"
    sentence = N_("The test launch is shown in the other window.")
    advice = N_("See the result there. End the test in the console to use Examplary as usual.")


class LaunchTests:
    """Starts and ends tests. One platform has one at a time."""

    @staticmethod
    def of(platform_id: str) -> LaunchTest | None:
        """Return the test of a platform that is under way."""
        row = db.session.get(LaunchTest, platform_id)
        return row if row is not None and row.expires_at > now() else None

    @retry_on_conflict
    def start(self, platform: Platform, *, actor: str) -> LaunchTest:
        """Start a test, in place of one that is under way. Commits."""
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        db.session.execute(delete(LaunchTest).where(LaunchTest.platform_id == platform.id))
        row = LaunchTest(platform_id=platform.id, code=code, expires_at=now() + LIFETIME)
        db.session.add(row)
        _record(platform.id, actor, "test launch started")
        return row

    @retry_on_conflict
    def end(self, platform: Platform, *, actor: str) -> None:
        """End the test. Commits."""
        db.session.execute(delete(LaunchTest).where(LaunchTest.platform_id == platform.id))
        _record(platform.id, actor, "test launch ended")

    def awaits_code(self, launch: Launch) -> bool:
        """Return whether the page of ``launch`` should ask for the code: never on a student's."""
        if launch.role not in (Role.INSTRUCTOR, Role.OTHER) or launch.tab_of:
            return False
        row = self.of(launch.platform_id)
        return row is not None and row.lms_user_id is None

    def is_confirmed(self, launch: Launch) -> bool:
        """Return whether the person of ``launch`` has typed the code."""
        row = self.of(launch.platform_id)
        return row is not None and row.lms_user_id == launch.lms_user_id

    @retry_on_conflict
    def confirm(self, launch: Launch, code: str) -> None:
        """Show the next launches of this person. Commits. Raises :class:`WrongTestCode`."""
        row = self.of(launch.platform_id)
        if row is None or not self.awaits_code(launch):
            raise WrongTestCode("no test awaits a code")
        typed = "".join(letter for letter in code.upper() if letter in LETTERS)[:LENGTH]
        if not compare_digest(typed, row.code):
            _count_attempt(row)
            raise WrongTestCode("wrong code")
        is_free = LaunchTest.lms_user_id.is_(None)
        compare_and_set(
            LaunchTest, LaunchTest.platform_id == launch.platform_id, is_free, lms_user_id=launch.lms_user_id
        )
        db.session.commit()


def _count_attempt(row: LaunchTest) -> None:
    own = LaunchTest.platform_id == row.platform_id
    compare_and_set(LaunchTest, own, attempts=LaunchTest.attempts + 1)
    db.session.execute(delete(LaunchTest).where(own, LaunchTest.attempts >= ATTEMPTS))
    db.session.commit()


def _record(platform_id: str, actor: str, detail: str) -> None:
    add_audit_entry(AuditAction.PLATFORM_CHANGED, actor, subject=platform_id, platform_id=platform_id, detail=detail)
    db.session.commit()
