"""Whether an answer has parts, and whether they may earn something by themselves."""

from __future__ import annotations

from lti_tool.exam.model import FillInBlank, Question, SentenceAnalysis
from lti_tool.exam.scoring import NO_POINTS
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.plan import ItemKind, Plan

_MAY_HAVE_PARTS = frozenset({ItemKind.BLANKS, ItemKind.DROPDOWNS, ItemKind.MULTIPLE, ItemKind.MATCHING})


def has_levels_between(question: Question) -> bool:
    """Tell whether the rubric has a level between nothing and everything."""
    worth = [(most, one.levels) for one in question.rubric.criteria if (most := one.points) > NO_POINTS]
    return len(worth) > 1 or any(NO_POINTS < level.points < most for most, levels in worth for level in levels)


def has_parts(plan: Plan) -> bool:
    """Tell whether parts of the answer can be right by themselves."""
    if plan.kind not in _MAY_HAVE_PARTS:
        return False
    match plan.kind, plan.question:
        case ItemKind.BLANKS, FillInBlank(blanks=count):
            return count > 1
        case ItemKind.DROPDOWNS, SentenceAnalysis() as question:
            return len(dropdowns(question)) > 1
    return True
