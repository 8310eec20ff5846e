"""Apply a teacher's changes to an exam: one pure function, the only way to a changed exam.

The result is as valid as what the parser returns: question ids stay, numbers count from 1, options differ, keys fit. An
operation that does not fit changes nothing and is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lti_tool.exam.changes import rejected_changes
from lti_tool.exam.changes.blanks import with_ordered_blanks
from lti_tool.exam.changes.editable_parts import clash, with_text
from lti_tool.exam.changes.keys import finished, with_value, without_flaws
from lti_tool.exam.changes.operations import (
    Change,
    LeaveOut,
    Move,
    QuestionOperation,
    SetDuration,
    SetShuffle,
    SetText,
    SetTitle,
    TakeBack,
    UnknownOperation,
)
from lti_tool.exam.changes.rejected_changes import DoesNotFit
from lti_tool.exam.html.sanitise import remove_forbidden_characters
from lti_tool.exam.model import Choice, Exam, FillInBlank, Information, Matching, Ordering, Question
from lti_tool.exam.parse import parser_remarks
from lti_tool.exam.parse.exam import MAX_DURATION, MAX_TITLE_LENGTH
from lti_tool.exam.remark import Remark
from lti_tool.exam.value import value

_TITLE_FLAWS = frozenset({parser_remarks.TITLE_MISSING.code, parser_remarks.TITLE_SHORTENED.code})
_STEM_FLAWS = frozenset({parser_remarks.STEM_EMPTY.code})
_ORDER_FLAWS = frozenset({parser_remarks.ITEMS_SAME.code})


@value
class Note:
    """A change that was not applied, and why."""

    change: Change
    remark: Remark


@value
class Arranged:
    """A question in the teacher's order. Its number is 0 if it is left out."""

    question: Question
    left_out: bool


