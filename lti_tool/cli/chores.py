"""``python -m lti_tool chores``: pending calls to Examplary and the LMSs."""

from __future__ import annotations

import click

from lti_tool.cli.app_context import services
from lti_tool.cli.output import failure, say
from lti_tool.services.chores import PendingChore


@click.group()
def chores() -> None:
    """Show and settle pending calls to Examplary and the LMSs."""


@chores.command("list")
def list_chores() -> None:
    """Show the pending chores and the error of the last attempt."""
    with services() as app_services:
        pending = app_services.chores.pending()
        for chore in pending:
            say(_line(chore))
        if not pending:
            say("No chores are pending.")


@chores.command("retry")
@click.argument("chore_id", type=int)
def retry(chore_id: int) -> None:
    """Retry a chore now, even if it was given up."""
    with services() as app_services:
        _require(app_services.chores.retry_now(chore_id))
        done = app_services.chores.run_due()
        say(f"{done} done.")


@chores.command("settle")
@click.argument("chore_id", type=int)
def settle(chore_id: int) -> None:
    """Mark a chore as done by hand, or as no longer needed."""
    with services() as app_services:
        _require(app_services.chores.settle(chore_id))
        say("Settled.")


def _require(exists: bool) -> None:
    if not exists:
        raise failure("There is no pending chore with this ID. See: python -m lti_tool chores list")


def _line(pending: PendingChore) -> str:
    chore = pending.chore
    if pending.by_hand:
        return (
            f"{chore.id}  {chore.kind}  ask hi@examplary.ai to delete {pending.by_hand}, then: chores settle {chore.id}"
        )
    tries = (
        f"tried {chore.attempts} times, next {chore.due_at:%Y-%m-%d %H:%M} UTC" if chore.attempts else "not tried yet"
    )
    return f"{chore.id}  {chore.kind}  {tries}  {chore.last_error}".rstrip()
