"""``python -m lti_tool platforms``: the LMSs that may launch the tool."""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy import select

from lti_tool.cli.app_context import details, given, services, which
from lti_tool.cli.examplary_account import account
from lti_tool.cli.platform_check import check
from lti_tool.models import Platform, db


@click.group()
def platforms() -> None:
    """Register, manage and remove the LMSs that may launch the tool."""


platforms.add_command(check)
platforms.add_command(account)


@platforms.command("invite")
@click.option("--name", default="", help="Your name for this LMS; defaults to its own name")
@click.option(
    "--hours", default=72, show_default=True, type=click.IntRange(1, 24 * 30), help="How many hours the link is valid"
)
@click.option("--host", "hosts", multiple=True, help="Another host that may register this LMS; repeatable")
@click.option("--wait", "waits", is_flag=True, help="Refuse launches until you run: platforms on")
def invite(*, name: str, hours: int, hosts: tuple[str, ...], waits: bool) -> None:
    """Print a single-use link with which an LMS administrator registers the tool."""
    with services() as found:
        link = found.registration.invite(name=name, lifetime=timedelta(hours=hours), hosts=hosts, waits=waits)
        click.echo(link)
        click.echo(
            f"Works once, within {hours} hours. In Moodle, paste it into “Tool URL” under “Manage tools”.", err=True
        )


@platforms.command("add")
@which
@details
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID; repeatable")
def add(
    *,
    issuer: str,
    client_id: str,
    deployment_ids: tuple[str, ...],
    frame_hosts: tuple[str, ...],
    presets: tuple[str, ...],
    insecure: bool,
    **values: str | None,
) -> None:
    """Register an LMS with the values it shows after registering the tool."""
    with services() as found:
        known = {"issuer": issuer, "client_id": client_id} | given(values, frame_hosts=frame_hosts, presets=presets)
        row = found.platforms.add(known, insecure=insecure)
        found.platforms.add_deployments(row, deployment_ids)
        click.echo(f"Registered. {row.issuer} can now launch the tool.")
        click.echo(f"To check the connection: {_check(row)}", err=True)


@platforms.command("edit")
@which
@details
@click.option("--new-client-id", default=None, help="New client ID")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID to add; repeatable")
@click.option("--forget-deployment", "forgotten", multiple=True, help="Deployment ID to remove; repeatable")
def edit(
    *,
    issuer: str,
    client_id: str,
    new_client_id: str | None,
    deployment_ids: tuple[str, ...],
    forgotten: tuple[str, ...],
    frame_hosts: tuple[str, ...],
    presets: tuple[str, ...],
    insecure: bool,
    **values: str | None,
) -> None:
    """Change an LMS's registration. Omitted values stay; an empty value (--token-url "") removes one."""
    changes = given(values, frame_hosts=frame_hosts, presets=presets) | (
        {"client_id": new_client_id} if new_client_id is not None else {}
    )
    if not (changes or deployment_ids or forgotten):
        raise click.UsageError("Name at least one value to change.")
    with services() as found:
        row = found.platforms.find(issuer, client_id)
        found.platforms.change(row, changes, insecure=insecure)
        found.platforms.remove_deployments(row, forgotten)
        found.platforms.add_deployments(row, deployment_ids)
        click.echo("Changed.")
        click.echo(f"To check the connection: {_check(row)}", err=True)


@platforms.command("list")
def list_platforms() -> None:
    """Show the registered LMSs and their deployments."""
    with services():
        rows = list(db.session.scalars(select(Platform).order_by(Platform.issuer, Platform.client_id)))
        for row in rows:
            click.echo(f"{row.issuer}  client {row.client_id}  {_state(row)}  {row.name}".rstrip())
            for deployment in row.deployments:
                click.echo(f"    deployment {deployment.deployment_id}")
        if not rows:
            click.echo("No LMS is registered yet. Register one with: python -m lti_tool platforms add --help")


@platforms.command("show")
@which
def show(issuer: str, client_id: str) -> None:
    """Show an LMS's registration, and how many people and exams it has."""
    with services() as found:
        row = found.platforms.find(issuer, client_id)
        stock = found.platforms.usage(row)
        for name in _SHOWN:
            click.echo(f"{name.replace('_', ' ')}: {getattr(row, name) or '-'}")
        click.echo(f"api key: {'its own' if row.api_key_encrypted else 'of the operator'}")
        click.echo(f"presets: {', '.join(f'{name}={value}' for name, value in row.presets.items()) or '-'}")
        click.echo(f"frame hosts: {', '.join(row.frame_hosts) or '-'}")
        click.echo(f"deployments: {', '.join(each.deployment_id for each in row.deployments) or '-'}")
        click.echo(f"state: {_state(row)}")
        click.echo(f"people: {stock.people}, exams: {stock.exams}")


_SHOWN = (
    *("name", "issuer", "client_id", "family", "authorization_url", "jwks_url", "token_url", "token_audience"),
    *("configuration_url", "theme_color"),
)


@platforms.command("off")
@which
def off(issuer: str, client_id: str) -> None:
    """Refuse all launches from an LMS; nothing is deleted."""
    with services() as found:
        found.platforms.change(found.platforms.find(issuer, client_id), {"active": False})
        click.echo("Deactivated.")


@platforms.command("on")
@which
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID to add; repeatable")
def on(issuer: str, client_id: str, deployment_ids: tuple[str, ...]) -> None:
    """Accept launches from an LMS again, or for the first time after `invite --wait`."""
    with services() as found:
        row = found.platforms.find(issuer, client_id)
        found.platforms.change(row, {"active": True})
        found.platforms.add_deployments(row, deployment_ids)
        click.echo("Activated.")


@platforms.command("remove")
@which
@click.option("--with-exams", is_flag=True, help="Also delete its people and their exams, here and at Examplary")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation")
def remove(issuer: str, client_id: str, *, with_exams: bool, yes: bool) -> None:
    """Permanently delete a registration. To stop its launches only, use `off`."""
    with services() as found:
        row = found.platforms.find(issuer, client_id)
        stock = found.platforms.usage(row)
        if not yes:
            click.confirm(f"Permanently delete it, with {stock.people} people and {stock.exams} exams?", abort=True)
        found.platforms.remove(row, with_exams=with_exams)
        click.echo("Removed.")


def _state(platform: Platform) -> str:
    """Return whether the LMS may launch, and whether somebody ever did or its deployment is known."""
    if not platform.active:
        return "off"
    return "active" if platform.deployments else "pending: no one has opened it yet"


def _check(row: Platform) -> str:
    return f"python -m lti_tool platforms check --issuer {row.issuer} --client-id {row.client_id}"
