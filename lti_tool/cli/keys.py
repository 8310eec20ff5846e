"""``python -m lti_tool keys``: the tool's signing keys, and the key that encrypts secrets at rest."""

from __future__ import annotations

import click

from config.settings import Settings
from lti_tool import create_app
from lti_tool.errors import ToolError
from lti_tool.services.rekeying import rekey


@click.group()
def keys() -> None:
    """Rotate keys."""


@keys.command("rotate-signing")
def rotate_signing() -> None:
    """Publish a new signing key, sign with the one before it, and keep older ones published for a while."""
    app = create_app(Settings())
    with app.app_context():
        click.echo(f"The next key is {app.extensions['services'].tool_keys.rotate()}.")


@keys.command("rotate-encryption")
def rotate_encryption() -> None:
    """Encrypt all stored secrets with the first of LTI_TOOL_ENCRYPTION_KEYS; the others can go after that."""
    app = create_app(Settings())
    with app.app_context():
        try:
            count = rekey(app.extensions["services"].vault)
        except ToolError as error:
            raise click.ClickException(error.plain()) from error
        click.echo(f"{count} secrets are encrypted with the current key now.")
