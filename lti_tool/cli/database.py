"""``python -m lti_tool migrate``: upgrade the database to this release."""

from __future__ import annotations

import click
from flask_migrate import upgrade

from config.settings import read_settings
from lti_tool import create_app
from lti_tool.cli.output import say
from lti_tool.logs import configure_logging


@click.command()
def migrate() -> None:
    """Upgrade the database to this release (safe to run at every start)."""
    settings = read_settings()
    configure_logging(settings.log_level, settings.log_format)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        app.extensions["services"].tool_keys.ensure()
    say("The database is ready.")
