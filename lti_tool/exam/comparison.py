"""Differences between two versions of an exam, in sentences."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.errors import N_, NN_
from lti_tool.exam.model import Exam, Question
from lti_tool.exam.remark import Remark

_ADDED = Remark("version.added", *NN_("%(num)s question is new.", "%(num)s questions are new."))
_CHANGED = Remark("version.changed", *NN_("%(num)s question was changed.", "%(num)s questions were changed."))
_REMOVED = Remark(
    "version.removed",
    *NN_("%(num)s question is no longer there: %(names)s", "%(num)s questions are no longer there: %(names)s"),
)
_MOVED = Remark("version.moved", N_("The questions are in another order."))
_TITLE = Remark("version.title", N_("The title was changed."))
_DURATION = Remark("version.duration", N_("The time was changed."))

MAX_NAMES = 5
MAX_NAME_LENGTH = 60


def differences(old: Exam, new: Exam) -> tuple[Remark, ...]:
    """Return a sentence for each kind of difference between two versions of an exam; none if they are the same."""
    before, after = _by_id(old), _by_id(new)
    removed = [question for question in old.questions if question.id not in after]
    added = sum(identifier not in before for identifier in after)
    changed = sum(_content(before[key]) != _content(question) for key, question in after.items() if key in before)
    common_ids = [question.id for question in old.questions if question.id in after]
    moved = common_ids != [question.id for question in new.questions if question.id in before]
    remarks = (
        (_REMOVED.with_facts(num=len(removed), names=_names(removed)), removed),
        (_ADDED.with_facts(num=added), added),
        (_CHANGED.with_facts(num=changed), changed),
        (_MOVED, moved),
        (_TITLE, old.title != new.title),
        (_DURATION, old.duration_minutes != new.duration_minutes),
    )
    return tuple(remark for remark, applies in remarks if applies)


def _by_id(exam: Exam) -> dict[str, Question]:
    return {question.id: question for question in exam.questions}


def _content(question: Question) -> Question:
    """Return the question without its number, which also changes where another one is added or removed."""
    return replace(question, number=0)


def _names(questions: list[Question]) -> str:
    names = [f"{question.number} “{_shortened(question.name())}”" for question in questions[:MAX_NAMES]]
    return ", ".join(names) + (" …" if len(questions) > MAX_NAMES else "")


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1].rstrip()}…"
