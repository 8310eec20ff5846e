"""Sign in and out of the console, and passwords."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from lti_tool.models import AdminAccount, db
from lti_tool.services.administration.errors import AdminError
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.admin.csrf import ConsoleForm
from lti_tool.web.admin.forms import explain, tidy
from lti_tool.web.admin.session_cookie import SESSION, delete_console_cookie, session_secret, set_session
from lti_tool.web.current_launch import services


class SignInForm(ConsoleForm):
    """Address and password."""

    email = StringField(_l("E-mail address"), filters=[tidy])
    password = PasswordField(_l("Password"))
    next = HiddenField()


class PasswordForm(ConsoleForm):
    """A new password."""

    password = PasswordField(_l("New password"))


class OwnPasswordForm(PasswordForm):
    """A signed-in administrator's new password."""

    current = PasswordField(_l("Current password"))


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """Ask for address and password."""
    form = SignInForm(request.form, next=request.args.get("next", ""))
    if request.method == "GET":
        return _sign_in_page(form)
    try:
        secret = services().sign_in.by_password(
            form.email.data or "", form.password.data or "", address=request.remote_addr or ""
        )
    except AdminError as error:
        explain(form, error)
        return _sign_in_page(form, error.status)
    return signed_in(secret, form.next.data or "")


@bp.post("/sign-out")
def sign_out() -> Response:
    """End the session of this browser."""
    services().admin_sessions.end(session_secret())
    response = redirect(url_for("admin.sign_in"), 303)
    delete_console_cookie(response, SESSION)
    return response


@bp.route("/password/<secret>", methods=["GET", "POST"])
def password_link(secret: str) -> Response:
    """Set a password by a one-time link, and sign in."""
    account = services().admin_accounts.of_link(secret)
    form = PasswordForm(request.form)
    if request.method == "POST" and _set_password(form, account):
        return signed_in(services().admin_sessions.begin(account, by="link"), "")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return make_response(render_template("admin/password.html", form=form, email=account.email), status)


@bp.route("/password", methods=["GET", "POST"])
def own_password() -> Response:
    """Change one's own password, which ends the sessions of other browsers."""
    account = db.session.get_one(AdminAccount, current_administrator().account_id)
    form = OwnPasswordForm(request.form)
    if request.method == "POST":
        try:
            services().sign_in.confirm(account, form.current.data or "", address=request.remote_addr or "")
        except AdminError as error:
            explain(form, error)
        else:
            if _set_password(form, account):
                return signed_in(services().admin_sessions.begin(account, by="password"), "")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return make_response(render_template("admin/own_password.html", form=form, email=account.email), status)


def signed_in(secret: str, next_path: str) -> Response:
    """Return the redirect to the page that was asked for, with the cookie of the new session."""
    is_ours = next_path.startswith("/admin") and "\\" not in next_path and next_path.isprintable()
    response = redirect(f"{request.script_root}{next_path}" if is_ours else url_for("admin.overview"), 303)
    set_session(response, secret)
    return response


def _sign_in_page(form: SignInForm, status: int = HTTPStatus.OK) -> Response:
    page = render_template("admin/sign_in.html", form=form, sign_on=services().single_sign_on.available)
    return make_response(page, status)


def _set_password(form: PasswordForm, account: AdminAccount) -> bool:
    """Set the password; on failure, explain it in the form and return ``False``."""
    try:
        services().admin_accounts.set_password(account, form.password.data or "", actor=f"admin:{account.id}")
    except AdminError as error:
        explain(form, error)
        return False
    return True
