"""Signed links.

A token names one thing (a launch, a generation) for one purpose, holds no personal data, and expires. Permissions, and
the browser to which a launch is bound, are looked up in the database, never read from the token.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature

from lti_tool.errors import N_, AccessError
from lti_tool.security.serializers import LinkSerializer


class LinkInvalid(AccessError):
    """The link was truncated, changed, or issued for another purpose."""

    code = "access.link_invalid"
    sentence = N_("This link is incomplete or was changed.")
    status = 404


class LinkExpired(AccessError):
    """The link has expired."""

    code = "access.link_expired"
    sentence = N_("This page has been open for too long.")
    advice = N_("Nothing is lost. Open Examplary again from your course to continue.")
    status = 410


class Purpose(StrEnum):
    """Purpose of a token; it is invalid for any other."""

    LAUNCH = "launch"
    EMBED_RETURN = "embed-return"
    HANDOVER = "handover"
    TAB = "tab"
    SIGN_ON = "sign-on"


class LinkSigner:
    """Signs the tokens in links, and verifies them."""

    def __init__(self, secret_key: str) -> None:
        self._serializers = {purpose: LinkSerializer(secret_key, salt=f"lti_tool.{purpose}") for purpose in Purpose}

    def sign(self, purpose: Purpose, subject: str) -> str:
        """Return a URL-safe token that names ``subject`` for ``purpose``."""
        return str(self._serializers[purpose].dumps(subject))

    def read(self, purpose: Purpose, token: str, max_age: int) -> str:
        """Return the subject; raise :class:`LinkInvalid`, or :class:`LinkExpired` after ``max_age`` seconds."""
        try:
            subject, signed_at = self._serializers[purpose].loads(token, return_timestamp=True)
        except BadSignature as error:
            raise LinkInvalid from error
        if not isinstance(subject, str):
            raise LinkInvalid("the token names no subject")
        # Checked here: itsdangerous rejects tokens from the future, as after a clock was set back.
        if datetime.now(UTC) - signed_at > timedelta(seconds=max_age):
            raise LinkExpired
        return subject
