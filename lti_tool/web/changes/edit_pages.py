"""The pages with the forms of a question and of the exam as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.exam.changes import Changed, Operation, SetDuration, SetShuffle, SetTitle, apply
from lti_tool.exam.remark import Remark
from lti_tool.models import Exam
from lti_tool.security.headers import PagePolicy
from lti_tool.services.exams.change_log import changes_in_force, revisions
from lti_tool.services.exams.exam_changes import ChangeRefused
from lti_tool.web import labels
from lti_tool.web.changes.forms import NO_WHOLE_NUMBER, QuestionChanges
from lti_tool.web.changes.saving import kept_view, question_gone_page, seen_revision
from lti_tool.web.current_launch import current_launch, services, set_policy
from lti_tool.web.review.change_summary import anchor
from lti_tool.web.rich_text import media_of

MAX_MINUTES_LENGTH = 9
"""Digits that are read of a time limit; one of so many minutes is refused anyway."""


def question_changes(row: Exam, question: str, base: int) -> QuestionChanges | None:
    """Return the form of a question at the revision ``base``; ``None`` if the exam had no such question then."""
    reader = services().exam_reader
    exam = reader.original_at(row, base) or reader.original(row)
    changes = changes_in_force(revisions(row, base))
    original = exam.question(question)
    current = apply(exam, changes).question(question)
    if original is None or current is None:
        return None
    return QuestionChanges(original, current, changes, base)


def question_page(
    row: Exam,
    question: str,
    submitted: MultiDict[str, str] | None = None,
    errors: Mapping[str, Remark] | None = None,
    error: ChangeRefused | None = None,
) -> AnyResponse:
    """Show the form of a question, with the submitted values; say so if the exam has no such question."""
    base = seen_revision(row) if submitted is not None else row.revision
    changes = question_changes(row, question, base)
    if changes is None:
        return question_gone_page(row)
    form = changes.form(submitted, error.notes if error is not None else ())
    form.errors.update(errors or {})
    set_policy(PagePolicy(frame_ancestors=current_launch().frame_ancestors, data_images=True))
    page = render_template(
        "exam/edit.html",
        row=row,
        form=form,
        exam=services().exam_reader.original(row),
        media=media_of(row),
        labels=labels,
        back=anchor(question),
        kept_view=kept_view(),
    )
    is_refused = submitted is not None and bool(form.first_error)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK)


def settings_page(
    row: Exam, submitted: MultiDict[str, str] | None = None, errors: Mapping[str, Remark] | None = None
) -> AnyResponse:
    """Show the form of the exam, with the submitted values."""
    exam = services().exam_reader.value(row)
    minutes = "" if exam.duration_minutes is None else str(exam.duration_minutes)
    values = submitted if submitted is not None else MultiDict({"title": exam.title, "minutes": minutes})
    base = seen_revision(row) if submitted is not None else row.revision
    page = render_template("exam/settings.html", row=row, exam=exam, values=values, errors=errors or {}, seen=base)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)


def settings_operations(changed: Changed) -> tuple[list[Operation], dict[str, Remark]]:
    """Return what the form of the exam changes, and the fields that can't be read."""
    operations: list[Operation] = []
    errors: dict[str, Remark] = {}
    title = request.form.get("title", changed.exam.title)
    if " ".join(title.split()) != changed.exam.title:
        operations.append(SetTitle(title))
    typed = request.form.get("minutes", "").strip()
    if typed and not typed.isdecimal():
        errors["duration"] = NO_WHOLE_NUMBER
    elif "minutes" in request.form:
        minutes = int(typed[:MAX_MINUTES_LENGTH]) if typed else None
        if minutes != changed.exam.duration_minutes:
            operations.append(SetDuration(minutes))
    if (shuffle := request.form.get("shuffle", "")) in ("all", "none"):
        operations.append(SetShuffle("", shuffle == "all"))
    return operations, errors
