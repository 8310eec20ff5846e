"""Plans of items: each question with the informational texts around it.

Few LMSs show an item without an interaction (see docs/reference/importers.md#targets: Canvas reports an error). So in
QTI 2.1 a text goes into the item of the next question. QTI 3.0 has stimuli: documents that several items refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lti_tool.exam.model import Information
from lti_tool.exam.value import value
from lti_tool.formats.planning.plan import ItemKind, Plan


@value
class ItemPlan:
    """An item to write: a question, with the texts before and after it."""

    plan: Plan
    before: tuple[Plan, ...] = ()
    after: tuple[Plan, ...] = ()


def with_texts_inside(plans: Iterable[Plan]) -> list[ItemPlan]:
    """Put each text into the item of the next question; texts after the last question go below it."""
    items: list[ItemPlan] = []
    waiting: list[Plan] = []
    for plan in plans:
        if plan.kind is ItemKind.TEXT:
            waiting.append(plan)
        elif plan.kind is not ItemKind.NOTHING:
            items.append(ItemPlan(plan, tuple(waiting)))
            waiting = []
    if not waiting:
        return items
    if not items:
        return [ItemPlan(waiting[0], after=tuple(waiting[1:]))]
    last = items.pop()
    return [*items, ItemPlan(last.plan, last.before, tuple(waiting))]


def with_texts_as_stimuli(plans: Sequence[Plan]) -> list[ItemPlan]:
    """Refer questions to the texts before them: one question to an introduction, all until the next text to others.

    Texts after the last question become separate items.
    """
    items: list[ItemPlan] = []
    waiting: list[Plan] = []
    has_question = False
    for plan in plans:
        if plan.kind is ItemKind.TEXT:
            waiting = [*waiting, plan] if not has_question else [plan]
            has_question = False
        elif plan.kind is not ItemKind.NOTHING:
            items.append(ItemPlan(plan, tuple(waiting)))
            waiting = [text for text in waiting if _is_shared(text)]
            has_question = True
    return items if has_question else [*items, *map(ItemPlan, waiting)]


def _is_shared(plan: Plan) -> bool:
    return isinstance(plan.question, Information) and plan.question.role == "paragraph"
