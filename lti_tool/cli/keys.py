"""``python -m lti_tool keys``: the tool's signing keys, and the key that encrypts secrets at rest."""

from __future__ import annotations

import click

from config.settings import read_settings
from lti_tool import create_app
from lti_tool.errors import ToolError
from lti_tool.services.rekeying import rekey


@click.group()
def keys() -> None:
    """Rotate keys."""


@keys.command("rotate-signing")
def rotate_signing() -> None:
    """Sign with the next key from now on; the one before stays published for a while."""
    app = create_app(read_settings())
    with app.app_context():
        click.echo(f"Answers are signed with the key {app.extensions['services'].tool_keys.rotate()} now.")


@keys.command("rotate-encryption")
def rotate_encryption() -> None:
    """Encrypt all stored secrets with the first of LTI_TOOL_ENCRYPTION_KEYS; the others can go after that."""
    app = create_app(read_settings())
    with app.app_context():
        try:
            count = rekey(app.extensions["services"].vault)
        except ToolError as error:
            raise click.ClickException(error.plain()) from error
        click.echo(f"{count} secrets are encrypted with the current key now.")