@value
class Changed:
    """An exam with a teacher's changes.

    ``exam`` has the questions that stay; ``arrangement`` also has those that are left out, in their places. ``reasons``
    has one entry for each of the ``changes``: why it doesn't fit, or ``None`` if it does. Equal changes may differ in
    that, as their order counts.
    """

    exam: Exam
    arrangement: tuple[Arranged, ...]
    changes: tuple[Change, ...]
    reasons: tuple[Remark | None, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """The changes that don't fit, in the order in which they were made."""
        pairs = zip(self.changes, self.reasons, strict=True)
        return tuple(Note(change, reason) for change, reason in pairs if reason is not None)

    def question(self, identifier: str) -> Question | None:
        """Return the question with this identifier, even if it is left out; ``None`` if there is none."""
        questions = (arranged.question for arranged in self.arrangement)
        return next((question for question in questions if question.id == identifier), None)


def apply(exam: Exam, changes: Iterable[Change]) -> Changed:
    """Return ``exam`` with ``changes``, in their order; the last one for each target counts."""
    return _State(exam, changes).result()


class _State:
    """The order of the questions, the omissions, and the changes to each question with their places among all."""

    def __init__(self, exam: Exam, changes: Iterable[Change]) -> None:
        self._exam = exam
        self._all = tuple(changes)
        self._originals = {question.id: question for question in exam.questions}
        self._order = [question.id for question in exam.questions]
        self._left_out: set[str] = set()
        self._changes: dict[str, list[tuple[int, Change]]] = {}
        self._title = exam.title
        self._minutes = exam.duration_minutes
        self._remarks = exam.remarks
        self._reasons: dict[int, Remark] = {}
        for place, change in enumerate(self._all):
            try:
                self._apply_or_keep(place, change)
            except DoesNotFit as error:
                self._reasons[place] = error.remark

    def result(self) -> Changed:
        """Return the exam with the changes that fit."""
        arrangement: list[Arranged] = []
        number = 0
        for identifier in self._order:
            left_out = identifier in self._left_out
            number += not left_out
            question = self._question(self._originals[identifier])
            arrangement.append(Arranged(_numbered(question, 0 if left_out else number), left_out))
        exam = replace(
            self._exam,
            title=self._title,
            duration_minutes=self._minutes,
            remarks=self._remarks,
            questions=tuple(entry.question for entry in arrangement if not entry.left_out),
        )
        reasons = tuple(self._reasons.get(place) for place in range(len(self._all)))
        return Changed(exam, tuple(arrangement), self._all, reasons)

    def _apply_or_keep(self, place: int, change: Change) -> None:
        """Apply a change to the exam as a whole, or keep it for its question."""
        match change.operation:
            case SetTitle(title=title):
                self._title = _title(title)
                self._remarks = tuple(remark for remark in self._exam.remarks if remark.code not in _TITLE_FLAWS)
            case SetDuration(minutes=minutes):
                self._minutes = _minutes(minutes)
            case SetShuffle(question=""):
                for question in self._exam.questions:
                    if isinstance(question, Choice | Matching):
                        self._changes.setdefault(question.id, []).append((place, change))
            case QuestionOperation() as operation:
                self._keep_for_question(place, change, operation)
            case UnknownOperation():
                raise DoesNotFit(rejected_changes.NEWER)

    def _keep_for_question(self, place: int, change: Change, operation: QuestionOperation) -> None:
        if operation.question not in self._originals:
            raise DoesNotFit(rejected_changes.QUESTION_GONE)
        match operation:
            case LeaveOut(question=question):
                self._leave_out(question)
            case TakeBack(question=question):
                self._left_out.discard(question)
            case Move(question=question, after=after):
                self._move(question, after)
            case _:
                self._changes.setdefault(operation.question, []).append((place, change))

    def _leave_out(self, question: str) -> None:
        """Leave a question out, unless nothing to answer would be left of an exam that has something to answer."""
        left_out = self._left_out | {question}
        stay = [question for identifier, question in self._originals.items() if identifier not in left_out]
        to_answer = [question for question in self._originals.values() if not isinstance(question, Information)]
        if not stay or (to_answer and all(isinstance(question, Information) for question in stay)):
            raise DoesNotFit(rejected_changes.LAST_QUESTION)
        self._left_out = left_out

    def _move(self, question: str, after: str) -> None:
        if after == question or (after and after not in self._originals):
            raise DoesNotFit(rejected_changes.PLACE_GONE)
        self._order.remove(question)
        self._order.insert(self._order.index(after) + 1 if after else 0, question)

    def _question(self, original: Question) -> Question:
        """Return a question with its changes; texts that can't be together give way to the earlier ones."""
        changes = self._changes.get(original.id, [])
        if not changes:
            return original
        while True:
            question, reasons = _with_changes(original, changes)
            clashing = clash(question, original)
            if clashing is None:
                self._reasons |= reasons
                return _finished(question, original)
            name, remark = clashing
            last = max(place for place, change in changes if _sets_part(change, name))
            self._reasons[last] = remark
            changes = [(place, change) for place, change in changes if place != last]


def _numbered(question: Question, number: int) -> Question:
    return question if question.number == number else replace(question, number=number)


def _with_changes(original: Question, changes: Sequence[tuple[int, Change]]) -> tuple[Question, dict[int, Remark]]:
    question, reasons = original, {}
    for place, change in changes:
        try:
            question = _with_operation(question, original, change)
        except DoesNotFit as error:
            reasons[place] = error.remark
    return question, reasons


def _with_operation(question: Question, original: Question, change: Change) -> Question:
    match change.operation:
        case SetText(part=part, index=index, text=text):
            return with_text(question, original, part, index, text)
        case QuestionOperation() as operation:
            return with_value(question, operation)
    return question


def _sets_part(change: Change, name: str) -> bool:
    parts = ("title", "description") if name == "title" else (name,)
    return isinstance(change.operation, SetText) and change.operation.part in parts


def _finished(question: Question, original: Question) -> Question:
    if isinstance(question, FillInBlank):
        question = with_ordered_blanks(question)
    if isinstance(question, Ordering) and isinstance(original, Ordering) and question.options != original.options:
        question = _with_checked_order(question)
    if not (question.title.is_empty and question.description.is_empty):
        question = without_flaws(question, _STEM_FLAWS)
    return finished(question)


def _with_checked_order(question: Ordering) -> Question:
    """Return the question with its key only if all items look different."""
    if len(question.options) < 2:
        return question
    keyed = len({option.look() for option in question.options}) == len(question.options)
    checked = without_flaws(replace(question, keyed=keyed), _ORDER_FLAWS)
    return checked if keyed else replace(checked, flaws=(*checked.flaws, parser_remarks.ITEMS_SAME))


def _title(title: str) -> str:
    line = " ".join(remove_forbidden_characters(title).split())
    if not line:
        raise DoesNotFit(rejected_changes.TITLE_EMPTY)
    if len(line) > MAX_TITLE_LENGTH:
        raise DoesNotFit(rejected_changes.TEXT_LONG.with_facts(length=len(line), limit=MAX_TITLE_LENGTH))
    return line


def _minutes(minutes: int | None) -> int | None:
    if minutes is not None and not 1 <= minutes <= MAX_DURATION:
        raise DoesNotFit(rejected_changes.MINUTES.with_facts(limit=MAX_DURATION))
    return minutes


def by_target(changes: Iterable[Change]) -> Mapping[tuple[str, str, int], Change]:
    """Return the change that counts for each target."""
    return {change.operation.target: change for change in changes}
