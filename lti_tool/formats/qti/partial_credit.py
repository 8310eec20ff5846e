"""Partial credit: whether a response has parts, and whether the rubric gives points for some of them."""

from __future__ import annotations

from lti_tool.exam.model import FillInBlank, Question, SentenceAnalysis
from lti_tool.exam.scoring import NO_POINTS
from lti_tool.formats.planning.dropdowns import dropdowns
from lti_tool.formats.planning.plan import ItemKind, Plan

_MAY_HAVE_PARTS = frozenset({ItemKind.BLANKS, ItemKind.DROPDOWNS, ItemKind.MULTIPLE, ItemKind.MATCHING})


def has_levels_between(question: Question) -> bool:
    """Return whether the rubric has a level between no points and all points."""
    maxima = [(criterion.points, criterion.levels) for criterion in question.rubric.criteria]
    scored = [(most, levels) for most, levels in maxima if most > NO_POINTS]
    return len(scored) > 1 or any(NO_POINTS < level.points < most for most, levels in scored for level in levels)


def has_parts(plan: Plan) -> bool:
    """Return whether a response can be partly right."""
    if plan.kind not in _MAY_HAVE_PARTS:
        return False
    match plan.question, plan.kind:
        case FillInBlank(blanks=count), ItemKind.BLANKS:
            return count > 1
        case SentenceAnalysis() as question, ItemKind.DROPDOWNS:
            return len(dropdowns(question)) > 1
    return True
