"""Save the changes of a submitted form, and go back to the exam, or to the merge page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.exam.changes import Change, Changed, Operation, from_json, original_operation, to_json
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Exam
from lti_tool.services.exams.exam_changes import ExamChangedElsewhere
from lti_tool.services.launches.permissions import Action
from lti_tool.services.platform_settings import require_choice
from lti_tool.web.current_launch import current_launch, services
from lti_tool.web.errors import typed_texts
from lti_tool.web.review.change_summary import ChangeEntries, anchor
from lti_tool.web.review.questions import PER_PAGE

MAX_CHANGES = 2_000
"""Changes in one submitted merge page."""


def changeable_exam(exam_id: str) -> Exam:
    """Return an exam that this teacher may change."""
    return services().access.exam(current_launch().launch, exam_id, Action.CHANGE)


def editable_exam(exam_id: str) -> Exam:
    """Return an exam that this teacher may change here; raise :class:`ChoiceWithheld` if no teacher may."""
    require_choice(current_launch().launch, TeacherChoice.CHANGE)
    return changeable_exam(exam_id)


def seen_revision(row: Exam) -> int:
    """Return the revision that the submitted form showed."""
    return min(max(request.form.get("seen", 0, type=int), 0), row.revision)


def save(row: Exam, operations: Sequence[Operation], question: str = "") -> AnyResponse:
    """Save, and go back to the question; where others changed the same, show the merge page."""
    try:
        saved = services().exam_changes.save(current_launch().launch, row, operations, seen_revision(row))
    except ExamChangedElsewhere as error:
        return merge_page(row, error)
    return back_to(row, question, saved=saved)


def back_to(
    row: Exam, question: str = "", *, saved: int | None = None, refused: str | None = None, part: str = ""
) -> AnyResponse:
    """Return to a question's card on the review page, or to a part of it.

    The page confirms the revision ``saved``, or gives the reason with the code ``refused``.
    """
    place = place_of(services().exam_reader.changed(row), question)
    view: dict[str, Any] = dict(kept_view())
    if "changed" not in view and place is not None and place >= PER_PAGE:
        view["page"] = place // PER_PAGE + 1
    address = url_for("exams.show", exam_id=row.id, saved=saved, refused=refused, **view)
    return redirect(f"{address}#{part or anchor(question)}" if part or place is not None else address, 303)


def kept_view() -> dict[str, str]:
    """Return what the review page showed before a form, as its arguments: another format, or only what changes."""
    names = ("format", "changed", "page") if "changed" in request.values else ("format",)
    return {name: request.values[name] for name in names if request.values.get(name)}


def place_of(changed: Changed, question: str) -> int | None:
    """Return the place of a question in the teacher's order, from 0; ``None`` if it is not there."""
    ids = [arranged.question.id for arranged in changed.arrangement]
    return ids.index(question) if question in ids else None


def submitted_changes() -> list[Change]:
    """Return the changes that the merge page carries; none if they can't be read."""
    try:
        contents = json.loads(request.form.get("changes", "[]"))
    except (ValueError, RecursionError):
        return []
    if not isinstance(contents, list):
        return []
    return [from_json(item) for item in contents[:MAX_CHANGES] if isinstance(item, dict)]


def merge_page(row: Exam, error: ExamChangedElsewhere, status: HTTPStatus = HTTPStatus.CONFLICT) -> AnyResponse:
    """Show what the teacher and the others changed, for the teacher to decide."""
    reader = services().exam_reader
    entries = ChangeEntries(reader.changed(row), reader.changed_at(row, seen_revision(row)))
    theirs = {conflict.mine: conflict.theirs for conflict in error.conflicts}
    original = reader.original(row)
    conflicts, others = [], []
    for number, change in enumerate(error.changes):
        if change in theirs:
            their_change = theirs[change]
            operation = their_change.operation if their_change else original_operation(change.operation, original)
            their_entry = entries.stored(operation) if operation else None
            conflicts.append((number, entries.typed(change.operation), their_entry, their_change))
        else:
            others.append(entries.typed(change.operation))
    page = render_template(
        "exam/merge.html",
        row=row,
        conflicts=conflicts,
        others=others,
        inapplicable=[(entries.typed(note.change.operation), note.remark) for note in error.inapplicable],
        changes=json.dumps([to_json(change) for change in error.changes]),
    )
    return make_response(page, status)


def question_gone_page(row: Exam, operations: Sequence[Operation] = ()) -> AnyResponse:
    """Say that the exam no longer has a question, with what the teacher typed."""
    reader = services().exam_reader
    entries = ChangeEntries(reader.changed(row), reader.changed_at(row, seen_revision(row)))
    typed = [entries.typed(operation) for operation in operations]
    texts = typed_texts() if request.method == "POST" and not typed else []
    page = render_template("exam/gone.html", row=row, typed=typed, texts=texts)
    return make_response(page, HTTPStatus.NOT_FOUND)
