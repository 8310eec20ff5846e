"""Short descriptions of changes, for the teacher."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.exam.changes.operations import (
    LeaveOut,
    Move,
    Operation,
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
    TakeBack,
)
from lti_tool.exam.model import Choice, Matching, Question
from lti_tool.exam.remark import Remark

MAX_VALUE_LENGTH = 60
"""Maximum length of a value in a sentence."""

_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "title": N_("question changed"),
        "description": N_("question changed"),
        "body": N_("text with blanks changed"),
        "option": N_("answer changed"),
        "left": N_("item on the left changed"),
        "right": N_("item on the right changed"),
        "model_answer": N_("model answer changed"),
    }
)
_PLAIN: Mapping[type[Operation], str] = MappingProxyType(
    {
        LeaveOut: N_("left out"),
        TakeBack: N_("put back"),
        Move: N_("moved"),
        SetCorrect: N_("correct answer changed"),
        SetPairs: N_("pairs changed"),
    }
)


def describe(operation: Operation) -> Remark:
    """Return a short description of an operation, without the question that it is about."""
    return _of_values(operation) or _of_switches(operation) or Remark("did.other", _words(operation))


def full_value(operation: Operation, question: Question | None) -> str:
    """Return the value that an operation sets, perhaps on ``question``; empty if :func:`describe` says it."""
    match operation:
        case SetText(text=text):
            return text
        case SetTitle(title=title) if len(title) > MAX_VALUE_LENGTH:
            return title
        case SetAnswers(answers=answers) if len(" / ".join(answers)) > MAX_VALUE_LENGTH:
            return "\n".join(answers)
        case SetCorrect() | SetPairs():
            return _key(operation, question)
    return ""


def _key(operation: SetCorrect | SetPairs, question: Question | None) -> str:
    """Return the options that are correct, or the pairs, each on a line."""
    match question, operation:
        case Choice(options=options), SetCorrect(correct=places):
            return "\n".join(options[place].plain_text() for place in places if place < len(options))
        case Matching(left=left, right=right), SetPairs(right=places):
            pairs = [(item, right[place]) for item, place in zip(left, places, strict=False) if 0 <= place < len(right)]
            return "\n".join(f"{item.plain_text()} = {other.plain_text()}" for item, other in pairs)
    return ""


def _of_values(operation: Operation) -> Remark | None:
    match operation:
        case SetPoints(points=points):
            return Remark("did.value", N_("points: %(points)s"), facts=(("points", _without_zeros(points)),))
        case SetDate(correct=correct):
            return _with_value(N_("correct answer: %(value)s"), correct)
        case SetAnswers(answers=answers) if answers:
            return _with_value(N_("accepted answers: %(value)s"), " / ".join(answers))
        case SetTitle(title=title):
            return _with_value(N_("title: %(value)s"), title)
        case SetDuration(minutes=int(minutes)):
            return _with_value(N_("time limit: %(value)s min"), str(minutes))
    return None


def _of_switches(operation: Operation) -> Remark | None:
    match operation:
        case SetAnswers():
            return Remark("did.answers", N_("no accepted answers: marked by the teacher"))
        case SetTruth(correct=truth):
            return Remark("did.truth", N_("correct answer: true") if truth else N_("correct answer: false"))
        case SetDuration():
            return Remark("did.duration", N_("no time limit"))
        case SetShuffle(shuffle=shuffle):
            return Remark("did.shuffle", N_("answers shuffled") if shuffle else N_("answers not shuffled"))
        case SetIgnoreCase(ignore=ignore):
            return Remark("did.case", N_("capitals don't matter") if ignore else N_("capitals matter"))
    return None


def _words(operation: Operation) -> str:
    if isinstance(operation, SetText):
        return _PARTS.get(operation.part, _PARTS["title"])
    return _PLAIN.get(type(operation), N_("changed with a newer version of the tool"))


def _without_zeros(number: Decimal) -> str:
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _with_value(message: str, content: str) -> Remark:
    line = " ".join(content.split())
    short = line if len(line) <= MAX_VALUE_LENGTH else f"{line[:MAX_VALUE_LENGTH]}…"
    return Remark("did.value", message, facts=(("value", short),))
