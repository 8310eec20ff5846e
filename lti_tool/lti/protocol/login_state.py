"""The ``state`` of a login: a signed token, so that a login needs no row in the database.

It holds the platform, the nonce and the hash of the browser's proof. Its signature shows that this tool issued it; the
browser's proof shows that this browser began the login. Single use is the launch's business: see
:mod:`lti_tool.lti.store.used_states`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from itsdangerous import BadData

from lti_tool.lti.protocol.errors import LaunchExpired, LaunchUsed, ProofMissing, ProofWrong
from lti_tool.security.serializers import StateSerializer

MAX_LENGTH = 1000
"""Characters of a state that we read; our own have at most 600. It travels in the query of redirects."""
_COOKIE_PREFIX = "lti_login_"


@dataclass(frozen=True, slots=True)
class BrowserProof:
    """A secret that only the browser of this login holds, in a cookie or in the platform's storage."""

    name: str
    """Name of the cookie, and key in the platform's storage."""
    value: str
    max_age: int
    """In seconds."""


@dataclass(frozen=True, slots=True)
class LoginState:
    """Contents of a state."""

    platform_id: str
    nonce: str
    proof_hash: str
    """SHA-256 of the browser's proof."""
    storage_target: str
    """Frame for ``lti.put_data`` and ``lti.get_data``; empty: the platform offers no storage."""
    handover_id: str
    """The frame that waits for the launch of this window; empty: none."""
    expires: int
    """Seconds since 1970."""

    @property
    def expires_at(self) -> datetime:
        """End of the login."""
        return datetime.fromtimestamp(self.expires, UTC)

    def is_open(self, now: datetime) -> bool:
        """Return whether the login has not expired."""
        return now.timestamp() < self.expires

    def check(self, proof: str, now: datetime) -> None:
        """Raise :class:`LaunchExpired`, :class:`ProofMissing` or :class:`ProofWrong`."""
        if not self.is_open(now):
            raise LaunchExpired
        if not proof:
            raise ProofMissing
        if not compare_digest(_sha256(proof), self.proof_hash):
            raise ProofWrong


class LoginStates:
    """Issues and reads states, signed with the tool's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._serializer = StateSerializer(
            secret_key, salt="lti_tool.login-state", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def issue(
        self, platform_id: str, *, lifetime: timedelta, now: datetime, storage_target: str = "", handover_id: str = ""
    ) -> tuple[str, LoginState, BrowserProof]:
        """Return a new state, its contents, and the proof for the browser."""
        nonce, proof = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        expires = int((now + lifetime).timestamp())
        contents = LoginState(platform_id, nonce, _sha256(proof), storage_target, handover_id, expires)
        state = str(
            self._serializer.dumps([platform_id, nonce, contents.proof_hash, storage_target, handover_id, expires])
        )
        return state, contents, BrowserProof(proof_name(state), proof, int(lifetime.total_seconds()))

    def read(self, state: str) -> LoginState:
        """Return the contents of a state; raise :class:`LaunchUsed` if this tool did not issue it."""
        if len(state) > MAX_LENGTH or not state.isascii():
            raise LaunchUsed
        try:
            platform_id, nonce, proof_hash, storage_target, handover_id, expires = self._serializer.loads(state)
        except (BadData, ValueError, TypeError) as error:
            raise LaunchUsed from error
        return LoginState(platform_id, nonce, proof_hash, storage_target, handover_id, expires)

    def platform_of(self, state: str) -> str | None:
        """Return the id of the platform for which a state was issued; ``None`` if this tool did not issue it."""
        try:
            return self.read(state).platform_id
        except LaunchUsed:
            return None


def proof_name(state: str) -> str:
    """Return the cookie's name, different for each state: logins in several tabs do not interfere."""
    return _COOKIE_PREFIX + _sha256(state)[:12]


def _sha256(text: str) -> str:
    """Return the SHA-256 in hex; text from a browser may hold lone surrogates."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
