"""``python -m lti_tool backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path

import click

from lti_tool.cli.app_context import configured, plain_failures
from lti_tool.cli.output import say
from lti_tool.services.operations.backup import back_up
from lti_tool.services.operations.backup import restore as restore_backup

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@_FILE
def backup(file: Path) -> None:
    """Write a copy of the database to a new FILE; the tool may keep running."""
    with plain_failures():
        back_up(configured().database_url, file)
    say(f"{file} holds the database. Keep LTI_TOOL_ENCRYPTION_KEYS elsewhere: without them its secrets are unreadable.")


@click.command()
@_FILE
def restore(file: Path) -> None:
    """Load the backup FILE into an empty database of the same kind."""
    with plain_failures():
        restore_backup(configured().database_url, file)
    say("The backup is restored. Now run: python -m lti_tool migrate")
