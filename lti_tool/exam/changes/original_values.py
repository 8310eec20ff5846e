"""The values of the original exam, written as the operations that would set them."""

from __future__ import annotations

from lti_tool.exam.changes.editable_parts import part
from lti_tool.exam.changes.editable_text import editable, same_text
from lti_tool.exam.changes.operations import (
    Operation,
    QuestionOperation,
    SetAnswers,
    SetCorrect,
    SetDate,
    SetDuration,
    SetIgnoreCase,
    SetPairs,
    SetPoints,
    SetShuffle,
    SetText,
    SetTitle,
    SetTruth,
)
from lti_tool.exam.model import Choice, DateYear, Exam, FillInBlank, Matching, Question, ShortText, TrueFalse


def original_operation(operation: Operation, exam: Exam) -> Operation | None:
    """Return the operation that sets the target of ``operation`` to its value in ``exam``; ``None`` if it has none."""
    match operation:
        case SetTitle():
            return SetTitle(exam.title)
        case SetDuration():
            return SetDuration(exam.duration_minutes)
        case QuestionOperation(question=identifier):
            question = exam.question(identifier)
            return None if question is None else _of_question(operation, question)
    return None


def same_value(first: Operation, second: Operation | None) -> bool:
    """Return whether two operations set the same."""
    if isinstance(first, SetText) and isinstance(second, SetText):
        return first.target == second.target and same_text(first.text, second.text)
    return first == second


def _of_question(operation: QuestionOperation, question: Question) -> Operation | None:
    match operation, question:
        case SetText(part=name, index=index), _ if (text := part(question, name, index)) is not None:
            return SetText(question.id, name, index, editable(text).text)
        case SetPoints(), _:
            return SetPoints(question.id, question.points)
        case SetShuffle(), Choice(shuffle=shuffle) | Matching(shuffle=shuffle):
            return SetShuffle(question.id, shuffle)
        case SetIgnoreCase(), FillInBlank(ignore_case=ignore):
            return SetIgnoreCase(question.id, ignore)
        case SetAnswers(blank=0), ShortText(accepted=accepted):
            return SetAnswers(question.id, 0, accepted or ())
        case SetAnswers(blank=blank), FillInBlank(answers=tuple(answers)) if blank < len(answers):
            return SetAnswers(question.id, blank, answers[blank])
    return _of_key(operation, question)


def _of_key(operation: QuestionOperation, question: Question) -> Operation | None:
    match operation, question:
        case SetCorrect(), Choice(correct=tuple(correct)):
            return SetCorrect(question.id, correct)
        case SetTruth(), TrueFalse(correct=bool(truth)):
            return SetTruth(question.id, truth)
        case SetDate(), DateYear(correct=str(date)):
            return SetDate(question.id, date)
        case SetPairs(), Matching(pairs=tuple(pairs)):
            return SetPairs(question.id, tuple(right for _, right in sorted(pairs)))
    return None
