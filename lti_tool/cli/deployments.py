"""``python -m lti_tool deployments``: switch single deployments of an LMS off and on."""

from __future__ import annotations

import click

from lti_tool.cli.app_context import TAKES_IDS, platform_options, services
from lti_tool.cli.output import say


@click.group()
def deployments() -> None:
    """Switch single deployments of an LMS off and on."""


@deployments.command("off", context_settings=TAKES_IDS)
@platform_options
@click.argument("deployment_id")
def off(issuer: str, client_id: str, deployment_id: str) -> None:
    """Refuse launches from a deployment, and end its open pages and package links; nothing is deleted."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        app_services.platforms.switch_deployment(row, deployment_id, active=False)
        say("Deactivated.")


@deployments.command("on", context_settings=TAKES_IDS)
@platform_options
@click.argument("deployment_id")
def on(issuer: str, client_id: str, deployment_id: str) -> None:
    """Accept launches from a deployment again."""
    with services() as app_services:
        row = app_services.platforms.find(issuer, client_id)
        app_services.platforms.switch_deployment(row, deployment_id, active=True)
        say("Activated.")
