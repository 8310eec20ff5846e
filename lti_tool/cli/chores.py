"""``python -m lti_tool chores``: what is still owed at Examplary."""

from __future__ import annotations

import click

from lti_tool.cli.app_context import services
from lti_tool.services.operations.chores import PendingChore


@click.group()
def chores() -> None:
    """Show and settle what must still be done at Examplary."""


@chores.command("list")
def list_chores() -> None:
    """Show what is owed, with the error of the last try."""
    with services() as house:
        owed = house.chores.pending()
        for each in owed:
            click.echo(_line(each))
        if not owed:
            click.echo("Nothing is owed.")


@chores.command("retry")
@click.argument("chore_id", type=int)
def retry(chore_id: int) -> None:
    """Try one again at once, also if it was given up."""
    with services() as house:
        _known(house.chores.retry_now(chore_id))
        done = house.chores.run_due()
        click.echo(f"{done} done.")


@chores.command("settle")
@click.argument("chore_id", type=int)
def settle(chore_id: int) -> None:
    """Note that one was done by hand, or need not be done."""
    with services() as house:
        _known(house.chores.settle(chore_id))
        click.echo("Settled.")


def _known(known: bool) -> None:
    if not known:
        raise click.ClickException("Nothing of this number is owed. See: python -m lti_tool chores list")


def _line(owed: PendingChore) -> str:
    chore = owed.chore
    if owed.by_hand:
        return f"{chore.id}  {chore.kind}  ask hi@examplary.ai to delete {owed.by_hand}, then: chores settle {chore.id}"
    tries = (
        f"tried {chore.attempts} times, next {chore.due_at:%Y-%m-%d %H:%M} UTC" if chore.attempts else "not tried yet"
    )
    return f"{chore.id}  {chore.kind}  {tries}  {chore.last_error}".rstrip()
