"""Canvas's OAuth: a teacher's consent and their tokens (see docs/reference/canvas-api.md#oauth2).

The secret and the tokens go to the host of the API key only: redirects are not followed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from lti_tool.lms import account_errors
from lti_tool.lms.account_access import ApiKey, Authorization, LmsIdentity, OAuthTokens
from lti_tool.lms.canvas import scopes
from lti_tool.lms.direct_import import AccountRefused, DirectImportError
from lti_tool.net.errors import HttpError
from lti_tool.net.reader import HttpReader, HttpResponse, Limits, Request

Json = Mapping[str, object]

AUTHORIZE, TOKEN = "/login/oauth2/auth", "/login/oauth2/token"
PURPOSE = "Examplary"
"""Names the token in the teacher's settings in Canvas."""
LIMITS = Limits(max_bytes=256 * 1024, seconds=20.0, read_seconds=15.0)
MAX_LIFETIME = timedelta(days=3650)
LOCAL_IDS = 10**13
"""A global id is the number of the account's shard times this, plus the local id."""
NO_TOKEN = "-"  # noqa: S105 -- not a token: with it, Canvas says whether it knows the key and its secret

_SCOPE = re.compile(r"url:[A-Z]{3,7}\|/[A-Za-z0-9_/:.*-]*[A-Za-z0-9_]")
_ID = re.compile(r"[1-9][0-9]{0,19}")
_REASON = re.compile(r"[a-z_]{1,40}")
_REDIRECT = range(300, 400)


class CanvasAccounts:
    """Implements :class:`~lti_tool.lms.account_access.AccountAccess`."""

    required_scopes = scopes.REQUIRED
    optional_scopes = scopes.OPTIONAL

    def identity(self, grant: Mapping[str, str]) -> LmsIdentity | None:
        """Return host and ``$Canvas.user.id`` of the launch."""
        base_url, user_id = grant.get("base_url", ""), grant.get("user", "")
        return LmsIdentity(base_url, user_id) if base_url and user_id else None

    def authorization_url(self, key: ApiKey, *, redirect_uri: str, state: str, scopes: tuple[str, ...]) -> str:
        """Return the address of the consent page; all scopes are one parameter."""
        query = {
            "client_id": key.client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(scopes),
            "purpose": PURPOSE,
        }
        return f"{key.base_url}{AUTHORIZE}?{urlencode(query)}"

    def scopes_not_granted(self, description: str) -> tuple[str, ...]:
        """Return the scopes in "…requested, but not granted: X, and Y"."""
        return tuple(dict.fromkeys(_SCOPE.findall(description[:4000])))

    def exchange(self, http: HttpReader, key: ApiKey, *, redirect_uri: str, code: str) -> Authorization:
        """Return the tokens for a code, and whose they are.

        Without ``replace_tokens``, which would end the tokens of another installation with the same key.
        """
        document = _ask(http, key, grant_type="authorization_code", redirect_uri=redirect_uri, code=code)
        user = document.get("user")
        user = user if isinstance(user, dict) else {}
        name = user.get("name")
        return Authorization(
            tokens=_tokens(document, refresh_token=""),
            user_ids=_user_ids(user),
            user_name=name.strip()[:255] if isinstance(name, str) and name.isprintable() else "",
            is_masquerade=bool(document.get("real_user")),
        )

    def refresh(self, http: HttpReader, key: ApiKey, tokens: OAuthTokens) -> OAuthTokens:
        """Return a new access token, which ends the old one; the refresh token stays the same."""
        document = _ask(http, key, grant_type="refresh_token", refresh_token=tokens.refresh_token)
        return _tokens(document, refresh_token=tokens.refresh_token)

    def revoke(self, http: HttpReader, key: ApiKey, tokens: OAuthTokens) -> None:
        """Delete the access token and its refresh token. Canvas takes only a valid access token for that."""
        if _delete(http, key, tokens):
            return
        try:
            tokens = self.refresh(http, key, tokens)
        except AccountRefused:
            return
        if not _delete(http, key, tokens):
            raise account_errors.ResponseNotUnderstood("a fresh token can't be deleted", reason="delete")

    def check(self, http: HttpReader, key: ApiKey, *, redirect_uri: str) -> None:
        """Request the consent page without a person, and tokens without a consent: errors name what is wrong."""
        url = self.authorization_url(key, redirect_uri=redirect_uri, state=NO_TOKEN, scopes=self.required_scopes)
        _check_page(_exchange(http, Request(url=f"{url}&prompt=none")), self)
        try:
            self.refresh(http, key, OAuthTokens(access_token=NO_TOKEN, refresh_token=NO_TOKEN))
        except AccountRefused:
            return


