"""``python -m lti_tool keys``: the tool's signing keys, and the key that encrypts stored secrets."""

from __future__ import annotations

import click
from sqlalchemy import select

from lti_tool.cli.app_context import services
from lti_tool.cli.output import say
from lti_tool.models import ToolKey, db
from lti_tool.services.operations.encryption_rotation import reencrypt_secrets


@click.group()
def keys() -> None:
    """Show and rotate keys."""


@keys.command("list")
def list_keys() -> None:
    """Show the signing keys: the current one, the next one, and those still published."""
    with services() as app_services:
        app_services.tool_keys.ensure()
        for row in db.session.scalars(select(ToolKey).order_by(ToolKey.created_at, ToolKey.kid)):
            say(f"{row.kid}  {row.state:8} since {row.state_since:%Y-%m-%d %H:%M} UTC")


@keys.command("rotate-signing")
@click.option("--now", "at_once", is_flag=True, help="Rotate even if some LMSs may not have fetched the next key yet")
def rotate_signing(*, at_once: bool) -> None:
    """Start signing with the next key; the previous one stays published for a month."""
    with services() as app_services:
        kid = app_services.tool_keys.rotate(at_once=at_once)
        say(f"Messages are now signed with key {kid}.")


@keys.command("rotate-encryption")
def rotate_encryption() -> None:
    """Re-encrypt all stored secrets with the first of LTI_TOOL_ENCRYPTION_KEYS. The tool may keep running.

    Repeat until it reports 0; the other keys can then be removed.
    """
    with services() as app_services:
        count = reencrypt_secrets(app_services.vault)
        say(f"Re-encrypted {count} secrets with the current key.")
