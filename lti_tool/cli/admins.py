"""``python -m lti_tool admins``: accounts of the console at ``/admin``."""

from __future__ import annotations

from typing import TextIO

import click

from lti_tool.cli.app_context import services
from lti_tool.cli.output import say
from lti_tool.models import AdminAccount, AdminRole, Platform
from lti_tool.services import Services
from lti_tool.services.administration.accounts import AccountChange

ROLES = click.Choice([role.value for role in AdminRole])
_PLATFORM = "Platform ID (issuer) that the account sees, followed by the client ID if it isn't the only one; repeatable"


@click.group()
def admins() -> None:
    """Manage the accounts of the console at /admin."""


@admins.command("add")
@click.argument("email")
@click.option("--name", default="", help="Name of the person")
@click.option("--role", type=ROLES, help="[default: owner for the first account, then administrator]")
@click.option("--platform", "platforms", multiple=True, metavar="'ISSUER [CLIENT_ID]'", help=_PLATFORM)
@click.option("--all-platforms", is_flag=True, help="See every LMS, also those registered later; owners always do")
@click.option("--password-file", type=click.File(), help="File with the password; - for standard input")
def add(
    *,
    email: str,
    name: str,
    role: str | None,
    platforms: tuple[str, ...],
    all_platforms: bool,
    password_file: TextIO | None,
) -> None:
    """Add an account and print a one-time link with which its holder sets a password.

    With --password-file no link is made. No option takes the password itself: it would end up in the shell history.
    """
    with services() as app_services:
        change = AccountChange(name=name, all_platforms=all_platforms, platforms=_platforms(app_services, platforms))
        default_role = AdminRole.ADMINISTRATOR if app_services.admin_accounts.all() else AdminRole.OWNER
        chosen = AdminRole(role) if role else default_role
        row = app_services.admin_accounts.add(email, chosen, change)
        say(f"Added {row.email} ({row.role}).", err=True)
        if not (all_platforms or platforms or chosen == AdminRole.OWNER):
            say("It sees no LMS yet: admins edit … --platform, or --all-platforms.", err=True)
        _give_access(app_services, row, password_file)


@admins.command("list")
def list_admins() -> None:
    """Show the accounts."""
    with services() as app_services:
        rows = app_services.admin_accounts.all()
        for row in rows:
            say(_line(row))
        if not rows:
            say("No account yet. Add one with: python -m lti_tool admins add you@example.org")


@admins.command("edit")
@click.argument("email")
@click.option("--name", default=None, help="Name of the person")
@click.option("--role", type=ROLES, default=None)
@click.option(
    "--platform", "platforms", multiple=True, metavar="'ISSUER [CLIENT_ID]'", help=f"{_PLATFORM}; replaces all"
)
@click.option("--all-platforms/--some-platforms", default=None, help="Whether it sees every LMS")
def edit(
    *, email: str, name: str | None, role: str | None, platforms: tuple[str, ...], all_platforms: bool | None
) -> None:
    """Change an account's name, role, or the LMSs that it sees."""
    if (name, role, all_platforms) == (None, None, None) and not platforms:
        raise click.UsageError("Specify at least one value to change.")
    with services() as app_services:
        change = AccountChange(
            name=name,
            role=AdminRole(role) if role else None,
            all_platforms=all_platforms,
            platforms=_platforms(app_services, platforms) if platforms else None,
        )
        app_services.admin_accounts.change(app_services.admin_accounts.find(email), change)
        say("Changed.")


@admins.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Switch an account off and sign it out everywhere."""
    with services() as app_services:
        app_services.admin_accounts.change(app_services.admin_accounts.find(email), AccountChange(active=False))
        say("Switched off.")


@admins.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Switch an account on again."""
    with services() as app_services:
        app_services.admin_accounts.change(app_services.admin_accounts.find(email), AccountChange(active=True))
        say("Switched on.")


@admins.command("password")
@click.argument("email")
@click.option("--password-file", type=click.File(), help="File with the password; - for standard input")
def password(email: str, password_file: TextIO | None) -> None:
    """Print a one-time link for a new password, or set the one in --password-file."""
    with services() as app_services:
        _give_access(app_services, app_services.admin_accounts.find(email), password_file)


@admins.command("recover")
@click.argument("email")
def recover(email: str) -> None:
    """Recover an account that is locked out: switch the account on and print a link for a new password.

    The link works whatever else is wrong: too many attempts, a forgotten password, single sign-on that is down.
    """
    with services() as app_services:
        say(app_services.admin_accounts.recover(app_services.admin_accounts.find(email)))
        say("Works once, within a day.", err=True)


def _give_access(app_services: Services, row: AdminAccount, password_file: TextIO | None) -> None:
    if password_file is None:
        say(app_services.admin_accounts.make_link(row))
        say("Works once, within a day: it asks for a new password.", err=True)
        return
    app_services.admin_accounts.set_password(row, password_file.read(1000).rstrip("\r\n"))
    say("The password is set.", err=True)


def _platforms(app_services: Services, names: tuple[str, ...]) -> list[Platform]:
    """Return the platforms of options such as ``https://moodle.example.org`` or ``ISSUER CLIENT_ID``."""
    platforms: list[Platform] = []
    for name in names:
        issuer, _, client_id = name.strip().partition(" ")
        platforms.append(app_services.platforms.find(issuer, client_id.strip()))
    return platforms


def _line(row: AdminAccount) -> str:
    sees = "all LMSs" if row.all_platforms or row.role == AdminRole.OWNER else f"{len(row.platforms)} LMSs"
    access = ["password"] if row.password_hash else []
    access += ["single sign-on"] if row.sso_subject else []
    last_sign_in = f"{row.signed_in_at:%Y-%m-%d %H:%M}" if row.signed_in_at else "never signed in"
    facts = (
        row.email,
        row.role,
        sees,
        "on" if row.active else "off",
        ", ".join(access) or "no password",
        last_sign_in,
        row.name,
    )
    return "  ".join(filter(None, facts))
