"""``python -m lti_tool platforms canvas-api``: the API key with which quizzes are added to Canvas directly."""

from __future__ import annotations

from typing import TextIO

import click

from lti_tool.cli.app_context import platform_options, services
from lti_tool.cli.output import failure, say
from lti_tool.errors import in_english
from lti_tool.lms.account_access import Transfer
from lti_tool.services.platforms.api_keys import access_of, new_scopes

FAMILY = "canvas"


@click.group("canvas-api")
def canvas_api() -> None:
    """Let the teachers of a Canvas site add quizzes directly, with an API key made by its administrator.

    The LTI key can't do that. `show` prints what to enter in Canvas.
    """


@canvas_api.command("set")
@platform_options
@click.option("--url", required=True, help="Address of the Canvas, such as https://school.instructure.com")
@click.option("--key-id", required=True, help="Client ID of the API key (a number; not that of the LTI key)")
@click.option("--secret-file", type=click.File(), help="File with the secret; - for standard input. Prompts if omitted")
@click.option("--scope", "scopes", multiple=True, help="Optional scope that is ticked in the API key; repeatable")
@click.option("--all-scopes", is_flag=True, help="All optional scopes are ticked, or scopes aren't enforced")
@click.option(
    "--transfer",
    type=click.Choice([str(transfer) for transfer in Transfer]),
    default=str(Transfer.UPLOAD),
    show_default=True,
    help="Whether the tool uploads exams, or Canvas downloads them by a link",
)
@click.option("--insecure", is_flag=True, help="Allow an address without TLS, for tests")
def set_key(
    *,
    issuer: str,
    client_id: str,
    url: str,
    key_id: str,
    secret_file: TextIO | None,
    scopes: tuple[str, ...],
    all_scopes: bool,
    transfer: str,
    insecure: bool,
) -> None:
    """Set the API key. It is stored encrypted, and sent to this address only.

    No option takes the secret itself, because it would end up in the shell history.
    """
    secret: str = secret_file.read(2000) if secret_file else click.prompt("Secret", hide_input=True, err=True)
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        app_services.api_keys.set(
            row,
            family=FAMILY,
            base_url=url,
            client_id=key_id,
            secret=secret,
            optional_scopes=access_of(FAMILY).optional_scopes if all_scopes else scopes,
            transfer=Transfer(transfer),
            insecure=insecure,
        )
        say("Set. Teachers can now add quizzes directly; each is asked for permission once.")
        for result in app_services.api_keys.check(row):
            say(f"{result.name}: {result.plain()}", err=True)
            if result.advice:
                say(f"→ {in_english(result.advice, result.facts)}", err=True)


@canvas_api.command("show")
@platform_options
def show(issuer: str, client_id: str) -> None:
    """Show the API key without its secret, and what to enter in Canvas."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        key = app_services.api_keys.of(row)
        if key is None:
            say("No API key is set.")
        else:
            say(f"url: {key.base_url}")
            say(f"key id: {key.client_id}")
            say(f"transfer: {key.transfer}")
            say(f"optional scopes: {', '.join(key.optional_scopes) or '-'}")
            for scope in new_scopes(row):
                say(f"also needed now: {scope}")
        access = access_of(FAMILY)
        say("")
        say("In Canvas: Admin, Developer Keys, + Developer Key, + API Key; then switch it on.")
        say(f"redirect URI: {app_services.api_keys.redirect_uri}")
        say("required scopes, if scopes are enforced:")
        for scope in access.required_scopes:
            say(f"    {scope}")
        say("optional scopes:")
        for scope in access.optional_scopes:
            say(f"    {scope}")


@canvas_api.command("off")
@platform_options
@click.option("--yes", is_flag=True, help="Don't ask for confirmation")
def off(issuer: str, client_id: str, *, yes: bool) -> None:
    """Remove the API key, and revoke the permissions that teachers gave."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        if app_services.api_keys.of(row) is None:
            raise failure("No API key is set.")
        if not yes:
            click.confirm("Remove the API key and revoke its teachers' permissions?", abort=True)
        app_services.api_keys.remove(row)
        say("Removed. Teachers add exams by file or download again.")
