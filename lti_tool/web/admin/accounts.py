"""Accounts of the console, for owners."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are those of 3.2

from lti_tool.models import AdminAccount, AdminRole, Platform, db
from lti_tool.services.administration.accounts import AccountChange
from lti_tool.services.administration.errors import AdminError, NotForThisAccount
from lti_tool.web.admin.blueprint import bp, current_administrator
from lti_tool.web.admin.csrf import ConsoleForm
from lti_tool.web.admin.forms import explain, tidy
from lti_tool.web.current_launch import services

ROLES = (
    SelectChoice(AdminRole.OWNER.value, _l("Owner: everything, accounts included")),
    SelectChoice(AdminRole.ADMINISTRATOR.value, _l("Administrator: changes the platforms chosen below")),
    SelectChoice(AdminRole.READER.value, _l("Read only: looks at the platforms chosen below")),
)
PLATFORM_CHOICES = (SelectChoice("all", _l("All, also those added later")), SelectChoice("some", _l("Only these:")))


class AccountForm(ConsoleForm):
    """The holder of an account, and what they may see and do."""

    email = StringField(_l("E-mail address"), filters=[tidy])
    name = StringField(_l("Name"), filters=[tidy])
    role = RadioField(_l("Role"), choices=ROLES, default=AdminRole.ADMINISTRATOR.value)
    sees = RadioField(_l("Platforms"), choices=PLATFORM_CHOICES, default="some")
    platforms = SelectMultipleField(_l("Platforms"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- as WTForms declares it
        super().__init__(*args, **kwargs)
        query = select(Platform.id, Platform.name, Platform.issuer, Platform.client_id).order_by(Platform.issuer)
        self.platforms.choices = [
            SelectChoice(row.id, f"{row.name or row.issuer} ({row.client_id})") for row in db.session.execute(query)
        ]

    def change(self) -> AccountChange:
        """Return what the form asks for."""
        platform_ids = self.platforms.data or []
        query = select(Platform).where(Platform.id.in_(platform_ids))
        platforms = list(db.session.scalars(query)) if platform_ids else []
        return AccountChange(
            name=self.name.data or "",
            role=AdminRole(self.role.data),
            all_platforms=self.sees.data == "all",
            platforms=platforms,
        )


@bp.get("/accounts")
def owners_accounts() -> str:
    """List the accounts."""
    return render_template("admin/accounts.html", accounts=services().admin_accounts.all())


@bp.route("/accounts/new", methods=["GET", "POST"])
def owners_new_account() -> Response:
    """Add an account, and show the link with which its holder sets a password."""
    form = AccountForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            account = services().admin_accounts.add(
                form.email.data or "",
                AdminRole(form.role.data),
                form.change(),
                actor=current_administrator().actor,
            )
        except AdminError as error:
            explain(form, error)
        else:
            return _link_page(account)
    return _account_page(form, None)


@bp.route("/accounts/<account_id>", methods=["GET", "POST"])
def owners_account(account_id: str) -> Response:
    """Change an account."""
    account = _account(account_id)
    form = AccountForm(request.form, data=_values(account))
    if request.method == "POST" and form.validate():
        try:
            services().admin_accounts.change(account, form.change(), actor=current_administrator().actor)
        except AdminError as error:
            db.session.rollback()
            explain(form, error)
        else:
            return redirect(url_for("admin.owners_accounts"), 303)
    return _account_page(form, account)


@bp.post("/accounts/<account_id>/link")
def owners_account_link(account_id: str) -> Response:
    """Show a new one-time link for a password."""
    return _link_page(_account(account_id))


@bp.post("/accounts/<account_id>/<any(on, off):state>")
def owners_switch_account(account_id: str, state: str) -> Response:
    """Switch an account on or off."""
    change = AccountChange(active=state == "on")
    services().admin_accounts.change(_account(account_id), change, actor=current_administrator().actor)
    return redirect(url_for("admin.owners_account", account_id=account_id), 303)


def _account(account_id: str) -> AdminAccount:
    account = db.session.get(AdminAccount, account_id) if account_id.isprintable() else None
    if account is None:
        raise NotForThisAccount(f"account {account_id[:40]!r}")
    return account


def _values(account: AdminAccount) -> dict[str, object]:
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "sees": "all" if account.all_platforms else "some",
        "platforms": [permission.platform_id for permission in account.platforms],
    }


def _account_page(form: AccountForm, account: AdminAccount | None) -> Response:
    sessions = services().admin_sessions.count(account) if account else 0
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    page = render_template("admin/account.html", form=form, account=account, sessions=sessions)
    return make_response(page, status)


def _link_page(account: AdminAccount) -> Response:
    link = services().admin_accounts.make_link(account, actor=current_administrator().actor)
    return make_response(render_template("admin/account_link.html", account=account, link=link))
