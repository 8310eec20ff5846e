"""Canvas's OAuth2: the consent page and the token endpoint (see docs/reference/canvas-api.md#oauth2)."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response

from sandbox.lms.canvas_ids import api_user
from sandbox.lms.canvas_tokens import TOKEN_COST, TOKEN_SECONDS, Authorization, CanvasTokens
from sandbox.lms.config import ACCOUNTS, ApiKey
from sandbox.lms.session import current_account, current_lms, require_account

bp = Blueprint("canvas_oauth", __name__, url_prefix="/login/oauth2")
NOT_GRANTED = (
    "A requested scope is invalid, unknown, malformed, or exceeds the scope granted by the resource owner. "
    "The following scopes were requested, but not granted: {}"
)
THROTTLED = "403 Forbidden (Rate Limit Exceeded)\n"


@bp.get("/auth")
def ask() -> Response:
    """Show the consent page, or go back to the application with an error."""
    if request.args.get("force_login") == "1" and not session.pop("forced", False):
        session.clear()
        session["forced"] = True
    key = _tokens().keys.get(request.args.get("client_id", ""))
    if key is None:
        return _json_error(401, "invalid_client", "unknown client")
    if request.args.get("redirect_uri") not in key.redirect_uris:
        return _json_error(400, "invalid_request", "redirect_uri does not match client settings")
    error = _request_error(key)
    if error is not None:
        return _back(error)
    account = require_account()
    session["consent"] = secrets.token_urlsafe(16)
    page = render_template("canvas_consent.html", account=account, key=key, token=session["consent"])
    return make_response(page)


def _request_error(key: ApiKey) -> dict[str, str] | None:
    missing = [scope for scope in _scopes() if key.scopes is not None and scope not in key.scopes]
    if missing or (key.scopes is not None and not _scopes()):
        names = ", ".join(missing[:-1]) + (", and " if len(missing) > 1 else "") + "".join(missing[-1:])
        return {"error": "invalid_scope", "error_description": NOT_GRANTED.format(names)}
    if not key.is_on:
        description = "The client is not authorized to request an authorization code using this method"
        return {"error": "unauthorized_client", "error_description": description}
    if request.args.get("response_type") != "code":
        return {"error": "unsupported_response_type"}
    if request.args.get("prompt") == "none":
        return {"error": "login_required" if current_account() is None else "interaction_required"}
    return None


@bp.post("/confirm")
def confirm() -> Response:
    """Take the answer of the consent page."""
    account, key = require_account(), _tokens().keys.get(request.args.get("client_id", ""))
    redirect_uri = request.args.get("redirect_uri", "")
    is_ours = secrets.compare_digest(request.form.get("token", ""), session.pop("consent", "-"))
    if key is None or redirect_uri not in key.redirect_uris or not is_ours:
        return _json_error(400, "invalid_request", "redirect_uri does not match client settings")
    if request.form.get("answer") != "authorize":
        description = "The resource owner or authorization server denied the request."
        return _back({"error": "access_denied", "error_description": description})
    return _back({"code": _tokens().make_code(key, redirect_uri, account.key, _scopes())})


def _back(parameters: dict[str, str]) -> Response:
    """Redirect to the application with these parameters and its ``state``."""
    state = {"state": request.args["state"]} if "state" in request.args else {}
    separator = "&" if "?" in request.args["redirect_uri"] else "?"
    return make_response(redirect(f"{request.args['redirect_uri']}{separator}{urlencode(parameters | state)}"))


def _scopes() -> tuple[str, ...]:
    return tuple(request.args.get("scope", "").split())


@bp.post("/token")
def token() -> Response:
    """Exchange a code or a refresh token for an access token."""
    with current_lms().canvas_lock:
        bucket, now = _tokens().bucket(f"address {request.remote_addr}"), _tokens().now()
        if bucket.remaining(now) < TOKEN_COST:
            return throttled(403)
        bucket.spend(TOKEN_COST, now)
        key = _tokens().keys.get(request.form.get("client_id", ""))
        secret = request.form.get("client_secret", "")
        if key is not None and key.is_on and secrets.compare_digest(key.secret.encode(), secret.encode()):
            return _exchange(key)
    response = _json_error(401, "invalid_client", "invalid client")
    response.headers["WWW-Authenticate"] = "Canvas OAuth 2.0"
    return response


def _exchange(key: ApiKey) -> Response:
    form = request.form
    if form.get("grant_type") == "authorization_code":
        outcome = _tokens().redeem(form.get("code", ""), key.client_id, form.get("redirect_uri", ""))
        if isinstance(outcome, str):
            return _json_error(400, "invalid_grant", outcome)
        return _granted(outcome, refresh_token=outcome.refresh_token)
    if form.get("grant_type") == "refresh_token":
        refreshed = _tokens().refresh(form.get("refresh_token", ""), key.client_id)
        if refreshed is None:
            return _json_error(400, "invalid_request", "refresh_token not found")
        return _granted(refreshed)
    return _json_error(400, "unsupported_grant_type", "The grant_type you requested is not currently supported")


def _granted(authorization: Authorization, **more: str) -> Response:
    account = next(account for account in ACCOUNTS if account.key == authorization.account)
    answer: dict[str, object] = {
        "access_token": authorization.access_token,
        "token_type": "Bearer",
        "user": {**api_user(account), "effective_locale": "en"},
        "canvas_region": "us-east-1",
        "expires_in": TOKEN_SECONDS,
        **more,
    }
    if current_lms().canvas.behaviour.masquerade:
        answer["real_user"] = {"id": 1, "name": "Ada Admin", "global_id": "10000000000001"}
    return jsonify(answer)


@bp.delete("/token")
def delete() -> tuple[Response, int]:
    """Forget the authorization of the bearer."""
    authorization = _tokens().by_access_token(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if authorization is None:
        return jsonify(errors=[{"message": "Invalid access token."}]), 400
    _tokens().delete(authorization)
    return jsonify({}), 200


def throttled(status: int) -> Response:
    """Return Canvas's answer to too many requests."""
    response = make_response(THROTTLED if status == 403 else "429 Too Many Requests (Rate Limit Exceeded)\n", status)
    response.mimetype = "text/plain"
    response.headers["x-rate-limit-remaining"] = "0.0"
    return response


def _json_error(status: int, error: str, description: str) -> Response:
    return make_response(jsonify(error=error, error_description=description), status)


def _tokens() -> CanvasTokens:
    return current_lms().canvas_tokens
