"""``python -m lti_tool platforms``: manage the registered LMSs."""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy import select

from lti_tool.cli.app_context import new_platform_options, platform_options, provided, registration_options, services
from lti_tool.cli.canvas_api import canvas_api
from lti_tool.cli.examplary_account import account
from lti_tool.cli.output import say
from lti_tool.cli.platform_check import check
from lti_tool.cli.platform_settings import setting_lines, setting_options
from lti_tool.lti.protocol.platform_configuration import is_issuers_own
from lti_tool.models import OPERATOR, Platform, db
from lti_tool.services.generations.presets import preset_lines
from lti_tool.services.platforms.merging import merge_platforms
from lti_tool.services.platforms.moving import move_platform
from lti_tool.services.platforms.pasted_values import tidy_text
from lti_tool.services.platforms.platform_states import PlatformNote, PlatformState, PlatformStatus

_COLUMNS = (
    "name",
    "issuer",
    "client_id",
    "family",
    "authorization_url",
    "jwks_url",
    "token_url",
    "token_audience",
    "configuration_url",
    "registered_from",
    "theme_color",
    "notes",
    "question_tag",
    "title_prefix",
)
_STATES = {
    PlatformState.OFF: "off",
    PlatformState.WAITING: "waiting for the first launch",
    PlatformState.WORKING: "working",
    PlatformState.FAILING: "launches are refused",
    PlatformState.CLOCK_OFF: "launches are refused: the clocks differ",
    PlatformState.KEYS_STALE: "working with old keys: the keyset URL doesn't respond",
}
_NOTES = {
    PlatformNote.NAMES_WITHHELD: "names of teachers withheld",
    PlatformNote.WRONG_PLACEMENT: "opened only where nothing can be added",
    PlatformNote.FORMATS_WITHHELD: "no format offered that the LMS imports",
    PlatformNote.NEW_SCOPES: "the API key lacks scopes that are needed now",
    PlatformNote.CHECK_FAILED: "the latest check failed",
}


@click.group()
def platforms() -> None:
    """Register, manage and remove the LMSs that may launch the tool."""


platforms.add_command(check)
platforms.add_command(account)
platforms.add_command(canvas_api)


@platforms.command("invite")
@click.option("--name", default="", help="Your name for this LMS; defaults to its own name")
@click.option(
    "--hours", default=72, show_default=True, type=click.IntRange(1, 24 * 30), help="How many hours the link is valid"
)
@click.option("--host", "hosts", multiple=True, help="Another host that may speak for this LMS; repeatable")
@click.option(
    "--for",
    "replaced",
    nargs=2,
    metavar="ISSUER CLIENT_ID",
    help="Replace this registration, which no other link can change",
)
@click.option("--wait", "waits", is_flag=True, help="Refuse launches until you run: platforms on")
def invite(*, name: str, hours: int, hosts: tuple[str, ...], replaced: tuple[str, str] | None, waits: bool) -> None:
    """Print a single-use link with which an LMS administrator registers the tool."""
    with services() as app_services:
        link = app_services.registration.invite(
            name=name,
            lifetime=timedelta(hours=hours),
            hosts=hosts,
            waits=waits,
            replaces=app_services.platforms.find(*replaced) if replaced else None,
        )
        say(link)
        say(f"Works once, within {hours} hours. In Moodle, paste it into “Tool URL” under “Manage tools”.", err=True)


@platforms.command("add")
@new_platform_options
@registration_options
@setting_options
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID; repeatable")
def add(
    *,
    issuer: str,
    client_id: str,
    deployment_ids: tuple[str, ...],
    insecure: bool,
    **values: str | bool | tuple[str, ...] | None,
) -> None:
    """Register an LMS with the values it shows after registering the tool."""
    with services() as app_services:
        columns = {"issuer": issuer, "client_id": client_id} | provided(values)
        row = app_services.platforms.add(columns, [*map(tidy_text, deployment_ids)], insecure=insecure)
        say(f"Registered. {row.issuer} can now launch the tool.")
        say(f"To check the connection: {_check_command(row)}", err=True)


@platforms.command("edit")
@platform_options
@registration_options
@setting_options
@click.option("--new-client-id", default=None, help="New client ID")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID to add; repeatable")
@click.option("--forget-deployment", "removed", multiple=True, help="Deployment ID to remove; repeatable")
def edit(
    *,
    issuer: str,
    client_id: str,
    new_client_id: str | None,
    deployment_ids: tuple[str, ...],
    removed: tuple[str, ...],
    insecure: bool,
    **values: str | bool | tuple[str, ...] | None,
) -> None:
    """Change an LMS's registration. Omitted values stay; an empty value (--token-url "") removes one."""
    changes = provided(values) | ({"client_id": new_client_id} if new_client_id is not None else {})
    if not (changes or deployment_ids or removed):
        raise click.UsageError("Specify at least one value to change.")
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        app_services.platforms.change(row, changes, insecure=insecure)
        app_services.platforms.remove_deployments(row, removed)
        app_services.platforms.add_deployments(row, [*map(tidy_text, deployment_ids)])
        say("Changed.")
        say(f"To check the connection: {_check_command(row)}", err=True)


