"""Moodle's checks of a deep linking response, and the form that it fills in from it.

See docs/reference/moodle.md#deep-linking. Moodle checks the signature by ``kid``, exp, nbf and iat without leeway, and
iss. It ignores aud, nonce, deployment_id and message_type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

import jwt

from sandbox.importers import html
from sandbox.lms.canvas_response import SIGNATURE_ONLY, ResponseRefused, fetch_keys
from sandbox.lms.state import Json, Lms

NO_KID = "error/Error: kid must be provided in JWT header."
NO_KEYS = (
    r"Exception - mod_lti\local\ltiopenid\jwks_helper::fix_jwks_alg(): Argument #1 ($jwks) "
    "must be of type array, null given"
)
WRONG_ISSUER = "Consumer key is incorrect."
BAD_SIGNATURE = "Exception - Signature verification failed"
UNKNOWN_KID = 'Exception - "kid" invalid, unable to lookup correct key'
EXPIRED = "Exception - Expired token"
GRADE_RANGE = "Invalid grade value. This must be an integer between 1 and 100"
NAME_TOO_LONG = "Maximum of 255 characters"
MAX_NAME = 255
MAX_GRADE = 100


def check_response(lms: Lms, token: str) -> Json:
    """Return the claims of a response. Raises ResponseRefused with Moodle's message."""
    registration = lms.registrations.get("moodle")
    try:
        header = jwt.get_unverified_header(token)
        unverified = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        _refuse("Exception - Wrong number of segments", error)
    if registration is None or unverified.get("iss") != registration.client_id:
        _refuse(WRONG_ISSUER)
    if not header.get("kid"):
        _refuse(NO_KID)
    claims = _verified(lms, token, str(header["kid"]), registration.jwks_uri)
    _check_times(lms.now(), claims)
    return claims


def _refuse(text: str, cause: Exception | None = None) -> NoReturn:
    raise ResponseRefused(text) from cause


def _verified(lms: Lms, token: str, kid: str, jwks_uri: str) -> Json:
    """Verify with the cached keys; if that fails, download the keys again, as Moodle does."""
    cached = lms.tool_keys.get("moodle")
    if isinstance(cached, dict):
        try:
            return _decode(token, kid, cached)
        except ResponseRefused:
            pass
    fresh = fetch_keys(jwks_uri, verify=lms.config.verify_tls)
    if not fresh:
        _refuse(NO_KEYS)
    lms.tool_keys["moodle"] = dict(fresh)
    return _decode(token, kid, fresh)


def _decode(token: str, kid: str, keys: Mapping[str, object]) -> Json:
    if kid not in keys:
        _refuse(UNKNOWN_KID)
    try:
        public = jwt.PyJWK.from_json(json.dumps(keys[kid]))
        return jwt.decode(token, public, algorithms=["RS256"], options=SIGNATURE_ONLY)
    except (jwt.PyJWTError, ValueError) as error:
        _refuse(BAD_SIGNATURE, error)


def _check_times(now: int, claims: Json) -> None:
    for name in ("nbf", "iat"):
        timestamp = claims.get(name)
        if isinstance(timestamp, int | float) and timestamp > now:
            when = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
            _refuse(f"Exception - Cannot handle token with {name} prior to {when}")
    expires = claims.get("exp")
    if isinstance(expires, int | float) and now >= expires:
        _refuse(EXPIRED)


@dataclass(frozen=True, slots=True)
class ActivityForm:
    """Fields of Moodle's External tool form; an empty ``grade`` means no grading."""

    name: str
    intro: str
    toolurl: str
    instructorcustomparameters: str
    grade: str
    resource_id: str
    tag: str
    icon: str

    def problem(self) -> str | None:
        """Return the form's validation error, if any."""
        if len(self.name) > MAX_NAME:
            return NAME_TOO_LONG
        if not self.grade:
            return None
        whole = self.grade.removesuffix(".0")
        return None if whole.isdigit() and 1 <= int(whole) <= MAX_GRADE else GRADE_RANGE

    def custom(self) -> dict[str, str]:
        """Return the custom parameters; a name with capitals is also sent in lower case."""
        pairs = (line.partition("=") for line in self.instructorcustomparameters.splitlines() if "=" in line)
        custom: dict[str, str] = {}
        for name, _, value in pairs:
            custom[name.strip().lower()] = value.strip()
            custom[name.strip()] = value.strip()
        return custom


def form_of(item: Json, tool_name: str) -> ActivityForm:
    """Return the form for a content item of any type; Moodle makes each an External tool."""
    text = str(item.get("html") or item.get("text") or "")
    line_item = item.get("lineItem")
    line = line_item if isinstance(line_item, dict) else None
    icon = item.get("icon")
    return ActivityForm(
        name=html.plain(str(item.get("title") or "")) or tool_name,
        intro=text,
        toolurl=str(item.get("url") or ""),
        instructorcustomparameters=_custom_lines(item.get("custom")),
        grade="" if line is None else str(line.get("scoreMaximum", MAX_GRADE)),
        resource_id=str((line or {}).get("resourceId") or ""),
        tag=str((line or {}).get("tag") or ""),
        icon=str(icon.get("url") or "") if isinstance(icon, dict) else "",
    )


def _custom_lines(custom: object) -> str:
    if not isinstance(custom, dict):
        return ""
    # As in Moodle, true becomes "1" and a line break in a value starts a new parameter.
    return "\n".join(f"{name}={_custom_value(value)}" for name, value in custom.items())


def _custom_value(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
