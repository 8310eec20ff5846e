"""``python -m lti_tool chores``: what is still owed at Examplary."""

from __future__ import annotations

import click

from lti_tool.cli.app_context import services
from lti_tool.services.operations.chores import PendingChore


@click.group()
def chores() -> None:
    """Show and settle pending calls to Examplary."""


@chores.command("list")
def list_chores() -> None:
    """Show the pending chores and the error of the last attempt."""
    with services() as house:
        owed = house.chores.pending()
        for each in owed:
            click.echo(_line(each))
        if not owed:
            click.echo("No chores are pending.")


@chores.command("retry")
@click.argument("chore_id", type=int)
def retry(chore_id: int) -> None:
    """Retry a chore now, even if it was given up."""
    with services() as house:
        _known(house.chores.retry_now(chore_id))
        done = house.chores.run_due()
        click.echo(f"{done} done.")


@chores.command("settle")
@click.argument("chore_id", type=int)
def settle(chore_id: int) -> None:
    """Mark a chore as done by hand, or as no longer needed."""
    with services() as house:
        _known(house.chores.settle(chore_id))
        click.echo("Settled.")


def _known(known: bool) -> None:
    if not known:
        raise click.ClickException("There is no pending chore with this ID. See: python -m lti_tool chores list")


def _line(owed: PendingChore) -> str:
    chore = owed.chore
    if owed.by_hand:
        return f"{chore.id}  {chore.kind}  ask hi@examplary.ai to delete {owed.by_hand}, then: chores settle {chore.id}"
    tries = (
        f"tried {chore.attempts} times, next {chore.due_at:%Y-%m-%d %H:%M} UTC" if chore.attempts else "not tried yet"
    )
    return f"{chore.id}  {chore.kind}  {tries}  {chore.last_error}".rstrip()
