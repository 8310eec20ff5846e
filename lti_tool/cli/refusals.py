"""``python -m lti_tool refusals``: refused launches under the reference on the error page."""

from __future__ import annotations

import click
from sqlalchemy import true

from lti_tool.cli.app_context import services
from lti_tool.cli.output import say
from lti_tool.errors import in_english
from lti_tool.services.platforms.refusal_causes import cause_of
from lti_tool.services.platforms.refusal_corrections import compare, offers_deployment, offers_host, platform_of


@click.group()
def refusals() -> None:
    """Show refused logins and launches, and correct what is safe to correct."""


@refusals.command(name="list")
def list_refusals() -> None:
    """List the latest, newest first."""
    with services() as app_services:
        for row in app_services.refusals.latest(true()):
            say(f"{row.number}  {row.at:%Y-%m-%d %H:%M}  {row.code:24} {row.arrived.get('issuer', '')}".rstrip())


@refusals.command()
@click.argument("number")
def show(number: str) -> None:
    """Show what arrived beside what was expected. NUMBER is the reference on the error page."""
    with services() as app_services:
        row = app_services.refusals.find(number, true())
        platform = platform_of(row)
        say(f"{row.code}, {row.at:%Y-%m-%d %H:%M:%S} UTC, {platform.issuer if platform else 'unknown LMS'}")
        say("Signed with this LMS's keys." if row.verified else "Not verified: anyone may have written this.")
        for line in compare(row, platform):
            expected = f"  (expected: {line.expected})" if line.expected and line.differs else ""
            say(f"  {line.name}: {line.arrived}{expected}")
        cause = cause_of(row)
        if cause is not None:
            sentence = in_english(cause.sentence, cause.facts)
            advice = in_english(cause.advice, cause.facts)
            say(f"Likely cause: {sentence} {advice}")
        if offers_host(row, platform):
            say(f"To accept the host {row.arrived['return_host']}: python -m lti_tool refusals add-host {row.number}")
        if offers_deployment(row):
            say(f"To add this deployment: python -m lti_tool refusals add-deployment {row.number}")


@refusals.command()
@click.argument("number")
def add_deployment(number: str) -> None:
    """Register the deployment that the refused launch NUMBER named, if the LMS's keys had signed it."""
    with services() as app_services:
        row = app_services.refusals.find(number, true())
        app_services.refusal_corrections.add_deployment(row)
        say(f"Deployment {row.arrived['deployment_id']} is registered.")


@refusals.command()
@click.argument("number")
def add_host(number: str) -> None:
    """Accept the host to which the refused launch NUMBER returns exams, if the LMS's keys had signed it."""
    with services() as app_services:
        row = app_services.refusals.find(number, true())
        app_services.refusal_corrections.add_host(row)
        say(f"Launches may return exams to {row.arrived['return_host']}, and it may show Examplary in a frame.")
