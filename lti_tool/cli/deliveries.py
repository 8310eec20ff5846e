"""``python -m lti_tool deliveries``: revoke the links by which LMSs fetch packages."""

from __future__ import annotations

import click

from lti_tool.cli.app_context import services
from lti_tool.cli.output import say


@click.group()
def deliveries() -> None:
    """Revoke the links by which LMSs fetch packages."""


@deliveries.command("revoke")
@click.option("--link", default="", help="One package link")
@click.option("--exam", default="", help="ID of an exam, as in the logs: all its links")
@click.option("--issuer", default="", help="Platform ID (issuer) of an LMS, with --client-id: all links of its exams")
@click.option("--client-id", default="", help="Client ID that the LMS gave the tool")
def revoke(*, link: str, exam: str, issuer: str, client_id: str) -> None:
    """Revoke package links. They stop working with the next request; nothing is deleted."""
    if sum(bool(value) for value in (link, exam, issuer or client_id)) != 1 or bool(issuer) != bool(client_id):
        raise click.UsageError("Specify a --link, an --exam, or an LMS by --issuer and --client-id.")
    with services() as app_services:
        links = app_services.package_links
        if link:
            count = links.revoke_link(link)
        elif exam:
            count = links.revoke_exam(exam)
        else:
            count = links.revoke_platform(app_services.platforms.find(issuer, client_id))
        say(f"Revoked: {count}.")
