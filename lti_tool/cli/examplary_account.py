"""``python -m lti_tool platforms account``: which Examplary workspace pays for an LMS."""

from __future__ import annotations

from typing import TextIO

import click

from lti_tool.cli.app_context import services, which


@click.command("account")
@which
@click.option(
    "--key-file", type=click.File(), help="File that holds the API key; - is standard input. Asked for if left away"
)
@click.option("--remove", is_flag=True, help="Let the operator's key (LTI_TOOL_EXAMPLARY_API_KEY) pay again")
@click.option(
    "--same-workspace/--other-workspace",
    "same_workspace",
    default=None,
    help="Whether the keys before and after belong to one workspace; Examplary is asked if left away",
)
@click.option("--anyway", is_flag=True, help="Also while exams are being made in the workspace before: they are lost")
def account(
    *,
    issuer: str,
    client_id: str,
    key_file: TextIO | None,
    remove: bool,
    same_workspace: bool | None,
    anyway: bool,
) -> None:
    """Let an LMS use an Examplary API key of its own. It is tried first, and stored encrypted.

    There is no option that takes the key itself: what is typed stays in the history of the shell.
    """
    if remove and key_file:
        raise click.UsageError("Give a key or take it back: not both.")
    api_key = "" if remove else _read(key_file)
    with services() as found:
        row = found.platforms.find(issuer, client_id)
        moved = found.accounts.set_api_key(row, api_key, same_workspace=same_workspace, anyway=anyway)
        click.echo("The operator's API key pays for this LMS now." if remove else "This LMS has its own API key now.")
        if moved:
            click.echo("Its people get new accounts in the other workspace, each at the next exam.", err=True)


def _read(key_file: TextIO | None) -> str:
    text: str = key_file.read(1000) if key_file else click.prompt("API key", hide_input=True, err=True)
    if not text.strip():
        raise click.UsageError("The API key is empty. To take it back: --remove")
    return text.strip()
