"""The token in every form of the console (WTForms, "Creating your own CSRF implementation").

It is derived from a cookie that only the console's pages get: that of the session, or, for browsers without a
session, a random value. Another site neither knows the cookie nor can read the token from our pages.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, cast

from flask import Response, g, request
from wtforms import Form, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields import Field

from lti_tool.services.administration.errors import FormExpired
from lti_tool.web.admin.session_cookie import session_secret, set_console_cookie
from lti_tool.web.current_launch import cookie_name

if TYPE_CHECKING:
    from wtforms.form import BaseForm

PRE_SESSION_COOKIE = "admin_visit"
FIELD = "csrf_token"


class ConsoleCsrf(CSRF):
    """The token of this browser; the library adds the field and calls this to fill and check it."""

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        """Return the token for a page's form."""
        return hmac.new(_secret().encode(), b"form of the console", hashlib.sha256).hexdigest()

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Raise ``ValidationError`` unless the form was made for this browser."""
        if not secrets.compare_digest(str(field.data or "").encode(), self.generate_csrf_token(field).encode()):
            raise ValidationError("the token is of another page")


class ConsoleForm(Form):
    """Base of all forms of the console: with the token, and with messages of our own."""

    class Meta:
        """Options of WTForms."""

        csrf = True
        csrf_class = ConsoleCsrf
        csrf_field_name = FIELD


def form_token() -> str:
    """Return the token for forms that have no other field."""
    return cast("CSRFTokenField", ConsoleForm()[FIELD]).current_token or ""


def check_form() -> None:
    """Raise :class:`FormExpired` unless the posted form has this browser's token."""
    if not ConsoleForm(request.form).validate():
        raise FormExpired


def add_pre_session_cookie(response: Response) -> Response:
    """Set the cookie with a random value, for browsers without a session."""
    if "new_csrf_secret" in g:
        set_console_cookie(response, PRE_SESSION_COOKIE, g.new_csrf_secret)
    return response


def _secret() -> str:
    """Return what the token is derived from."""
    secret = (
        session_secret() or request.cookies.get(cookie_name(PRE_SESSION_COOKIE), "") or g.get("new_csrf_secret", "")
    )
    if not secret:
        secret = g.new_csrf_secret = secrets.token_urlsafe(32)
    return str(secret)
