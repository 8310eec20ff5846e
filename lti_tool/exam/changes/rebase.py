"""Carry a teacher's changes over to a new version of the exam: what still fits is kept, the rest is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lti_tool.errors import N_
from lti_tool.exam.changes.apply import apply
from lti_tool.exam.changes.editable_parts import part
from lti_tool.exam.changes.editable_text import editable
from lti_tool.exam.changes.operations import (
    Change,
    LeaveOut,
    Move,
    Operation,
    QuestionOperation,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetDuration,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTitle,
    SetTruth,
    TakeBack,
)
from lti_tool.exam.changes.rejected_changes import QUESTION_GONE
from lti_tool.exam.model import Choice, Exam, FillInBlank, Matching, Question, ShortText
from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import EMPTY
from lti_tool.exam.scoring import NO_POINTS, NO_RUBRIC

CHANGED_THERE = Remark(
    "change.changed-there",
    N_("This was changed in the new version too, so the new version's own text or value is used."),
)
OTHER_KIND = Remark("change.other-kind", N_("The question is of another kind now."))


def rebase(changes: Sequence[Change], old: Exam, new: Exam) -> tuple[Remark | None, ...]:
    """Return for each change, in their order, why it no longer fits ``new``, or ``None`` if it still fits.

    ``old`` is the original exam to which the changes were made, ``new`` its new version. A change to something that
    differs between the two gives way to the new version. Applying the changes that fit to ``new`` gives no notes.
    """
    reasons = [overruled(change.operation, old, new) for change in changes]
    while True:
        places = [place for place, reason in enumerate(reasons) if reason is None]
        changed = apply(new, [changes[place] for place in places])
        if not changed.notes:
            return tuple(reasons)
        for place, reason in zip(places, changed.reasons, strict=True):
            reasons[place] = reason


def overruled(operation: Operation, old: Exam, new: Exam) -> Remark | None:
    """Return why an operation on ``old`` gives way to the version ``new``; ``None`` if it doesn't."""
    match operation:
        case SetTitle():
            return None if old.title == new.title else CHANGED_THERE
        case SetDuration():
            return None if old.duration_minutes == new.duration_minutes else CHANGED_THERE
        case SetShuffle(question=""):
            return None
        case QuestionOperation(question=identifier):
            before, after = old.question(identifier), new.question(identifier)
            if before is None or after is None:
                return QUESTION_GONE
            return _overruled_in_question(operation, before, after)
    return None


def means_the_same(operation: Operation, old: Exam, new: Exam) -> bool:
    """Return whether the operation's indices and placeholders refer to the same content in both versions.

    If so, it may be applied to either: the placeholders of a text stand for the same formulas and blanks, and the
    indices in a key for the same options.
    """
    if not isinstance(operation, QuestionOperation) or not operation.question:
        return True
    before, after = old.question(operation.question), new.question(operation.question)
    if before is None or after is None:
        return False
    if isinstance(operation, LeaveOut | TakeBack | Move | SetPoints):
        return True
    return type(before) is type(after) and _referents(operation, before) == _referents(operation, after)


def _referents(operation: QuestionOperation, question: Question) -> object:
    """Return what the indices and placeholders in an operation stand for."""
    match operation, question:
        case SetText(part=name, index=index), _:
            text = part(question, name, index)
            return None if text is None else [chip.node for chip in editable(text).chips]
        case SetCorrect(), Choice(options=options):
            return options
        case SetPairs(), Matching(left=left, right=right):
            return left, right
        case SetAnswers(), FillInBlank(body=body):
            return body
    return None


def _overruled_in_question(operation: QuestionOperation, before: Question, after: Question) -> Remark | None:
    if isinstance(operation, LeaveOut | TakeBack | Move):
        return None
    if type(before) is not type(after) and not isinstance(operation, SetPoints):
        return OTHER_KIND
    return None if _dependencies(operation, before) == _dependencies(operation, after) else CHANGED_THERE


def _dependencies(operation: QuestionOperation, question: Question) -> object:
    """Return what the operation depends on: the value that it replaces, and the texts that its indices refer to."""
    match operation:
        case SetText(part=name, index=index):
            return part(question, name, index)
        case SetAnswers(blank=blank):
            return _answers(question, blank)
        case SetCorrect() | SetTruth() | SetDate() | SetPairs():
            return _without_stem(question)
    return getattr(question, operation.sets, None)


def _answers(question: Question, blank: int) -> object:
    """Return the text with the blank, and what it accepts."""
    if isinstance(question, ShortText):
        return question.accepted
    if not isinstance(question, FillInBlank):
        return None
    return question.body, question.answers[blank] if question.answers and blank < len(question.answers) else None


def _without_stem(question: Question) -> Question:
    """Return the question with only its options and its key."""
    empty: dict[str, Any] = {
        "number": 0,
        "tags": (),
        "flaws": (),
        "rubric": NO_RUBRIC,
        "title": EMPTY,
        "description": EMPTY,
    }
    return replace(question, points=NO_POINTS, **empty)
