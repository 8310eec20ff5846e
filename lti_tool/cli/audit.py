"""``python -m lti_tool audit``: print the audit log."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from lti_tool.cli.app_context import services
from lti_tool.cli.output import say
from lti_tool.services.operations.audit_log import AuditQuery, AuditRecord, read_audit_log

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@click.option("--since", type=MOMENT, help="Time in UTC")
@click.option("--until", type=MOMENT, help="Time in UTC")
@click.option("--about", default="", help="ID of a person, exam, launch, platform or key, as in the logs")
@click.option("--action", "--what", default="", help="An event, such as exam.sent, person.erased or launch.accepted")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line")
def audit(
    *, since: datetime | None, until: datetime | None, about: str, action: str, limit: int, as_json: bool
) -> None:
    """Show who did what, oldest first. People appear by ID only; `people export` shows whose ID it is."""
    with services():
        for entry in read_audit_log(AuditQuery(_utc(since), _utc(until), about, action, limit)):
            say(json.dumps(entry.to_json()) if as_json else _line(entry))


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def _line(entry: AuditRecord) -> str:
    facts = "  ".join(filter(None, (entry.subject, f"launch {entry.launch}" if entry.launch else "", entry.detail)))
    return f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.action:20} by {entry.actor}  {facts}".rstrip()
