"""Whether an answer has parts, and whether they may earn something by themselves."""

from __future__ import annotations

from lti_tool.exam.model import FillInBlank, Question, SentenceAnalysis
from lti_tool.exam.scoring import NO_POINTS
from lti_tool.formats.planning.dropdowns import menus
from lti_tool.formats.planning.plan import Form, Plan

_MAY_HAVE_PARTS = frozenset({Form.BLANKS, Form.MENUS, Form.MULTIPLE, Form.MATCHING})


def has_levels_between(question: Question) -> bool:
    """Tell whether the rubric has a level between nothing and everything."""
    worth = [(most, one.levels) for one in question.rubric.criteria if (most := one.points) > NO_POINTS]
    return len(worth) > 1 or any(NO_POINTS < level.points < most for most, levels in worth for level in levels)


def has_parts(plan: Plan) -> bool:
    """Tell whether parts of the answer can be right by themselves."""
    if plan.form not in _MAY_HAVE_PARTS:
        return False
    match plan.form, plan.question:
        case Form.BLANKS, FillInBlank(blanks=count):
            return count > 1
        case Form.MENUS, SentenceAnalysis() as question:
            return len(menus(question)) > 1
    return True
