"""``python -m lti_tool platforms``: the LMSs that may launch the tool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from config.settings import read_settings
from lti_tool import create_app
from lti_tool.models import Deployment, Platform, db
from lti_tool.services import Services


@click.group()
def platforms() -> None:
    """Register and list the LMSs that may launch the tool."""


@platforms.command("invite")
@click.option("--name", default="", help="What you call this LMS; its own name if left away")
@click.option("--hours", default=72, show_default=True, type=click.IntRange(1, 24 * 30), help="How long the link works")
@click.option("--host", "hosts", multiple=True, help="Further host that speaks for this LMS")
@click.option("--wait", "waits", is_flag=True, help="Launches are refused until you say: platforms on")
def invite(*, name: str, hours: int, hosts: tuple[str, ...], waits: bool) -> None:
    """Print a link by which the administrator of an LMS registers the tool, once."""
    with _database():
        services: Services = current_app.extensions["services"]
        link = services.registration.invite(name=name, lifetime=timedelta(hours=hours), hosts=hosts, waits=waits)
        click.echo(link)
        click.echo(f"Works once, within {hours} hours. In Moodle it is the “Tool URL” of “Manage tools”.", err=True)


@platforms.command("add")
@click.option("--issuer", required=True, help="Platform ID, for example https://moodle.example.org")
@click.option("--client-id", required=True, help="Client ID that the LMS gave the tool")
@click.option("--authorization-url", required=True, help="Authentication request URL")
@click.option("--jwks-url", required=True, help="Public keyset URL")
@click.option("--token-url", default="", help="Access token URL")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID; may be given several times")
@click.option("--name", default="", help="What you call this LMS")
@click.option("--family", default="", help="canvas, moodle, …; found out by itself if left away")
@click.option("--frame-host", "frame_hosts", multiple=True, help="Further origin on which this LMS shows frames")
@click.option("--theme-color", default="", help="Colour of Examplary's form, like #4f46e5")
def add(
    *,
    issuer: str,
    client_id: str,
    authorization_url: str,
    jwks_url: str,
    token_url: str,
    deployment_ids: tuple[str, ...],
    name: str,
    family: str,
    frame_hosts: tuple[str, ...],
    theme_color: str,
) -> None:
    """Register an LMS by the values that it shows after it has registered the tool."""
    platform = Platform(
        issuer=issuer.strip(),
        client_id=client_id.strip(),
        authorization_url=authorization_url.strip(),
        jwks_url=jwks_url.strip(),
        token_url=token_url.strip(),
        name=name,
        family=family,
        frame_hosts=list(frame_hosts),
        theme_color=theme_color,
        deployments=[Deployment(deployment_id=deployment_id) for deployment_id in deployment_ids],
    )
    with _database():
        db.session.add(platform)
        try:
            db.session.commit()
        except IntegrityError as error:
            raise click.ClickException("This issuer and client ID are registered already.") from error
        click.echo(f"Registered. {issuer} may launch the tool now.")


@platforms.command("list")
def list_platforms() -> None:
    """Show the registered LMSs and their deployments."""
    with _database():
        rows = list(db.session.scalars(select(Platform).order_by(Platform.issuer, Platform.client_id)))
        for row in rows:
            state = _state(row)
            click.echo(f"{row.issuer}  client {row.client_id}  {state}  {row.name}".rstrip())
            for deployment in row.deployments:
                click.echo(f"    deployment {deployment.deployment_id}")
        if not rows:
            click.echo("No LMS is registered yet. Register one with: python -m lti_tool platforms add --help")


@platforms.command("off")
@click.option("--issuer", required=True)
@click.option("--client-id", required=True)
def off(issuer: str, client_id: str) -> None:
    """Refuse all launches of an LMS; nothing is deleted."""
    with _database():
        _platform(issuer, client_id).active = False
        db.session.commit()
        click.echo("Switched off.")


@platforms.command("on")
@click.option("--issuer", required=True)
@click.option("--client-id", required=True)
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID to accept from now on")
def on(issuer: str, client_id: str, deployment_ids: tuple[str, ...]) -> None:
    """Take launches of an LMS: after a registration that waits, or after "off"."""
    with _database():
        platform = _platform(issuer, client_id)
        platform.active = True
        known = {each.deployment_id for each in platform.deployments}
        platform.deployments += [Deployment(deployment_id=each) for each in deployment_ids if each not in known]
        db.session.commit()
        click.echo("Switched on.")


def _platform(issuer: str, client_id: str) -> Platform:
    query = select(Platform).where(Platform.issuer == issuer, Platform.client_id == client_id)
    platform = db.session.scalar(query)
    if platform is None:
        raise click.ClickException("No such LMS. See: python -m lti_tool platforms list")
    return platform


def _state(platform: Platform) -> str:
    """Return whether the LMS may launch, and whether somebody ever did or its deployment is known."""
    if not platform.active:
        return "off"
    return "active" if platform.deployments else "pending: nobody has opened it yet"


@contextmanager
def _database() -> Iterator[None]:
    with create_app(read_settings()).app_context():
        yield