def _ask(http: HttpReader, key: ApiKey, **form: str) -> Json:
    """Return the token endpoint's JSON; raise what its refusal means."""
    fields = {"client_id": key.client_id, "client_secret": key.secret, **form}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    request = Request(url=f"{key.base_url}{TOKEN}", method="POST", headers=headers, body=urlencode(fields).encode())
    response = _exchange(http, request)
    document = _json(response)
    if response.status == 200 and document is not None:
        return document
    raise _refusal(response, document or {}, form["grant_type"])


def _exchange(http: HttpReader, request: Request) -> HttpResponse:
    """Send once. Errors are raised outside of ``except``, because a request holds secrets."""
    try:
        response = http.exchange(request, LIMITS)
    except HttpError as error:
        detail = error.detail
    else:
        detail = f"{response.host} answered {response.status}"
        if response.status == 429 or (response.status == 403 and b"Rate Limit Exceeded" in response.body[:200]):
            raise account_errors.AccountsThrottled(detail)
        if response.status < 500:
            return response
    raise account_errors.AccountsUnreachable(detail)


def _refusal(response: HttpResponse, document: Json, grant_type: str) -> DirectImportError:
    """Return the error of a refusal. Descriptions are matched as hypothesis/lms does: codes differ by version."""
    reason, description = _reason(document), str(document.get("error_description", ""))
    detail = f"{response.host} answered {response.status} {reason}".rstrip()
    if reason == "invalid_client" or "incorrect client" in description:
        return account_errors.LmsKeyRejected(detail)
    if grant_type == "refresh_token" and ("refresh_token not found" in description or reason == "invalid_grant"):
        return AccountRefused(detail)
    if "redirect_uri" in description:
        return account_errors.RedirectUriRefused(detail)
    if reason == "invalid_grant":
        return account_errors.CodeRefused(detail)
    return account_errors.ResponseNotUnderstood(detail, reason=reason or str(response.status))


def _delete(http: HttpReader, key: ApiKey, tokens: OAuthTokens) -> bool:
    """Return whether Canvas deleted the tokens."""
    headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": "application/json"}
    response = _exchange(http, Request(url=f"{key.base_url}{TOKEN}", method="DELETE", headers=headers))
    if 200 <= response.status < 300:
        return True
    if response.status in (400, 401, 404):
        return False
    raise account_errors.ResponseNotUnderstood(
        f"{response.host} answered {response.status}", reason=str(response.status)
    )


def _check_page(response: HttpResponse, accounts: CanvasAccounts) -> None:
    """Check the response to a request for the consent page; a login page, on any host, means that it works."""
    document = _json(response) or {}
    if response.status not in _REDIRECT and _reason(document):
        if "redirect_uri" in str(document.get("error_description", "")):
            raise account_errors.RedirectUriRefused(f"{response.host} answered {response.status}")
        raise _refusal(response, document, "authorization_code")
    location = response.headers.get("location", "")
    query = parse_qs(urlsplit(location).query) if location.isprintable() else {}
    reason = query.get("error", [""])[0]
    if reason == "unauthorized_client":
        raise account_errors.KeyOff(reason)
    if reason == "invalid_scope":
        missing = accounts.scopes_not_granted(query.get("error_description", [""])[0])
        raise account_errors.ScopesMissing(reason, scopes=", ".join(missing or accounts.required_scopes))
    if response.status >= 400:
        raise account_errors.ResponseNotUnderstood(f"{response.host} answered {response.status}", reason="-")


def _json(response: HttpResponse) -> Json | None:
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _reason(document: Json) -> str:
    """Return OAuth's error code (RFC 6749 §5.2), and nothing else of the response."""
    code = document.get("error")
    return code if isinstance(code, str) and _REASON.fullmatch(code) else ""


def _tokens(document: Json, *, refresh_token: str) -> OAuthTokens:
    access, refresh = document.get("access_token"), document.get("refresh_token", refresh_token)
    if not _is_token(access) or not _is_token(refresh):
        raise account_errors.ResponseNotUnderstood("no token in the response", reason="token")
    return OAuthTokens(access_token=str(access), refresh_token=str(refresh), expires_at=_expires_at(document))


def _is_token(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4000 and value.isascii() and value.isprintable()


def _expires_at(document: Json) -> datetime | None:
    """Return the end of the access token; Canvas says nothing for keys whose tokens don't expire."""
    seconds = document.get("expires_in")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    return datetime.now(UTC) + timedelta(seconds=max(0, min(seconds, int(MAX_LIFETIME.total_seconds()))))


def _user_ids(user: Json) -> frozenset[str]:
    """Return the local and the global id; nothing if they contradict each other, as in a consortium of accounts."""
    local, overall = _id(user.get("id")), _id(user.get("global_id"))
    if not local or (overall and int(overall) % LOCAL_IDS != int(local) % LOCAL_IDS):
        return frozenset()
    return frozenset(user_id for user_id in (local, overall) if user_id)


def _id(value: object) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isascii() and _ID.fullmatch(text) else ""
