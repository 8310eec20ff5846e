"""The current LMS, account and permissions; pages shared by all views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from flask import abort, current_app, make_response, render_template, session
from werkzeug.wrappers import Response

from sandbox.lms.config import ACCOUNTS, Account
from sandbox.lms.state import Lms

T = TypeVar("T")


def current_lms() -> Lms:
    """Return the LMS of the current app."""
    return cast("Lms", current_app.extensions["lms"])


def current_account() -> Account | None:
    """Return the logged-in account, if the browser sent its cookie."""
    return next((account for account in ACCOUNTS if account.key == session.get("account")), None)


def require_account() -> Account:
    """Return the logged-in account; otherwise abort with the login page and status 401."""
    account = current_account()
    if account is None:
        abort(make_response(render_template("login.html", accounts=ACCOUNTS, account=None), 401))
    return account


def require_teacher() -> Account:
    """Return the logged-in teacher; abort with status 403 for a student."""
    account = require_account()
    if not account.teacher:
        abort(message_page("You are not allowed to see this page.", 403))
    return account


def message_page(text: str, status: int) -> Response:
    """Return a page with one sentence."""
    return make_response(render_template("message.html", text=text, account=current_account()), status)


def or_404(value: T | None) -> T:
    """Return ``value``; abort with status 404 if it is None."""
    if value is None:
        abort(404)
    return value


def posting_page(action: str, fields: Mapping[str, str]) -> Response:
    """Return a page with a form of hidden inputs that submits itself."""
    return make_response(render_template("posting.html", action=action, fields=fields))
