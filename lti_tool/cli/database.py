"""``python -m lti_tool migrate``: upgrade the database to this release."""

from __future__ import annotations

import click
from flask import current_app
from flask_migrate import upgrade

from lti_tool import create_app
from lti_tool.cli.app_context import configured, plain_failures
from lti_tool.cli.output import say


@click.command()
def migrate() -> None:
    """Upgrade the database to this release (safe to run at every start)."""
    with plain_failures(), create_app(configured()).app_context():
        upgrade()
        current_app.extensions["services"].tool_keys.ensure()
    say("The database is ready.")
