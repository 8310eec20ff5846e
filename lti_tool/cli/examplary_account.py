"""``python -m lti_tool platforms account``: set the Examplary API key of an LMS."""

from __future__ import annotations

from typing import TextIO

import click

from lti_tool.cli.app_context import platform_options, services
from lti_tool.cli.output import say


@click.command("account")
@platform_options
@click.option("--key-file", type=click.File(), help="File with the API key; - for standard input. Prompts if omitted")
@click.option("--remove", is_flag=True, help="Go back to the operator's key (LTI_TOOL_EXAMPLARY_API_KEY)")
@click.option(
    "--same-workspace/--other-workspace",
    "same_workspace",
    default=None,
    help="Whether the old and new keys belong to the same workspace; asks Examplary if omitted",
)
@click.option(
    "--anyway", is_flag=True, help="Proceed even if exams are in progress in the old workspace; they are lost"
)
def account(
    *,
    issuer: str,
    client_id: str,
    key_file: TextIO | None,
    remove: bool,
    same_workspace: bool | None,
    anyway: bool,
) -> None:
    """Give an LMS its own Examplary API key. The key is verified first and stored encrypted.

    No option takes the key itself, because it would end up in the shell history.
    """
    if remove and key_file:
        raise click.UsageError("Use either --key-file or --remove, not both.")
    api_key = "" if remove else _read(key_file)
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        is_moved = app_services.examplary_accounts.set_api_key(
            row, api_key, same_workspace=same_workspace, anyway=anyway
        )
        say("This LMS now uses the operator's API key." if remove else "This LMS now has its own API key.")
        if is_moved:
            say("Its teachers get new accounts in the other workspace when they start their next exam.", err=True)


def _read(key_file: TextIO | None) -> str:
    text: str = key_file.read(1000) if key_file else click.prompt("API key", hide_input=True, err=True)
    if not text.strip():
        raise click.UsageError("The API key is empty. To remove it: --remove")
    return text.strip()
