"""Canvas's API keys, authorization codes, tokens and rate limits.

See docs/reference/canvas-api.md#oauth2 and docs/reference/canvas-api.md#rate-limit.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.lms.config import ApiKey

CODE_SECONDS = 600
TOKEN_SECONDS = 3600
TOKEN_COST = 200.0
UP_FRONT_COST = 50.0
REQUEST_COST = 1.5
BUCKET_SIZE = 600.0
MAX_BUCKET_LEVEL = 800.0
LEAK_PER_SECOND = 10.0


@dataclass(slots=True)
class Code:
    """An authorization code, valid once and for ten minutes."""

    client_id: str
    redirect_uri: str
    account: str
    scopes: tuple[str, ...]
    expires: float


@dataclass(slots=True)
class Authorization:
    """A person's consent. ``problem`` is what is wrong with it: gone, expired, revoked, insufficient or nothing."""

    client_id: str
    account: str
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires: float
    problem: str = ""


@dataclass(slots=True)
class Bucket:
    """A leaky bucket for the rate limit: requests fill it, time drains it."""

    level: float = 0.0
    at: float = 0.0

    def remaining(self, now: float) -> float:
        """Return what may be spent now."""
        self.level = max(0.0, self.level - LEAK_PER_SECOND * max(0.0, now - self.at))
        self.at = now
        return BUCKET_SIZE - self.level

    def spend(self, cost: float, now: float) -> None:
        """Add a cost."""
        self.remaining(now)
        self.level = min(MAX_BUCKET_LEVEL, self.level + cost)


class CanvasTokens:
    """Keys, codes, tokens and rate limits of one Canvas."""

    def __init__(self, now: Callable[[], float], key: ApiKey | None) -> None:
        self.now = now
        self.keys: dict[str, ApiKey] = {key.client_id: key} if key else {}
        self.codes: dict[str, Code] = {}
        self.authorizations: list[Authorization] = []
        self.buckets: dict[str, Bucket] = {}
        self.revoked = 0

    def make_code(self, key: ApiKey, redirect_uri: str, account: str, scopes: tuple[str, ...]) -> str:
        """Return a new authorization code."""
        code = secrets.token_hex(32)
        self.codes[code] = Code(key.client_id, redirect_uri, account, scopes, self.now() + CODE_SECONDS)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str) -> Authorization | str:
        """Return the authorization for a code, or Canvas's error description."""
        entry = self.codes.get(code)
        if entry is None or entry.expires < self.now():
            return "authorization_code not found"
        if entry.client_id != client_id:
            return "incorrect client"
        if entry.redirect_uri != redirect_uri:
            return "redirect_uri does not match"
        del self.codes[code]
        authorization = Authorization(
            client_id, entry.account, entry.scopes, _token(), _token(), self.now() + TOKEN_SECONDS
        )
        self.authorizations.append(authorization)
        return authorization

    def refresh(self, refresh_token: str, client_id: str) -> Authorization | None:
        """Return the authorization with a new access token in place of the old one; ``None`` if there is none."""
        for authorization in self.authorizations:
            is_same = secrets.compare_digest(authorization.refresh_token.encode(), refresh_token.encode())
            if is_same and authorization.client_id == client_id and authorization.problem != "revoked":
                authorization.access_token = _token()
                authorization.problem = ""
                authorization.expires = self.now() + TOKEN_SECONDS
                return authorization
        return None

    def by_access_token(self, access_token: str) -> Authorization | None:
        """Return the authorization with this access token."""
        authorizations = self.authorizations
        return next((grant for grant in authorizations if grant.access_token == access_token), None)

    def delete(self, authorization: Authorization) -> None:
        """Forget an authorization, as the application or the person wants."""
        self.authorizations.remove(authorization)
        self.revoked += 1

    def spoil(self, problem: str) -> None:
        """Make all tokens expired, revoked or insufficient."""
        for authorization in self.authorizations:
            authorization.problem = problem

    def bucket(self, owner: str) -> Bucket:
        """Return the rate limit of a token or of an address."""
        return self.buckets.setdefault(owner, Bucket(at=self.now()))


def _token() -> str:
    return f"10000~{secrets.token_urlsafe(48)}"
