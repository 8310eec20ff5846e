"""``python -m lti_tool exams``: find an exam, show its history, retry it, or hand it over."""

from __future__ import annotations

import click
from sqlalchemy import true

from lti_tool.cli.app_context import TAKES_IDS, services
from lti_tool.cli.output import failure, say
from lti_tool.models import Exam, Generation, db
from lti_tool.services.operations.exam_search import find_exams

NO_SUCH_EXAM = "There is no exam with this ID. See: python -m lti_tool exams find"


@click.group()
def exams() -> None:
    """Find exams, see what happened to them, retry them, or hand them over."""


@exams.command(context_settings=TAKES_IDS)
@click.argument("text", default="")
@click.option("--before", default="", help="Continue after the last line of the previous page")
def find(text: str, before: str) -> None:
    """List the newest exams about TEXT: title, course, person, or the ID of a launch or an exam."""
    with services():
        page = find_exams(text, lambda _column: true(), before)
        for entry in page.entries:
            say(f"{entry.id}  {entry.created_at:%Y-%m-%d %H:%M}  {entry.state:14} {entry.person}: {entry.title}")
        if page.older:
            say(f"More: --before {page.older}")


@exams.command(context_settings=TAKES_IDS)
@click.argument("exam_id")
def show(exam_id: str) -> None:
    """Show an exam's history, step by step. EXAM_ID may be that of a generation without an exam."""
    with services() as app_services:
        for step in app_services.exam_history.read(_exam_or_generation(exam_id)).steps:
            retry = f"  (to try again: {step.retry_id})" if step.retry_id else ""
            facts = " ".join(filter(None, (step.kind, step.state, step.detail, step.actor_id)))
            say(f"{step.at:%Y-%m-%d %H:%M:%S}  {facts}{retry}")


@exams.command(context_settings=TAKES_IDS)
@click.argument("exam_id")
@click.option("--import", "import_id", default="", help="A failed direct import of the exam, as `exams show` lists it")
def retry(exam_id: str, import_id: str) -> None:
    """Try a failed generation or collection again, or a failed import. For chores see `chores retry`."""
    with services() as app_services:
        history = app_services.exam_history.read(_exam_or_generation(exam_id))
        if import_id and import_id not in {step.retry_id for step in history.steps if step.kind == "import"}:
            raise failure("No import of this exam with this ID can be tried again. See: python -m lti_tool exams show")
        if import_id:
            retried = app_services.exam_actions.retry_import(import_id)
        else:
            retried = history.failed is not None and app_services.exam_actions.retry_generation(history.failed)
        say("Trying it again." if retried else "There is nothing to try again.")


@exams.command(context_settings=TAKES_IDS)
@click.argument("exam_id")
@click.argument("who")
def hand_over(exam_id: str, who: str) -> None:
    """Make WHO (LMS user ID or e-mail address in the same LMS) the owner of an exam."""
    with services() as app_services:
        exam = db.session.get(Exam, exam_id)
        if exam is None:
            raise failure(NO_SUCH_EXAM)
        person = app_services.exam_actions.hand_over(exam, who)
        say(f"The exam now belongs to {person.name or person.sub}.")


def _exam_or_generation(row_id: str) -> Exam | Generation:
    """Return the exam with this ID, or that of the generation with this ID; the generation, if it has none."""
    row = db.session.get(Exam, row_id) or db.session.get(Generation, row_id)
    if row is None:
        raise failure(NO_SUCH_EXAM)
    if isinstance(row, Exam):
        return row
    return db.session.get(Exam, row.exam_id or row.revises_id or "") or row
