"""Who is looking, and what they may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from flask import abort, current_app, make_response, render_template, session
from werkzeug.wrappers import Response

from sandbox.lms.config import ACCOUNTS, Account
from sandbox.lms.state import Lms

T = TypeVar("T")


def current_lms() -> Lms:
    """The LMS of this app."""
    lms = current_app.extensions["lms"]
    assert isinstance(lms, Lms)  # noqa: S101 -- create_lms put it there
    return lms


def current_account() -> Account | None:
    """Whoever is logged in, if the cookie came along."""
    return next((account for account in ACCOUNTS if account.key == session.get("account")), None)


def require_account() -> Account:
    """Whoever is logged in; otherwise the login page with status 401."""
    account = current_account()
    if account is None:
        abort(make_response(render_template("login.html", accounts=ACCOUNTS, account=None), 401))
    return account


def require_teacher() -> Account:
    """A teacher; a student gets status 403 and a plain sentence."""
    account = require_account()
    if not account.teacher:
        abort(refusal_page("You are not allowed to see this page.", 403))
    return account


def refusal_page(text: str, status: int) -> Response:
    """A page with one sentence of the LMS's own."""
    return make_response(render_template("message.html", text=text, account=current_account()), status)


def or_404(found: T | None) -> T:
    """What was found, or the plain page of a missing thing."""
    if found is None:
        abort(404)
    return found


def posting_page(action: str, fields: Mapping[str, str]) -> Response:
    """A page whose form posts itself: the hidden inputs are the message."""
    return make_response(render_template("posting.html", action=action, fields=fields))
