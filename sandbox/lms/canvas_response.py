"""Canvas's checks of a deep linking response, with its messages.

Canvas fetches the tool's key set for every response, without a cache. It ignores message_type, version, deployment_id
and azp, and checks only that there is a nonce.

See docs/reference/lms-behaviour.md#canvas-deep-linking-response.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import jwt
from jwt.types import Options

from sandbox.lms.claims import LTI_DL
from sandbox.lms.fetch import MAX_KEYS_BYTES, FetchFailed, fetch
from sandbox.lms.state import Json, Lms

OLDEST_SECONDS = 300
AHEAD_SECONDS = 30
SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""Options of PyJWT: the claims are checked here, with a message for each."""
ASSERTIONS = {"iss": "iss", "sub": "iss", "aud": "aud", "exp": "exp", "iat": "iat", "jti": "nonce"}


class ResponseRefused(Exception):
    """The LMS refuses a deep linking response. The message is the LMS's."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """The state in Canvas's return URL."""

    placement: str
    nonce: str
    module_id: int | None = None


def make_data(lms: Lms, placement: str, module_id: int | None = None) -> str:
    """Return the signed ``data`` parameter of a return URL."""
    content = {"nonce": secrets.token_urlsafe(16), "placement": placement, "modal": True, "iat": lms.now()}
    if module_id is not None:
        content["context_module_id"] = module_id
    return jwt.encode(content, lms.data_secret, algorithm="HS256")


def check_response(lms: Lms, token: str, data: str) -> tuple[LinkState, Json]:
    """Return the URL's state and the token's claims, and mark ``data`` as used. Raises ResponseRefused."""
    claims = _verified_claims(lms, token)
    _check_claims(lms, claims)
    state = _read_data(lms, data)
    lms.used_data.add(state.nonce)
    return state, claims


def content_items(claims: Json) -> tuple[Json, ...]:
    """Return the content items of a response, without values that are not objects."""
    items = claims.get(LTI_DL + "content_items")
    return tuple(item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()


def _refuse(text: str, cause: Exception | None = None) -> NoReturn:
    raise ResponseRefused(text) from cause


def _verified_claims(lms: Lms, token: str) -> Json:
    try:
        header = jwt.get_unverified_header(token)
        unverified = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        _refuse("JWT format is invalid", error)
    registration = lms.registrations.get("canvas")
    if registration is None or str(unverified.get("iss")) != registration.client_id:
        _refuse("Client not found")
    if header.get("alg") != "RS256":
        _refuse("JWT has unexpected alg")
    keys = fetch_keys(registration.jwks_uri, verify=lms.config.verify_tls)
    return _verify(token, str(header.get("kid")), keys)


def fetch_keys(url: str, *, verify: bool | str) -> Mapping[str, Json]:
    """Return the tool's key set by ``kid``; empty if it can't be downloaded."""
    try:
        body = json.loads(fetch(url, verify=verify, max_bytes=MAX_KEYS_BYTES).body)
    except (FetchFailed, ValueError):
        return {}
    keys = body.get("keys") if isinstance(body, dict) else None
    key_list = keys if isinstance(keys, list) else []
    return {str(key.get("kid")): key for key in key_list if isinstance(key, dict)}


def _verify(token: str, kid: str, keys: Mapping[str, Json]) -> Json:
    key = keys.get(kid)
    if key is None:
        _refuse("JWT exception")
    try:
        public = jwt.PyJWK.from_json(json.dumps(key))
        return jwt.decode(token, public, algorithms=["RS256"], options=SIGNATURE_ONLY)
    except jwt.InvalidSignatureError as error:
        _refuse("JWT verification failure", error)
    except (jwt.PyJWTError, ValueError) as error:
        _refuse("JWT exception", error)


def _check_claims(lms: Lms, claims: Json) -> None:
    missing = [name for name, source in ASSERTIONS.items() if not claims.get(source)]
    if missing:
        _refuse(f"the following assertions are missing: {','.join(missing)}")
    audience = claims["aud"]
    if lms.issuer("canvas") not in (audience if isinstance(audience, list) else [audience]):
        _refuse("the 'aud' is invalid")
    _check_times(lms.now(), claims["exp"], claims["iat"])


def _check_times(now: int, expires: object, issued: object) -> None:
    if not isinstance(expires, int | float):
        _refuse("the 'exp' must be a number")
    if expires < now:
        _refuse("the JWT has expired")
    if not isinstance(issued, int | float):
        _refuse("the 'iat' must be a number")
    if issued < now - OLDEST_SECONDS:
        _refuse("the 'iat' must be less than 300 seconds old")
    if issued > now + AHEAD_SECONDS:
        _refuse("the 'iat' must not be in the future")


def _read_data(lms: Lms, data: str) -> LinkState:
    try:
        content = jwt.decode(data, lms.data_secret, algorithms=["HS256"], options={"verify_iat": False})
    except jwt.PyJWTError as error:
        _refuse("Do not modify the deep_link_return_url in any way.", error)
    state = LinkState(str(content["placement"]), str(content["nonce"]), content.get("context_module_id"))
    if state.nonce in lms.used_data:
        _refuse("Do not attempt to submit content items multiple times.")
    return state
