"""Save the changes of a submitted form, and go back to the exam, or to the merge page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.exam.changes import Change, Changed, Operation, from_json, to_json
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Exam
from lti_tool.services.exams.exam_changes import ExamChangedElsewhere
from lti_tool.services.launches.permissions import Action
from lti_tool.services.platforms.settings import require_choice
from lti_tool.web.change_summary import anchor, edits_in_words
from lti_tool.web.current_launch import current_launch, services
from lti_tool.web.review import PER_PAGE

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
    """Return the revision that the form was made of."""
    return min(max(request.form.get("seen", 0, type=int), 0), row.revision)


def save(row: Exam, operations: Sequence[Operation], question: str = "") -> AnyResponse:
    """Save, and go back to the question; where others changed the same, show the merge page."""
    try:
        saved = services().exam_changes.save(current_launch().launch, row, operations, seen_revision(row))
    except ExamChangedElsewhere as error:
        return _merge_page(row, error)
    return back_to(row, question, saved=saved)


def back_to(
    row: Exam, question: str = "", *, saved: int | None = None, refused: str | None = None, part: str = ""
) -> AnyResponse:
    """Return to a question's card on the review page, or to a part of it.

    The page confirms the revision ``saved``, or gives the reason with the code ``refused``.
    """
    place = place_of(services().exam_reader.changed(row), question)
    page = place // PER_PAGE + 1 if place is not None and place >= PER_PAGE else None
    format_name = request.form.get("format") or None
    address = url_for("exams.show", exam_id=row.id, format=format_name, page=page, saved=saved, refused=refused)
    return redirect(f"{address}#{part or anchor(question)}" if part or place is not None else address, 303)


def place_of(changed: Changed, question: str) -> int | None:
    """Return the place of a question in the teacher's order, from 0; ``None`` if it is not there."""
    places = (place for place, arranged in enumerate(changed.arrangement) if arranged.question.id == question)
    return next(places, None)


def submitted_changes() -> list[Change]:
    """Return the changes that the merge page carries; none if they can't be read."""
    try:
        contents = json.loads(request.form.get("changes", "[]"))
    except (ValueError, RecursionError):
        return []
    if not isinstance(contents, list):
        return []
    return [from_json(item) for item in contents[:MAX_CHANGES] if isinstance(item, dict)]


def _merge_page(row: Exam, error: ExamChangedElsewhere) -> AnyResponse:
    """Show what the teacher and the others changed, for the teacher to decide."""
    changed = services().exam_reader.changed(row)
    theirs = {conflict.mine: conflict.theirs for conflict in error.conflicts}
    entries = [
        (number, mine, edits_in_words((mine,), changed)[0], theirs.get(mine), mine in theirs)
        for number, mine in enumerate(error.changes)
    ]
    page = render_template(
        "exam/merge.html",
        row=row,
        entries=entries,
        in_words=lambda change_: edits_in_words((change_,), changed)[0].text,
        full_text=_full_text,
        changes=json.dumps([to_json(change_) for change_ in error.changes]),
    )
    return make_response(page, HTTPStatus.CONFLICT)


def _full_text(change_: Change) -> str:
    """Return the text that a change sets, so that nothing typed is lost; empty if it sets none."""
    return str(getattr(change_.operation, "text", ""))
