"""Where texts that ask nothing go: with a question, or beside it.

Few LMSs show an item without an interaction (facts: qti-targets §2: Canvas makes an error of it). So in QTI 2.1 a text
stands in the item of the next question. QTI 3.0 has stimuli: documents that several items refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lti_tool.exam.model import Information
from lti_tool.exam.value import value
from lti_tool.formats.planning.plan import ItemKind, Plan


@value
class Entry:
    """An item to write: a question, with the texts before and after it."""

    plan: Plan
    before: tuple[Plan, ...] = ()
    after: tuple[Plan, ...] = ()


def inside(plans: Iterable[Plan]) -> list[Entry]:
    """Put every text into the item of the next question; those after the last question below it."""
    entries: list[Entry] = []
    waiting: list[Plan] = []
    for plan in plans:
        if plan.kind is ItemKind.TEXT:
            waiting.append(plan)
        elif plan.kind is not ItemKind.NOTHING:
            entries.append(Entry(plan, tuple(waiting)))
            waiting = []
    if not waiting:
        return entries
    if not entries:
        return [Entry(waiting[0], after=tuple(waiting[1:]))]
    last = entries.pop()
    return [*entries, Entry(last.plan, last.before, tuple(waiting))]


def beside(plans: Sequence[Plan]) -> list[Entry]:
    """Let questions refer to the texts before them: to an introduction once, to others until the next text.

    Texts after the last question become items of their own.
    """
    entries: list[Entry] = []
    waiting: list[Plan] = []
    asked = False
    for plan in plans:
        if plan.kind is ItemKind.TEXT:
            waiting = [*waiting, plan] if not asked else [plan]
            asked = False
        elif plan.kind is not ItemKind.NOTHING:
            entries.append(Entry(plan, tuple(waiting)))
            waiting = [one for one in waiting if _lasts(one)]
            asked = True
    return entries if asked else [*entries, *map(Entry, waiting)]


def _lasts(plan: Plan) -> bool:
    return isinstance(plan.question, Information) and plan.question.role == "paragraph"
