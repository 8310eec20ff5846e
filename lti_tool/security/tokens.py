"""Signed links. After a launch no page needs a cookie: the link itself proves where it came from.

A token names one thing (a launch, a generation) for one purpose, holds no personal data, runs out, and is useless for
anything else. What the person may do is looked up in the database, never read from the token.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

from lti_tool.errors import N_, AccessError


class LinkInvalid(AccessError):
    """The link was cut, changed, or made for something else."""

    code = "access.link_invalid"
    sentence = N_("This link is incomplete or was changed.")
    status = 404


class LinkExpired(AccessError):
    """The link is older than it may be."""

    code = "access.link_expired"
    sentence = N_("This page has been open for too long.")
    advice = N_("Nothing is lost. Open Examplary again from your course to continue.")
    status = 410


class Purpose(StrEnum):
    """What a token is good for. One made for another purpose does not open this door."""

    LAUNCH = "launch"
    EMBED_RETURN = "embed-return"
    HANDOVER = "handover"


class Tokens:
    """Makes and reads the signed part of links."""

    def __init__(self, secret_key: str) -> None:
        self._serializers = {
            purpose: URLSafeTimedSerializer(secret_key, salt=f"lti_tool.{purpose}") for purpose in Purpose
        }
        self._signers = {purpose: serializer.make_signer() for purpose, serializer in self._serializers.items()}

    def sign(self, purpose: Purpose, subject: str) -> str:
        """Return a URL-safe token that names ``subject`` for ``purpose``.

        What the serializer would write, which makes a signer each time and tries to compress a few random characters.
        """
        return self._signers[purpose].sign(base64_encode(json.dumps(subject))).decode()

    def read(self, purpose: Purpose, token: str, max_age: int) -> str:
        """Return the subject; raise :class:`LinkInvalid`, or :class:`LinkExpired` after ``max_age`` seconds."""
        try:
            subject, signed_at = self._serializers[purpose].loads(token, return_timestamp=True)
        except BadSignature as error:
            raise LinkInvalid from error
        if not isinstance(subject, str):
            raise LinkInvalid("the token names no subject")
        # Counted here: itsdangerous holds what was signed before a clock was set back for expired.
        if datetime.now(UTC) - signed_at > timedelta(seconds=max_age):
            raise LinkExpired
        return subject
