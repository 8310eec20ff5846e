"""``python -m lti_tool people``: export or erase a person's data."""

from __future__ import annotations

import click

from lti_tool.cli.app_context import TAKES_IDS, services
from lti_tool.cli.output import failure, say, say_json
from lti_tool.models import LmsUser
from lti_tool.services.operations.privacy import Privacy


@click.group()
def people() -> None:
    """Export or erase a person's data."""


@people.command("export", context_settings=TAKES_IDS)
@click.argument("who")
@click.option("--issuer", required=True, help="Platform ID (issuer) of the person's LMS")
def export(who: str, issuer: str) -> None:
    """Print all data about WHO (LMS user ID or e-mail address), stored here and at Examplary, as JSON."""
    with services() as app_services:
        privacy = app_services.privacy
        found_people = _find(privacy, issuer, who)
        exports = [privacy.export(person) for person in found_people]
        for person in found_people:
            privacy.record_export(person)
        say_json(exports)


@people.command("erase", context_settings=TAKES_IDS)
@click.argument("who")
@click.option("--issuer", required=True, help="Platform ID (issuer) of the person's LMS")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation")
def erase(who: str, issuer: str, *, yes: bool) -> None:
    """Delete all data about WHO, including their exams, here and at Examplary."""
    with services() as app_services:
        found_people = _find(app_services.privacy, issuer, who)
        if not yes:
            number = "one person" if len(found_people) == 1 else f"{len(found_people)} people"
            click.confirm(f"Permanently erase {number} and their exams?", abort=True)
        for person in found_people:
            app_services.privacy.erase(person)
        done = app_services.chores.run_due(limit=1000)
        say(f"Erased. {done} deletions completed at Examplary; any others follow automatically.")
        for pending in app_services.chores.pending():
            if pending.by_hand:
                say(
                    f"Examplary's API can't delete users: ask hi@examplary.ai to delete {pending.by_hand}, "
                    f"then: python -m lti_tool chores settle {pending.chore.id}"
                )


def _find(privacy: Privacy, issuer: str, who: str) -> list[LmsUser]:
    found_people = privacy.find(issuer, who)
    if not found_people:
        raise failure("No one from this LMS has this user ID or e-mail address.")
    return found_people
