"""``python -m lti_tool migrate``: brings the database up to this release."""

from __future__ import annotations

import click
from flask_migrate import upgrade

from config.settings import read_settings
from lti_tool import create_app


@click.command()
def migrate() -> None:
    """Bring the database up to this release (safe to run at every start)."""
    app = create_app(read_settings())
    with app.app_context():
        upgrade()
        app.extensions["services"].tool_keys.ensure()
    click.echo("The database is ready.")
