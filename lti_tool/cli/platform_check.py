"""``python -m lti_tool platforms check``: report what works, what doesn't, and how to fix it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from sqlalchemy import select

from lti_tool.cli.app_context import services
from lti_tool.cli.output import failure, say
from lti_tool.errors import in_english
from lti_tool.models import Platform, db
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus

SIGNS = {CheckStatus.FINE: "✓", CheckStatus.NOTE: "!", CheckStatus.WRONG: "✗"}


@click.command("check")
@click.option("--issuer", default="", help="Check only this platform ID (issuer)")
@click.option("--client-id", default="", help="Check only this client ID")
def check(issuer: str, client_id: str) -> None:
    """Check what launches and exams need: keys, addresses, clock, access, account. Exits with 1 on a failure."""
    with services() as app_services:
        rows = _rows(issuer, client_id)
        if not rows:
            raise failure("This LMS is not registered. See: python -m lti_tool platforms list")
        tool = app_services.full_check.tool()
        statuses = _print("This tool", tool)
        for row in rows:
            title = "  ".join(filter(None, (row.issuer, f"client {row.client_id}", row.name)))
            statuses |= _print(title, app_services.full_check.run(row, tool))
    sys.exit(1 if CheckStatus.WRONG in statuses else 0)


def _rows(issuer: str, client_id: str) -> list[Platform]:
    query = select(Platform).order_by(Platform.issuer, Platform.client_id)
    if issuer:
        query = query.where(Platform.issuer == issuer)
    if client_id:
        query = query.where(Platform.client_id == client_id)
    return list(db.session.scalars(query))


def _print(title: str, results: Iterable[CheckResult]) -> set[CheckStatus]:
    say(title)
    statuses = set()
    for result in results:
        statuses.add(result.status)
        say(f"  {SIGNS[result.status]} {result.name}: {result.plain()}")
        if result.advice:
            say(f"      → {in_english(result.advice, result.facts)}")
    return statuses
