"""The claims of Moodle's plugin for Examplary (``integrations/moodle/PROTOCOL.md``, section 1)."""

from __future__ import annotations

import secrets

from sandbox.lms.config import Account
from sandbox.lms.state import Json, Lms

CLAIM = "https://purl.examplary.ai/lti/moodle/claim/"
PLACEMENT = f"{CLAIM}placement"
SCOPE = "https://purl.examplary.ai/lti/moodle/scope/quizzes"
HANDLE_SECONDS = 24 * 3600


def plugin_claims(lms: Lms, account: Account) -> Json:
    """Return the claims of a launch by ``account``, without the placement; none for students."""
    if not (lms.moodle_plugin and account.teacher):
        return {}
    handle = f"sodium:{secrets.token_urlsafe(110)}"
    expires = lms.now() + HANDLE_SECONDS
    lms.handles[handle] = (account.key, expires)
    return {
        f"{CLAIM}quizzes_url": f"{lms.issuer('moodle')}/mod/lti/services.php/2/examplary/quizzes",
        f"{CLAIM}handle": handle,
        f"{CLAIM}handle_expires": str(expires),
        f"{CLAIM}protocol": lms.plugin_protocol,
    }