@platforms.command("list")
def list_platforms() -> None:
    """Show the registered LMSs and their deployments."""
    with services() as app_services:
        rows = list(db.session.scalars(select(Platform).order_by(Platform.issuer, Platform.client_id)))
        for row in rows:
            origin = f"  from {row.registered_from}" if _is_foreign(row) else ""
            state = state_line(app_services.platform_states.of(row))
            say(f"{row.issuer}  client {row.client_id}  {state}{origin}  {row.name}".rstrip())
            for deployment in row.deployments:
                say(f"    deployment {deployment.deployment_id}{'' if deployment.active else '  off'}")
        if not rows:
            say("No LMS is registered yet. Register one with: python -m lti_tool platforms add --help")


@platforms.command("show")
@platform_options
def show(issuer: str, client_id: str) -> None:
    """Show an LMS's registration, and how many people and exams it has."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        usage = app_services.platforms.usage(row)
        for name in _COLUMNS:
            say(f"{name.replace('_', ' ')}: {getattr(row, name) or '-'}")
        say(f"api key: {'its own' if row.api_key_encrypted else 'of the operator'}")
        say(f"teachers must confirm their review: {'yes' if row.requires_review else 'no'}")
        for line in setting_lines(row, app_services.settings):
            say(line)
        say(f"presets: {', '.join(preset_lines(row.presets)) or '-'}")
        say(f"frame hosts: {', '.join(row.frame_hosts) or '-'}")
        say(f"deployments: {', '.join(deployment.deployment_id for deployment in row.deployments) or '-'}")
        say(f"state: {state_line(app_services.platform_states.of(row))}")
        say(f"people: {usage.people}, exams: {usage.exams}")


@platforms.command("off")
@platform_options
def off(issuer: str, client_id: str) -> None:
    """Refuse all launches from an LMS, and end its open pages and package links; nothing is deleted.

    Except for teachers' permissions for its API: these are revoked.
    """
    with services() as app_services:
        app_services.platforms.change(app_services.platforms.find(issuer, client_id), {"active": False})
        say("Deactivated.")


@platforms.command("on")
@platform_options
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Deployment ID to add; repeatable")
def on(issuer: str, client_id: str, deployment_ids: tuple[str, ...]) -> None:
    """Accept launches from an LMS again, or for the first time after `invite --wait`."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        app_services.platforms.change(row, {"active": True})
        app_services.platforms.add_deployments(row, deployment_ids)
        say("Activated.")


@platforms.command("test-launch")
@platform_options
@click.option("--end", is_flag=True, help="End the running test")
def test_launch(issuer: str, client_id: str, *, end: bool) -> None:
    """Show your own launches instead of opening them, for ten minutes: prints the code to type in the LMS."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        if end:
            app_services.launch_tests.end(row, actor=OPERATOR)
            say("Ended.")
            return
        say(app_services.launch_tests.start(row, actor=OPERATOR).code)
        say("Open Examplary from the LMS, enter the code, and open it again.", err=True)


@platforms.command("move")
@platform_options
@click.option("--to", "new_issuer", required=True, help="New platform ID (issuer) of the LMS")
@click.option("--insecure", is_flag=True, help="Allow addresses without TLS, for tests")
def move(issuer: str, client_id: str, new_issuer: str, *, insecure: bool) -> None:
    """Follow an LMS that has moved to another host: its people and exams stay."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        for name, value in move_platform(app_services.platforms, row, new_issuer, insecure=insecure).items():
            say(f"{name.replace('_', ' ')}: {value}")


@platforms.command("merge")
@platform_options
@click.option("--into", "stays", required=True, help="Client ID of the registration that stays, of the same issuer")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation")
def merge(issuer: str, client_id: str, stays: str, *, yes: bool) -> None:
    """Merge a registration into another one of the same LMS, with its people, exams and deployments."""
    with services() as app_services:
        duplicate = app_services.platforms.find(issuer, client_id)
        into = app_services.platforms.find(issuer, stays)
        usage = app_services.platforms.usage(duplicate)
        if not yes:
            click.confirm(f"Merge it, with {usage.people} people and {usage.exams} exams, and remove it?", abort=True)
        merge_platforms(duplicate, into)
        say("Merged.")


@platforms.command("remove")
@platform_options
@click.option("--with-exams", is_flag=True, help="Also delete its people and their exams, here and at Examplary")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation")
def remove(issuer: str, client_id: str, *, with_exams: bool, yes: bool) -> None:
    """Permanently delete a registration. To stop its launches only, use `off`."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        usage = app_services.platforms.usage(row)
        if not yes:
            click.confirm(f"Permanently delete it, with {usage.people} people and {usage.exams} exams?", abort=True)
        app_services.platforms.remove(row, with_exams=with_exams)
        say("Removed.")


def state_line(status: PlatformStatus) -> str:
    """Return the state of a platform in a few words."""
    facts = [_STATES[status.state]]
    if status.since is not None:
        facts.append(f"since {status.since:%Y-%m-%d %H:%M} ({status.code})")
    if status.launched_at is not None:
        facts.append(f"last launch {status.launched_at:%Y-%m-%d %H:00}")
    return ", ".join([*facts, *(_NOTES[note] for note in status.notes)])


def _is_foreign(platform: Platform) -> bool:
    """Return whether a host other than the issuer's own registered this LMS."""
    return bool(platform.registered_from) and not is_issuers_own(platform.registered_from, platform.issuer)


def _check_command(row: Platform) -> str:
    return f"python -m lti_tool platforms check --issuer {row.issuer} --client-id {row.client_id}"
