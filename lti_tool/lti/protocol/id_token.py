"""Parsing and verification of an id_token (Security Framework 1.0 §5.1.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_decode

from lti_tool.lti.protocol.claim_reading import Reader
from lti_tool.lti.protocol.claims import CORE, MESSAGE_TYPE
from lti_tool.lti.protocol.token_errors import (
    AlgorithmRefused,
    ClaimMalformed,
    ClaimMissing,
    KeyIdMissing,
    NonceWrong,
    SignatureWrong,
    TokenExpired,
    TokenFromFuture,
    TokenTooOld,
    TokenUnreadable,
    WrongAudience,
    WrongIssuer,
)

ALGORITHM = "RS256"
LEEWAY_SECONDS = 60.0
MAX_AGE_SECONDS = 3600.0
"""Maximum age by ``iat``: Canvas's tokens live an hour."""
MAX_LENGTH = 200_000
"""Canvas's largest tokens have about 10,000 characters."""
CACHED_LENGTH = 300
"""Length up to which parsed headers are cached: they only name an algorithm and a key."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
"""PyJWT verifies the signature; parsing and claims are ours, for precise errors."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A parsed token that is not verified: good for finding the key only."""

    kid: str
    header: Mapping[str, object]
    claims: dict[str, object]


def parse(token: str) -> Unverified:
    """Parse a token without verifying it.

    Raises :class:`TokenUnreadable`, :class:`AlgorithmRefused`, :class:`KeyIdMissing`, or :class:`ClaimMissing` for the
    token of a plain OpenID sign-in.
    """
    if len(token) > MAX_LENGTH:
        raise TokenUnreadable(f"{len(token)} characters")
    segments = token.split(".")
    if len(segments) != 3:
        raise TokenUnreadable(f"{len(segments)} parts")
    header, claims = _header(segments[0]), _object(segments[1])
    if header.get("alg") != ALGORITHM or "crit" in header:
        # We understand no critical header (RFC 7515 §4.1.11).
        raise AlgorithmRefused(f"alg {str(header.get('alg'))[:40]!r}, crit {'crit' in header}")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise KeyIdMissing
    if not any(name.startswith(CORE) for name in claims):
        raise ClaimMissing("no claim of LTI", claim=MESSAGE_TYPE) if "iss" in claims else TokenUnreadable("no id_token")
    return Unverified(kid, header, claims)


def _header(segment: str) -> Mapping[str, object]:
    """Return the header, which is the same in all tokens signed with one key."""
    return _cached(segment) if len(segment) <= CACHED_LENGTH else _object(segment)


def _object(segment: str) -> dict[str, object]:
    """Return the JSON object in one segment of a token (RFC 7515 §5.2)."""
    if not _BASE64URL.fullmatch(segment):
        raise TokenUnreadable("not base64url")
    try:
        value = json.loads(base64url_decode(segment))
    except (ValueError, RecursionError) as error:
        raise TokenUnreadable(type(error).__name__) from error
    if not isinstance(value, dict):
        raise TokenUnreadable("not a JSON object")
    return value


_cached = lru_cache(maxsize=1000)(_object)


def check_signature(token: str, key: RSAPublicKey) -> None:
    """Raise :class:`SignatureWrong` unless ``key`` signed ``token`` with RS256."""
    signed, _, signature = token.rpartition(".")
    if not _BASE64URL.fullmatch(signature):
        raise SignatureWrong("not base64url")
    try:
        genuine = _RS256.verify(signed.encode(), key, base64url_decode(signature))
    except ValueError as error:
        raise SignatureWrong(type(error).__name__) from error
    if not genuine:
        raise SignatureWrong


def check_claims(claims: dict[str, object], *, issuer: str, client_id: str, now: datetime) -> None:
    """Check issuer, audience and times. Raises subclasses of :class:`TokenError`."""
    reader = Reader(claims)
    if reader.needed_text("iss") != issuer:
        raise WrongIssuer(f"registered {issuer!r}, token {reader.needed_text('iss')[:255]!r}")
    _check_audience(reader, client_id)
    _check_times(reader, now.timestamp())


def check_nonce(claims: dict[str, object], expected: str) -> None:
    """Raise :class:`NonceWrong` unless the token belongs to the login of its state."""
    nonce = Reader(claims).needed_text("nonce")
    if not compare_digest(nonce.encode(errors="replace"), expected.encode()):
        raise NonceWrong


def _check_audience(reader: Reader, client_id: str) -> None:
    """Check that ``aud``, a text or a list, is only our client id, and so is ``azp`` if present (rules 3 and 4)."""
    value = reader.value("aud")
    if value is None:
        raise ClaimMissing(claim="aud")
    audiences = [value] if isinstance(value, str) else value
    if not isinstance(audiences, list) or not all(isinstance(audience, str) for audience in audiences):
        raise ClaimMalformed(claim="aud")
    if set(audiences) != {client_id}:
        raise WrongAudience(f"registered {client_id!r}, token {str(audiences)[:255]}")
    azp = reader.value("azp")
    if azp is not None and azp != client_id:
        raise WrongAudience(f"registered {client_id!r}, azp {str(azp)[:255]!r}")


def _check_times(reader: Reader, now: float) -> None:
    """Require ``exp`` and ``iat``; clocks may differ by a minute."""
    issued, expires = reader.moment("iat"), reader.moment("exp")
    if expires <= now - LEEWAY_SECONDS:
        raise TokenExpired(seconds=round(now - expires))
    not_before = reader.moment("nbf") if reader.value("nbf") is not None else issued
    ahead = max(issued, not_before) - now
    if ahead > LEEWAY_SECONDS:
        raise TokenFromFuture(seconds=round(ahead))
    if now - issued > MAX_AGE_SECONDS + LEEWAY_SECONDS:
        raise TokenTooOld(f"iat is {round(now - issued)} s ago")
