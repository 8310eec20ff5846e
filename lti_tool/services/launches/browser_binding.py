"""Binds a launch to the browser that made it, so that its address alone opens nothing in another browser.

The launch leaves a secret in a cookie of its own, and its row holds the hash. Whether the browser keeps cookies is
known when the launch arrives: the login's cookie came back with it, or it did not. A browser that keeps none (or not in
a frame of the LMS) has nothing to show but the address: the address then works alone, for a shorter time, and in a
frame only if the LMS opened it in a frame.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from lti_tool.errors import N_, AccessError
from lti_tool.models import Launch
from lti_tool.security.encryption import fingerprint

NO_COOKIE = ""
"""``Launch.browser_hash`` of a browser that keeps no cookies."""


class OtherBrowser(AccessError):
    """The address of a launch was opened in a browser that did not make it, or in a tab that was not opened by it."""

    code = "access.other_browser"
    sentence = N_("This page can't be opened from its address.")
    advice = N_("It belongs to the browser in which Examplary was opened. Open Examplary again from your course.")


@dataclass(frozen=True, slots=True)
class Visitor:
    """The browser of a request."""

    secret: str = ""
    """The launch's cookie; empty: none."""
    top_level: bool = False
    """Whether the browser shows the page in a tab or window of its own, not in a frame."""

    def may_open(self, launch: Launch) -> bool:
        """Return whether the pages of ``launch`` open in this browser."""
        if launch.browser_hash is None:
            return True
        if launch.browser_hash == NO_COOKIE:
            return not (self.top_level and launch.framed and not launch.tab_of)
        return compare_digest(fingerprint(self.secret), launch.browser_hash)


@dataclass(frozen=True, slots=True)
class Binding:
    """How a new launch is bound."""

    secret: str
    """For the launch's cookie; empty: the browser keeps none."""
    expires_at: datetime

    @property
    def browser_hash(self) -> str:
        """The value for ``Launch.browser_hash``."""
        return fingerprint(self.secret) if self.secret else NO_COOKIE


@dataclass(frozen=True, slots=True)
class LaunchLifetimes:
    """How long the pages of a launch work."""

    with_cookie: timedelta
    without_cookie: timedelta

    def bind(self, moment: datetime, *, keeps_cookies: bool) -> Binding:
        """Return the binding of a launch made at ``moment``."""
        if keeps_cookies:
            return Binding(secrets.token_urlsafe(32), moment + self.with_cookie)
        return Binding("", moment + min(self.with_cookie, self.without_cookie))
