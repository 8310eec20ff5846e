"""Change an exam on its review page: small forms on each question, a form for each question, and for the exam."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.exam.changes import Arranged, Change, DoesNotFit, LeaveOut, Move, Operation, SetPoints, TakeBack
from lti_tool.exam.changes.rejected_changes import QUESTION_GONE
from lti_tool.models import Exam
from lti_tool.services.exams.exam_changes import ChangeRefused, ExamChangedElsewhere
from lti_tool.services.launches.permissions import Action
from lti_tool.web.changes.edit_pages import question_changes, question_page, settings_operations, settings_page
from lti_tool.web.changes.forms import NO_NUMBER, parse_number
from lti_tool.web.changes.saving import (
    back_to,
    changeable_exam,
    editable_exam,
    merge_page,
    place_of,
    question_gone_page,
    save,
    seen_revision,
    submitted_changes,
)
from lti_tool.web.current_launch import (
    current_launch,
    load_current_launch,
    require_same_origin,
    require_teacher,
    services,
)

bp = Blueprint("changes", __name__, url_prefix="/l/<token>/exams/<exam_id>")
bp.url_value_preprocessor(load_current_launch)
bp.before_request(require_same_origin)
bp.before_request(require_teacher)


@bp.post("/change")
def change(exam_id: str) -> AnyResponse:
    """Carry out the button that was pressed on a question's card."""
    row = editable_exam(exam_id)
    changed = services().exam_reader.changed(row)
    question = request.form.get("question", "")
    place = place_of(changed, question)
    if place is None:
        return _card_of_gone_question(row, question)
    try:
        operation = _card_operation(changed.arrangement, place)
    except DoesNotFit as error:
        return question_page(row, question, request.form, {"points": error.remark})
    if operation is None:
        return back_to(row, question)
    try:
        return save(row, [operation], question)
    except ChangeRefused as error:
        remark = error.notes[0].remark
        if isinstance(operation, SetPoints):
            return question_page(row, question, request.form, {"points": remark})
        return back_to(row, question, refused=remark.code)


@bp.get("/question")
def edit_question(exam_id: str) -> AnyResponse:
    """Show the form of a question."""
    return question_page(editable_exam(exam_id), request.args.get("question", ""))


@bp.post("/question")
def save_question(exam_id: str) -> AnyResponse:
    """Save the form of a question; show it again with what was typed if something doesn't fit."""
    row = editable_exam(exam_id)
    question = request.form.get("question", "")
    changes = question_changes(row, question, seen_revision(row))
    operations, errors = changes.operations(request.form) if changes is not None else ([], {})
    if place_of(services().exam_reader.changed(row), question) is None:
        return question_gone_page(row, operations)
    if errors:
        return question_page(row, question, request.form, errors)
    try:
        return save(row, operations, question)
    except ChangeRefused as error:
        return question_page(row, question, request.form, error=error)


@bp.get("/settings")
def edit_settings(exam_id: str) -> AnyResponse:
    """Show the form of the exam as a whole."""
    return settings_page(editable_exam(exam_id))


@bp.post("/settings")
def save_settings(exam_id: str) -> AnyResponse:
    """Save title, time limit and shuffling."""
    row = editable_exam(exam_id)
    operations, errors = settings_operations(services().exam_reader.changed_at(row, seen_revision(row)))
    if errors:
        return settings_page(row, request.form, errors)
    try:
        return save(row, operations)
    except ChangeRefused as error:
        targets = [(note.change.operation.target, note.remark) for note in error.notes]
        return settings_page(row, request.form, {field: remark for (_, field, _), remark in targets})


@bp.post("/undo")
def undo(exam_id: str) -> AnyResponse:
    """Take back one revision."""
    row = editable_exam(exam_id)
    services().exam_changes.undo(current_launch().launch, row, request.form.get("revision", 0, type=int))
    return back_to(row, part="changes")


@bp.post("/merge")
def merge(exam_id: str) -> AnyResponse:
    """Save what the teacher decided on the merge page."""
    row = editable_exam(exam_id)
    operations = [
        submitted.operation
        for number, submitted in enumerate(submitted_changes())
        if request.form.get(f"choice-{number}", "mine") == "mine"
    ]
    try:
        return save(row, operations) if operations else back_to(row)
    except ChangeRefused as error:
        changes = [Change(operation, seen_revision(row)) for operation in operations]
        return merge_page(row, ExamChangedElsewhere((), changes, error.notes), HTTPStatus.UNPROCESSABLE_ENTITY)


@bp.post("/duplicate")
def duplicate(exam_id: str) -> AnyResponse:
    """Make a copy of the exam that belongs to this teacher."""
    launch = current_launch().launch
    services().access.require_whole_launch(launch)
    row = services().access.exam(launch, exam_id, Action.SHARE)
    copy = services().exam_changes.duplicate(launch, row, gettext("Copy of %(title)s", title=row.title))
    return redirect(url_for("exams.show", exam_id=copy.id), 303)


@bp.get("/delete")
def ask_to_delete(exam_id: str) -> str:
    """Ask whether to delete the exam."""
    services().access.require_whole_launch(current_launch().launch)
    return render_template("exam/delete.html", row=changeable_exam(exam_id))


@bp.post("/delete")
def delete(exam_id: str) -> AnyResponse:
    """Delete the exam."""
    services().access.require_whole_launch(current_launch().launch)
    services().exam_changes.delete(current_launch().launch, changeable_exam(exam_id))
    return redirect(url_for("home.show", deleted=1), 303)


def _card_of_gone_question(row: Exam, question: str) -> AnyResponse:
    """Say that the exam no longer has the question, with the points that the teacher typed, if any."""
    points = parse_number(request.form.get("points", "")) if request.form.get("do") == "points" else None
    if points is not None:
        return question_gone_page(row, [SetPoints(question, points)])
    return back_to(row, refused=QUESTION_GONE.code)


def _card_operation(arrangement: Sequence[Arranged], place: int) -> Operation | None:
    """Return the operation of the button; ``None`` if there is nothing to do. Raises :class:`DoesNotFit`."""
    identifier = arrangement[place].question.id
    match request.form.get("do", ""):
        case "points":
            points = parse_number(request.form.get("points", ""))
            if points is None:
                raise DoesNotFit(NO_NUMBER)
            return SetPoints(identifier, points)
        case "leave_out":
            return LeaveOut(identifier)
        case "take_back":
            return TakeBack(identifier)
    return _move(arrangement, place)


def _move(arrangement: Sequence[Arranged], place: int) -> Operation | None:
    ids = [arranged.question.id for arranged in arrangement]
    match request.form.get("do", ""):
        case "move" if request.form.get("after", "") in ("", *ids):
            return Move(ids[place], request.form.get("after", ""))
        case "up" if place > 0:
            return Move(ids[place], ids[place - 2] if place > 1 else "")
        case "down" if place + 1 < len(ids):
            return Move(ids[place], ids[place + 1])
    return None
